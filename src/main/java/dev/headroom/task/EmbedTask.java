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
import java.util.OptionalLong;
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
        Optional<String> name = options.prompt().or(prompts::usual);
        OptionalLong adapter = adapter(name);
        String prompt = name.map(this::prompt).orElse("");
        return switch (input) {
            case Input.Text(String text) ->
                texts.row(prompt.isEmpty() ? input : new Input.Text(prompt + text), options.truncate(), adapter)
                        .after(skipped.getOrDefault(prompt, 0));
            case Input.Tokens _ -> texts.row(input, options.truncate(), adapter);
            case Input.Pair _, Input.Image _, Input.Reference _, Input.Tensors _ -> throw Task.unfit(input, "texts");
        };
    }

    private String prompt(String name) {
        if (!prompts.byName().containsKey(name) && !texts.adapters().contains(name)) {
            throw new RequestFailedException(
                    new Failure.Invalid("The prompt name '%s' is not known to this model; its prompts are %s."
                            .formatted(name, prompts.byName().keySet())));
        }
        return prompts.byName().getOrDefault(name, "");
    }

    /** The number of the task that a prompt's name stands for, in a model that is adapted to several. */
    private OptionalLong adapter(Optional<String> prompt) {
        List<String> adapters = texts.adapters();
        if (adapters.isEmpty()) {
            return OptionalLong.empty();
        }
        return OptionalLong.of(prompt.map(adapters::indexOf)
                .filter(index -> index >= 0)
                .orElseThrow(() -> new RequestFailedException(new Failure.Invalid(
                        "This model makes other vectors for each of its tasks; set prompt_name to one of %s."
                                .formatted(adapters)))));
    }

    @Override
    public Answer read(Row row, List<Tensor> outputs, Options options) {
        int tokens = row.tokens();
        return new Answer.Embedding(vectors.read(outputs.getFirst(), row.prompt(), tokens, options), tokens);
    }

    @Override
    public Calibrator.Rows rows() {
        return texts.rows();
    }
}
