package dev.headroom.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.headroom.model.onnx.GraphPort;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The head of a model, by the class in config.json that it was saved from: {@code ForMaskedLM} of a
 * {@code BertForMaskedLM}.
 *
 * @param name its name; empty for a model without a head, or without such a class
 */
record Head(String name) {

    /** The heads of models that only read their inputs. */
    private static final Set<String> NONE =
            Set.of("ForFeatureExtraction", "ForTextEncoding", "ForImageFeatureExtraction");

    private static final Pattern PATTERN = Pattern.compile("(For[A-Z]\\w*|LMHeadModel|DoubleHeadsModel)$");

    /** Outputs whose names say that they are the model's vectors. */
    private static final Set<String> VECTORS = Set.of("sentence_embedding", "image_embeds", "text_embeds");

    private static final List<String> HIDDEN_SIZES =
            List.of("/hidden_size", "/d_model", "/dim", "/n_embd", "/text_config/hidden_size");

    /** The head of the class that config.json names. */
    static Head of(JsonNode config) {
        Matcher matcher = PATTERN.matcher(config.path("architectures").path(0).asText());
        String name = matcher.find() ? matcher.group() : "";
        return new Head(NONE.contains(name) ? "" : name);
    }

    /** True if it scores a text, or a pair, by labels. */
    boolean classifiesTexts() {
        return name.equals("ForSequenceClassification");
    }

    /** True if it scores an image by labels. */
    boolean classifiesImages() {
        return name.startsWith("ForImageClassification");
    }

    /** True if it does a task that is not served: its outputs are no vector and no scores of labels. */
    boolean isOther() {
        return !name.isEmpty() && !classifiesTexts() && !classifiesImages();
    }

    /**
     * True if the graph ends before the head, as an export for feature extraction does. Many models are saved with the
     * head that they were trained with, all-mpnet-base-v2 for one.
     *
     * @param sentences true if sentence-transformers' files are there, which make a vector of its hidden states
     */
    static boolean isLeftOut(List<GraphPort> outputs, JsonNode config, boolean sentences) {
        return outputs.stream()
                .filter(GraphPort::isFloat)
                .anyMatch(output -> VECTORS.contains(output.name())
                        || TaskOutput.HIDDEN.contains(output.name())
                                && (sentences || isHiddenSize(output.width(), config)));
    }

    private static boolean isHiddenSize(long width, JsonNode config) {
        return width > 0
                && HIDDEN_SIZES.stream().anyMatch(field -> config.at(field).asLong() == width);
    }
}
