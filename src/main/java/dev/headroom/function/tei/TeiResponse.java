package dev.headroom.function.tei;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.headroom.function.TextInputs;
import dev.headroom.task.Answer;
import dev.headroom.task.Input;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Answers as the clients of text-embeddings-inference read them. */
final class TeiResponse {

    private TeiResponse() {}

    /** A label and its score. */
    @RegisterForReflection
    record Prediction(float score, String label) {}

    /**
     * A ranked text.
     *
     * @param index its place in the request
     * @param text the text, if the request asks for it
     */
    @RegisterForReflection
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Rank(int index, String text, float score) {}

    static List<float[]> vectors(List<Answer> answers) {
        return answers.stream()
                .map(answer -> ((Answer.Embedding) answer).vector())
                .toList();
    }

    /**
     * A token's weight.
     *
     * @param index the token's id
     */
    @RegisterForReflection
    record SparseValue(int index, float value) {}

    /** The weights of each input that are not 0, in the order of the tokens' ids. */
    static List<List<SparseValue>> sparse(List<Answer> answers) {
        return answers.stream()
                .map(answer -> (Answer.SparseEmbedding) answer)
                .map(answer -> IntStream.range(0, answer.tokenIds().length)
                        .mapToObj(i -> new SparseValue(answer.tokenIds()[i], answer.weights()[i]))
                        .toList())
                .toList();
    }

    /** The vectors of each input's tokens. */
    static List<float[][]> tokenVectors(List<Answer> answers) {
        return answers.stream()
                .map(answer -> ((Answer.TokenEmbeddings) answer).vectors())
                .toList();
    }

    /** The labels of each input, the best first. */
    static List<List<Prediction>> predictions(List<Answer> answers) {
        return answers.stream()
                .map(answer -> ((Answer.Classes) answer)
                        .labels().stream()
                                .map(scored -> new Prediction(scored.score(), scored.label()))
                                .toList())
                .toList();
    }

    /** The texts, the best first; equal ones in their order. */
    static List<Rank> ranks(TextInputs pairs, List<Answer> answers, boolean withText) {
        return IntStream.range(0, answers.size())
                .mapToObj(i -> new Rank(
                        i,
                        withText ? ((Input.Pair) pairs.inputs().get(i)).second() : null,
                        ((Answer.Score) answers.get(i)).score()))
                .sorted(Comparator.comparing(Rank::score).reversed())
                .toList();
    }

    /** The cosine of the first vector with each of the others. */
    static float[] similarities(List<Answer> answers) {
        List<float[]> vectors = vectors(answers);
        float[] cosines = new float[vectors.size() - 1];
        for (int i = 0; i < cosines.length; i++) {
            cosines[i] = cosine(vectors.getFirst(), vectors.get(i + 1));
        }
        return cosines;
    }

    private static float cosine(float[] a, float[] b) {
        return (float) (product(a, b) / Math.sqrt(product(a, a) * product(b, b)));
    }

    private static double product(float[] a, float[] b) {
        double sum = 0;
        for (int d = 0; d < a.length; d++) {
            sum += (double) a[d] * b[d];
        }
        return sum;
    }
}
