package dev.headroom.task;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;

/** Puts texts into lower case before a tokeniser's other normalisers, as sentence-transformers' do_lower_case does. */
final class Lowercase {

    private static final ObjectMapper JSON = new ObjectMapper();

    private Lowercase() {}

    /** The content of a tokenizer.json with that normaliser in the first place, unless there is one already. */
    static String first(Path tokenizer) throws IOException {
        if (!(JSON.readTree(tokenizer.toFile()) instanceof ObjectNode json)) {
            throw new IOException("it is no JSON object");
        }
        JsonNode old = json.path("normalizer");
        ArrayNode all = JSON.createArrayNode();
        if (old.path("type").asText().equals("Sequence")) {
            old.path("normalizers").forEach(all::add);
        } else if (old.isObject()) {
            all.add(old);
        }
        if (!all.findValuesAsText("type").contains("Lowercase")) {
            all.insert(0, JSON.createObjectNode().put("type", "Lowercase"));
        }
        json.putObject("normalizer").put("type", "Sequence").set("normalizers", all);
        return JSON.writeValueAsString(json);
    }
}
