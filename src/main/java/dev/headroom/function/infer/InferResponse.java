package dev.headroom.function.infer;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.headroom.function.Problem;
import dev.headroom.function.chat.TokensTaken;
import dev.headroom.function.generate.EndedSequence;
import dev.headroom.function.tools.AnswerWithCalls;
import dev.headroom.function.tools.CallReader;
import dev.headroom.function.tools.ToolCall;
import dev.headroom.request.Timing;
import dev.headroom.task.Answer;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import java.util.Optional;

/**
 * The function's response.
 *
 * @param model the model that answered
 * @param outputs one for each input, in their order
 * @param slowest where the time of the slowest item went, for the header {@code Server-Timing}; empty where no item was answered
 */
@RegisterForReflection
public record InferResponse(
        String model, List<Output> outputs, @JsonIgnore Optional<Timing> slowest) {

    /**
     * The answer to one input, or the error of one that failed.
     *
     * @param index the input's place in the request
     * @param id the caller's name for the input, where it gave one
     * @param embedding the input's vector, of a model that makes vectors
     * @param sparse the weights of tokens that are not 0, of a model that makes those
     * @param labels the labels with their scores, the best first, of a model that classifies
     * @param score how well a pair matches, of a model that ranks
     * @param text what a model that generates text has said; left out where it has called tools only
     * @param calls the tools that it has called
     * @param finishReason why it ended: {@code stop}, {@code length} or {@code tool_calls}
     * @param usage the tokens that it took
     * @param error why there is no answer
     */
    @RegisterForReflection
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Output(
            int index,
            String id,
            float[] embedding,
            Sparse sparse,
            List<Label> labels,
            Float score,
            String text,
            @JsonProperty("tool_calls") List<ToolCall> calls,
            @JsonProperty("finish_reason") String finishReason,
            TokensTaken usage,
            Problem error) {

        private static Output of(
                int index, String id, float[] embedding, Sparse sparse, List<Label> labels, Float score) {
            return new Output(index, id, embedding, sparse, labels, score, null, null, null, null, null);
        }

        static Output of(int index, String id, Answer answer) {
            return switch (answer) {
                case Answer.Embedding a -> of(index, id, a.vector(), null, null, null);
                case Answer.SparseEmbedding a -> of(index, id, null, new Sparse(a.tokenIds(), a.weights()), null, null);
                case Answer.Classes a ->
                    of(index, id, null, null, a.labels().stream().map(Label::of).toList(), null);
                case Answer.Score a -> of(index, id, null, null, null, a.score());
                case Answer.Tensors _, Answer.TokenEmbeddings _ ->
                    throw new IllegalStateException("No input of infer is answered by tensors");
            };
        }

        static Output of(int index, String id, EndedSequence ended, AnswerWithCalls answer) {
            String reason = CallReader.finishReason(ended.reason(), answer.called());
            TokensTaken usage = TokensTaken.of(ended.usage());
            return new Output(index, id, null, null, null, null, answer.content(), answer.calls(), reason, usage, null);
        }

        static Output failed(int index, String id, Problem error) {
            return new Output(index, id, null, null, null, null, null, null, null, null, error);
        }
    }

    /**
     * Weights of tokens.
     *
     * @param indices the tokens' ids, in ascending order
     * @param values a weight for each
     */
    @RegisterForReflection
    public record Sparse(int[] indices, float[] values) {}

    /** A label and its score. */
    @RegisterForReflection
    public record Label(String label, float score) {

        static Label of(Answer.Scored scored) {
            return new Label(scored.label(), scored.score());
        }
    }
}
