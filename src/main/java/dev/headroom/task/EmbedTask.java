package dev.headroom.task;

import ai.onnxruntime.OnnxJavaType;
import dev.headroom.model.BrokenModelException;
import dev.headroom.model.Row;
import dev.headroom.model.TaskSpec;
import dev.headroom.model.Tensor;
import dev.headroom.task.Tokenizer.Tokens;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** Text to vector: tokenises a text into the model's inputs, and pools the model's output into the text's vector. */
final class EmbedTask {

    /** More than one token in any vocabulary. */
    private static final String LONG_TEXT = "warm ";

    private static final Set<OnnxJavaType> FLOATS =
            Set.of(OnnxJavaType.FLOAT, OnnxJavaType.FLOAT16, OnnxJavaType.BFLOAT16);

    private final TaskSpec.Embed spec;
    private final List<String> inputs;
    private final Tokenizer tokenizer;
    private final Row longest;

    /**
     * A task for a loaded model.
     *
     * @param inputs the model's inputs, in the order in which a row gives them
     * @throws BrokenModelException when the tokeniser cannot be read or an input is none that a tokeniser fills
     */
    EmbedTask(TaskSpec.Embed spec, List<String> inputs) {
        this.spec = spec;
        this.inputs = inputs;
        inputs.stream()
                .filter(input -> !List.of("input_ids", "attention_mask", "token_type_ids")
                        .contains(input))
                .findFirst()
                .ifPresent(input -> {
                    throw new BrokenModelException(
                            ("%s: the graph has the input %s, which no text model's tokeniser fills; export the model for"
                                            + " feature extraction.")
                                    .formatted(spec.tokenizer().getParent(), input));
                });
        tokenizer = Tokenizer.open(spec.tokenizer(), spec.text().maxLength());
        longest = row(LONG_TEXT.repeat(spec.text().maxLength()));
    }

    /** Tokenises a text, truncated to the model's maximum length. */
    Row row(String text) {
        Tokens tokens = tokenizer.encode(text);
        List<Tensor> tensors = new ArrayList<>(inputs.size());
        for (String input : inputs) {
            tensors.add(Tensor.int64(
                    switch (input) {
                        case "input_ids" -> tokens.ids();
                        case "attention_mask" -> tokens.mask();
                        default -> tokens.types();
                    }));
        }
        return new Row(tensors);
    }

    /** A row of so many tokens, as if of a text that was cut there. */
    Row rowOf(long tokens) {
        return new Row(longest.inputs().stream()
                .map(input -> input.first(Math.toIntExact(tokens)))
                .toList());
    }

    /** Tokens of the longest text that is let through. */
    int longest() {
        return Math.toIntExact(longest.elements());
    }

    /** Whether vectors have length 1 where the request does not say. */
    boolean normalizes() {
        return spec.normalize();
    }

    /**
     * The text's vector.
     *
     * @param output the text's share of the output: [padded tokens, dimensions], or [dimensions] when the graph pools
     * @param tokens how many tokens the text has
     * @param normalize whether the vector gets length 1
     */
    float[] vector(Tensor output, int tokens, boolean normalize) {
        if (!FLOATS.contains(output.type()) || output.shape().length > 2) {
            throw new IllegalStateException(
                    "The output is %s of shape %s for each text; float or float16 [tokens, dimensions] is served"
                            .formatted(output.type(), Arrays.toString(output.shape())));
        }
        int dimensions = Math.toIntExact(output.shape()[output.shape().length - 1]);
        float[] vector = new float[dimensions];
        if (output.shape().length == 1) {
            output.read(0, vector);
        } else {
            pool(output, tokens, vector);
        }
        checkFinite(vector);
        return normalize ? normalized(vector) : vector;
    }

    /** Half precision ends at 65,504: a model that was not made for it overflows. */
    private static void checkFinite(float[] vector) {
        for (float value : vector) {
            if (!Float.isFinite(value)) {
                throw new IllegalStateException(
                        "The output holds %s; if the model is served in half precision set headroom.precision to full"
                                .formatted(value));
            }
        }
    }

    private void pool(Tensor values, int tokens, float[] vector) {
        switch (spec.pooling()) {
            case MEAN -> mean(values, tokens, vector);
            case CLS -> values.read(0, vector);
            case LAST_TOKEN -> values.read((tokens - 1) * vector.length, vector);
        }
    }

    private static void mean(Tensor values, int tokens, float[] vector) {
        float[] token = new float[vector.length];
        for (int t = 0; t < tokens; t++) {
            values.read(t * vector.length, token);
            for (int d = 0; d < vector.length; d++) {
                vector[d] += token[d];
            }
        }
        for (int d = 0; d < vector.length; d++) {
            vector[d] /= tokens;
        }
    }

    private static float[] normalized(float[] vector) {
        double squares = 0;
        for (float value : vector) {
            squares += (double) value * value;
        }
        float length = (float) Math.max(Math.sqrt(squares), 1e-12);
        for (int d = 0; d < vector.length; d++) {
            vector[d] /= length;
        }
        return vector;
    }
}
