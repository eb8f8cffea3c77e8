package dev.headroom.task;

import dev.headroom.calibration.CalibrationRows;
import dev.headroom.model.TaskSpec;
import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import dev.headroom.tensor.Ports;
import dev.headroom.tensor.Row;
import dev.headroom.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/** Text to vector, with all its values or with those that are not 0. */
final class EmbedTask implements Task {

    private final TextRows texts;
    private final Vectors vectors;
    private final TaskSpec.Prompts prompts;
    private final Tokenization tokenization;
    private final TokenVectors each;
    private final int maxLength;
    private final boolean sparse;

    /** Tokens at the beginning of a text with a prompt, by the prompt; they are not pooled. */
    private final Map<String, Integer> skipped;

    EmbedTask(TaskSpec.OfVectors spec, TextRows texts, Ports ports) {
        this.texts = texts;
        vectors = Vectors.of(spec.vectors(), ports.ofTask());
        each = TokenVectors.of(spec, ports);
        maxLength = spec.text().maxLength();
        sparse = spec instanceof TaskSpec.Sparse;
        prompts = spec.prompts();
        tokenization = new Tokenization(texts, prompts);
        skipped = spec.vectors().promptPooled()
                ? Map.of()
                : prompts.byName().values().stream()
                        .filter(prompt -> !prompt.isEmpty())
                        .distinct()
                        .collect(Collectors.toMap(prompt -> prompt, texts::promptLength));
    }

    @Override
    public Row row(Input input, Options options, BooleanSupplier over) {
        if (sparse && (options.normalize().isPresent() || options.dimensions().isPresent())) {
            throw new RequestFailedException(
                    new Failure.Invalid(
                            "normalize and dimensions are for vectors, and this model makes weights of tokens; leave them out."));
        }
        vectors.check(options);
        Optional<String> name = options.prompt().or(prompts::usual);
        OptionalLong adapter = adapter(name);
        String prompt = name.map(tokenization::prompt).orElse("");
        Row row =
                switch (input) {
                    case Input.Text(String text) ->
                        texts.row(
                                        prompt.isEmpty() ? input : new Input.Text(prompt + text),
                                        options.truncation(),
                                        adapter)
                                .after(skipped(prompt, options));
                    case Input.Tokens _ -> texts.row(input, options.truncation(), adapter);
                    case Input.Pair _, Input.Image _, Input.Reference _, Input.Tensors _ ->
                        throw Task.unfit(input, "texts");
                };
        return options.eachToken() ? each.row(row) : row;
    }

    /** The tokens of a prompt that are not pooled. */
    private int skipped(String prompt, Options options) {
        int tokens = skipped.getOrDefault(prompt, 0);
        if (tokens > 0 && texts.resolved(options.truncation()) == Truncation.LEFT) {
            throw new RequestFailedException(
                    new Failure.Invalid(
                            "This model leaves the prompt out of its vectors, so that a text with one is not cut at its beginning; set truncation_direction to Right."));
        }
        return tokens;
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
        if (options.eachToken()) {
            return new Answer.TokenEmbeddings(each.read(outputs.getFirst(), tokens), tokens);
        }
        float[] vector = vectors.read(outputs.getFirst(), row.prompt(), tokens, options);
        return sparse ? Answer.SparseEmbedding.of(vector, tokens) : new Answer.Embedding(vector, tokens);
    }

    @Override
    public Tokenization tokenization() {
        return tokenization;
    }

    @Override
    public long answerBytes(Options options) {
        return options.eachToken() ? each.bytes(maxLength) : vectors.bytes();
    }

    @Override
    public CalibrationRows rows() {
        return texts.rows();
    }

    @Override
    public Row sample(int number, long elements) {
        return texts.sample(number, Math.toIntExact(elements), false);
    }
}
