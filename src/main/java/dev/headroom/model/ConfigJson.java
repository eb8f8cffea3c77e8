package dev.headroom.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.headroom.model.Labels.Activation;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The file config.json of Hugging Face's transformers.
 *
 * @param json its content; missing where there is no such file
 */
record ConfigJson(JsonNode json) {

    private static final Set<String> POSITIONS_AFTER_PADDING =
            Set.of("roberta", "xlm-roberta", "camembert", "mpnet", "longformer");

    private static final Set<String> POSITIONS_IN_TABLE = Set.of("bert", "distilbert", "electra", "albert", "xlm");

    /** The classes that the model was saved from, as JSON text; empty when none is named. */
    String architectures() {
        return json.path("architectures").toString();
    }

    /** The model's type, as the transformers library calls it; empty when none is named. */
    String modelType() {
        return json.path("model_type").asText();
    }

    /** The number of positions. RoBERTa and its relatives count them from the padding token's id on. */
    double positions() {
        boolean offset = POSITIONS_AFTER_PADDING.contains(modelType());
        return json.path("max_position_embeddings").asDouble() - (offset ? padId() + 1 : 0);
    }

    /** True if a position beyond the last fails, because the model looks it up in a table. */
    boolean tabulatesPositions() {
        String type = json.path("model_type").asText();
        return json.path("position_embedding_type").asText("absolute").equals("absolute")
                && (POSITIONS_AFTER_PADDING.contains(type) || POSITIONS_IN_TABLE.contains(type));
    }

    /** The id of the padding token. */
    long padId() {
        return json.path("pad_token_id").asLong(0);
    }

    /** True if the model classifies images. */
    boolean classifiesImages() {
        return architectures().contains("ForImageClassification");
    }

    /** The labels of config.json, if any; several can be right where config.json says so. */
    Labels labels() {
        boolean several = json.path("problem_type").asText().equals("multi_label_classification");
        return new Labels(labelNames(), several ? Activation.SIGMOID : Activation.SOFTMAX);
    }

    /** The labels of id2label, in the order of their numbers. */
    List<String> labelNames() {
        JsonNode labels = json.path("id2label");
        List<String> names = new ArrayList<>();
        while (labels.has(Integer.toString(names.size()))) {
            names.add(labels.path(Integer.toString(names.size())).asText());
        }
        return names;
    }
}
