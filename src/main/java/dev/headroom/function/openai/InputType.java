package dev.headroom.function.openai;

import dev.headroom.function.body.JsonFields;
import dev.headroom.model.TaskSpec;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The kind of text that a client embeds, in the words of NVIDIA's, Cohere's, Voyage's and Jina's servers.
 *
 * @param field the request's field
 * @param word its value, in lower case
 */
record InputType(String field, String word) {

    /** The words for a query, and the names of prompts for one; sentence-transformers' {@code encode_query} takes the first. */
    private static final List<String> QUERY = List.of("query", "search_query", "retrieval.query");

    /** The words for a document, and the names of prompts for one, in the order of sentence-transformers' {@code encode_document}. */
    private static final List<String> DOCUMENT =
            List.of("document", "passage", "corpus", "search_document", "retrieval.passage");

    /** The type that a request names; empty where it names none. */
    static Optional<InputType> of(JsonFields fields) {
        return Stream.of("input_type", "task")
                .flatMap(field ->
                        fields.text(field).map(word -> new InputType(field, word.toLowerCase(Locale.ROOT))).stream())
                .findFirst();
    }

    /**
     * The name of the model's prompt for it; empty where the model has none for queries or documents, or none at all.
     *
     * @throws dev.headroom.request.RequestFailedException when the model has prompts, and the word stands for none of them
     */
    Optional<String> promptOf(TaskSpec.OfVectors task) {
        Set<String> names = new HashSet<>(task.prompts().byName().keySet());
        names.addAll(task.text().inputs().adapters());
        List<String> words = QUERY.contains(word) ? QUERY : DOCUMENT.contains(word) ? DOCUMENT : List.of();
        Optional<String> name = Stream.concat(Stream.of(word), words.stream())
                .filter(names::contains)
                .findFirst();
        if (name.isEmpty() && words.isEmpty() && !names.isEmpty()) {
            throw JsonFields.wrong(
                    field,
                    "is '%s', and the model's prompts are %s; send one of them, query, document, or leave it out.",
                    word,
                    names.stream().sorted().toList());
        }
        return name;
    }
}
