package dev.headroom.fuzz;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Base64;

/** Requests with JSON that the doors understand, mostly: each what its documentation describes. */
final class Grammar {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Dice dice;

    Grammar(Dice dice) {
        this.dice = dice;
    }

    /** A path and what is posted there. */
    record Call(String path, JsonNode body) {}

    Call next() {
        return switch (dice.below(9)) {
            case 0, 1, 2 -> new Call("/infer", infer());
            case 3 -> new Call("/v1/embeddings", embeddings());
            case 4 -> new Call(dice.of("/embed", "/embed", "/"), texts("inputs", dice.of("minilm", "embedder")));
            case 5 -> new Call("/similarity", similarity());
            case 6 -> new Call("/rerank", rerank());
            case 7 -> new Call("/predict", texts("inputs", dice.of("classifier", "labels")));
            default -> tensors();
        };
    }

    /** The body of {@code /infer}, and the data of an event. */
    ObjectNode infer() {
        String model =
                dice.of("minilm", "minilm", "embedder", "classifier", "labels", "reranker", "direction", "direction");
        ObjectNode request = JSON.createObjectNode().put("model", model);
        ArrayNode inputs = JSON.createArrayNode();
        for (int i = count(); i > 0; i--) {
            inputs.add(input(model));
        }
        request.set("inputs", inputs.size() == 1 && dice.onceIn(2) ? inputs.get(0) : inputs);
        if (dice.onceIn(3)) {
            request.put(dice.of("normalize", "truncate", "raw_scores"), dice.onceIn(2));
        }
        if (dice.onceIn(6)) {
            request.put("dimensions", dice.of(1, 2, 4, 64, 384, 385));
        }
        if (dice.onceIn(10)) {
            request.put("prompt_name", dice.of("query", "none"));
        }
        return request;
    }

    private int count() {
        return dice.onceIn(15) ? 40 : dice.between(1, 4);
    }

    private JsonNode input(String model) {
        ObjectNode input = JSON.createObjectNode();
        if (dice.onceIn(2)) {
            input.put("id", "i" + dice.below(10));
        }
        if (model.equals("direction")) {
            return input.put("image", image());
        }
        if (model.equals("reranker")) {
            return input.put("text", Texts.next(dice)).put("text_pair", Texts.next(dice));
        }
        String text = Texts.next(dice);
        return dice.onceIn(3) ? input.put("text", text) : JSON.getNodeFactory().textNode(text);
    }

    private String image() {
        if (dice.onceIn(8)) {
            return dice.of(OddReferences.ALL);
        }
        String base64 = Base64.getEncoder().encodeToString(Images.next(dice));
        return dice.onceIn(2) ? base64 : "data:image/" + dice.of("png", "jpeg", "x") + ";base64," + base64;
    }

    private ObjectNode embeddings() {
        ObjectNode request = JSON.createObjectNode().put("model", dice.of("minilm", "embedder"));
        ArrayNode input = request.putArray("input");
        boolean ids = dice.onceIn(3);
        for (int i = count(); i > 0; i--) {
            if (ids) {
                input.addArray()
                        .add(dice.of(101, 101, 4)) // MiniLM's texts begin with 101 and end with 102
                        .add(dice.of(0, 5, 30_521, 30_522, -1))
                        .add(dice.of(102, 102, 5));
            } else {
                input.add(Texts.next(dice));
            }
        }
        return dice.onceIn(2) ? request : request.put("encoding_format", dice.of("base64", "float"));
    }

    private ObjectNode texts(String field, String model) {
        ObjectNode request = JSON.createObjectNode().put("model", model).put("truncate", true);
        ArrayNode texts = request.putArray(field);
        for (int i = count(); i > 0; i--) {
            texts.add(Texts.next(dice));
        }
        return request;
    }

    private ObjectNode similarity() {
        ObjectNode request = JSON.createObjectNode().put("model", "minilm");
        ObjectNode inputs = texts("sentences", "minilm").put("source_sentence", Texts.next(dice));
        inputs.remove("model");
        inputs.remove("truncate");
        request.set("inputs", inputs);
        return request;
    }

    private ObjectNode rerank() {
        return texts("texts", "reranker").put("query", Texts.next(dice)).put("return_text", dice.onceIn(2));
    }

    private Call tensors() {
        Tensors tensors = Tensors.next(dice);
        return new Call("/v2/models/" + tensors.model() + "/infer", tensors.json());
    }
}
