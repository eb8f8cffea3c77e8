package dev.headroom.task;

import dev.headroom.calibration.Calibrator;
import dev.headroom.model.TaskSpec;
import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import dev.headroom.tensor.Row;
import dev.headroom.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/** Text to vector. */
final class EmbedTask implements Task {

    private final TextRows texts;
    private final Vectors vectors;
    private final TaskSpec.Prompts prompts;

    /** Tokens at the beginning of a text with a prompt, by the prompt; they are not pooled. */
    private final Map<String, Integer> skipped;

    EmbedTask(TaskSpec.Embed spec, TextRows texts, Vectors vectors) {
        this.texts = texts;
        this.vectors = vectors;
        prompts = spec.prompts();
        skipped = spec.vectors().promptPooled()
                ? Map.of()
                : prompts.byName().values().stream()
                        .filter(prompt -> !prompt.isEmpty())
                        .distinct()
                        .collect(Collectors.toMap(prompt -> prompt, texts::promptLength));
    }

    @Override
    public Row row(Input input, Options options, BooleanSupplier over) {
        vectors.check(options);
        String prompt = prompt(options.prompt());
        return switch (input) {
            case Input.Text(String text) ->
                texts.row(prompt.isEmpty() ? input : new Input.Text(prompt + text), options.truncate())
                        .after(skipped.getOrDefault(prompt, 0));
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
        return new Answer.Embedding(vectors.read(outputs.getFirst(), row.prompt(), tokens, options), tokens);
    }

    @Override
    public Calibrator.Rows rows() {
        return texts.rows();
    }
}
