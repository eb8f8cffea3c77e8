package dev.headroom.function.rerank;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.headroom.function.TextInputs;
import dev.headroom.task.Answer;
import dev.headroom.task.Input;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Ranked documents, with the fields that the clients of Cohere, Jina and vLLM read.
 *
 * @param results the best first; equal ones in the order of the request
 */
@RegisterForReflection
record RerankResponse(String id, String object, String model, List<Ranked> results, Usage usage, Meta meta) {

    /**
     * A document.
     *
     * @param index its place in the request
     * @param document its text, if the answer has texts
     */
    @RegisterForReflection
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Ranked(
            int index, @JsonProperty("relevance_score") float relevanceScore, Document document) {}

    /** A document's text. */
    @RegisterForReflection
    record Document(String text) {}

    /** Tokens that the model read, special tokens included, as Jina and vLLM count them. */
    @RegisterForReflection
    record Usage(
            @JsonProperty("prompt_tokens") int promptTokens,
            @JsonProperty("total_tokens") int totalTokens) {}

    /** The same tokens, as Cohere counts them. */
    @RegisterForReflection
    record Meta(Tokens tokens) {}

    /** Tokens of a request. */
    @RegisterForReflection
    record Tokens(@JsonProperty("input_tokens") int inputTokens) {}

    /**
     * The answer to a request.
     *
     * @param id names the request
     * @param answers the score of each pair
     * @param most the most documents of the answer
     */
    static RerankResponse of(
            String id, String model, TextInputs pairs, List<Answer> answers, int most, boolean withDocuments) {
        List<Ranked> ranked = IntStream.range(0, answers.size())
                .mapToObj(i -> new Ranked(
                        i,
                        ((Answer.Score) answers.get(i)).score(),
                        withDocuments
                                ? new Document(((Input.Pair) pairs.inputs().get(i)).second())
                                : null))
                .sorted(Comparator.comparing(Ranked::relevanceScore).reversed())
                .limit(most)
                .toList();
        int tokens = answers.stream().mapToInt(Answer::tokens).sum();
        return new RerankResponse(id, "list", model, ranked, new Usage(tokens, tokens), new Meta(new Tokens(tokens)));
    }
}
