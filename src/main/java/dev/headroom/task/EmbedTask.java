package dev.headroom.task;

import dev.headroom.calibration.Calibrator;
import dev.headroom.model.TaskSpec;
import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import dev.headroom.tensor.Row;
import dev.headroom.tensor.Tensor;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** Text to vector. */
final class EmbedTask implements Task {

    private final TextRows texts;
    private final Vectors vectors;
    private final TaskSpec.Prompts prompts;

    EmbedTask(TaskSpec.Embed spec, TextRows texts) {
        this.texts = texts;
        vectors = new Vectors(spec.vectors());
        prompts = spec.prompts();
    }

    @Override
    public Row row(Input input, Options options, BooleanSupplier over) {
        vectors.check(options);
        String prompt = prompt(options.prompt());
        return switch (input) {
            case Input.Text(String text) ->
                texts.row(prompt.isEmpty() ? input : new Input.Text(prompt + text), options.truncate());
            case Input.Tokens _ -> texts.row(input, options.truncate());
            case Input.Pair _, Input.Image _, Input.Reference _, Input.Tensors _ -> throw Task.unfit(input, "texts");
        };
    }

    private String prompt(Optional<String> asked) {
        Optional<String> name = asked.or(prompts::usual);
        if (name.isPresent() && !prompts.byName().containsKey(name.get())) {
            throw new RequestFailedException(
                    new Failure.Invalid("The prompt name '%s' is not known to this model; its prompts are %s."
                            .formatted(name.get(), prompts.byName().keySet())));
        }
        return name.map(prompts.byName()::get).orElse("");
    }

    @Override
    public Answer read(Row row, List<Tensor> outputs, Options options) {
        int tokens = Math.toIntExact(row.elements());
        return new Answer.Embedding(vectors.read(outputs.getFirst(), tokens, options), tokens);
    }

    @Override
    public Calibrator.Rows rows() {
        return texts.rows();
    }
}
