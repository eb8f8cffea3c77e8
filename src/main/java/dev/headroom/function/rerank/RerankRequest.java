package dev.headroom.function.rerank;

import com.fasterxml.jackson.databind.JsonNode;
import dev.headroom.function.InputReader;
import dev.headroom.function.TextInputs;
import dev.headroom.function.body.JsonFields;
import dev.headroom.request.RequestFailedException;
import dev.headroom.task.Input;
import dev.headroom.task.Options;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A query and the documents to rank, as clients of Cohere, Jina and vLLM send them. Ignores unknown fields, as those servers do.
 *
 * @param model the model's name; may be empty where one model ranks
 * @param pairs the query with each document, in the order of the documents
 * @param most the most documents to answer with
 * @param withDocuments true if the answer has the documents' texts; empty where the request does not say
 */
record RerankRequest(
        Optional<String> model, TextInputs pairs, int most, Optional<Boolean> withDocuments, Options options) {

    private static final List<String> FIELDS = List.of("model", "query", "documents", "top_n", "return_documents");

    /** The field of a document that is an object. */
    private static final String TEXT = "text";

    /**
     * Reads a request. A text that is too long is cut, as those servers do.
     *
     * @throws RequestFailedException when the JSON is no such request, or asks for what would change a score and is not served
     */
    static RerankRequest read(JsonNode json, InputReader reader) {
        JsonFields fields = JsonFields.among(json, FIELDS);
        String query = reader.text("query", json.path("query"));
        checkRanking(fields, json);
        List<Input> pairs = new ArrayList<>();
        for (JsonNode document : documents(json.path("documents"), reader)) {
            pairs.add(new Input.Pair(query, text("documents[" + pairs.size() + "]", document, reader)));
        }
        return new RerankRequest(
                fields.text("model"),
                new TextInputs("documents", pairs),
                fields.count("top_n").orElse(Integer.MAX_VALUE),
                fields.flag("return_documents"),
                Options.USUAL);
    }

    private static JsonNode documents(JsonNode documents, InputReader reader) {
        if (!documents.isArray()) {
            throw JsonFields.wrong(
                    "documents",
                    "is %s; send an array of texts, or of objects with the field text.",
                    JsonFields.kind(documents));
        }
        reader.checkCount("documents", documents.size());
        return documents;
    }

    private static String text(String name, JsonNode document, InputReader reader) {
        if (!document.isObject()) {
            return reader.text(name, document);
        }
        if (!document.has(TEXT)) {
            throw JsonFields.wrong(name, "is an object without the field text; send its text there.");
        }
        return reader.text(name + "." + TEXT, document.path(TEXT));
    }

    /** Refuses what those servers offer to change the text that is ranked, because ignoring it would change scores. */
    private static void checkRanking(JsonFields fields, JsonNode json) {
        if (fields.count("max_chunks_per_doc").orElse(1) > 1) {
            throw JsonFields.wrong(
                    "max_chunks_per_doc",
                    "is %s, and a document is read as one chunk here; send 1, or the chunks as documents.",
                    json.get("max_chunks_per_doc"));
        }
        if (fields.count("max_tokens_per_doc").isPresent()) {
            throw JsonFields.wrong(
                    "max_tokens_per_doc",
                    "is not served: a document is cut to what the model reads; leave it out, or cut the document before.");
        }
        JsonNode ranked = json.path("rank_fields");
        if (!ranked.isMissingNode()
                && !ranked.isNull()
                && !(ranked.size() == 1 && TEXT.equals(ranked.path(0).textValue()))) {
            throw JsonFields.wrong(
                    "rank_fields",
                    "is %s, and a document's field text is ranked here; send [\"text\"], or leave it out.",
                    ranked);
        }
    }
}
