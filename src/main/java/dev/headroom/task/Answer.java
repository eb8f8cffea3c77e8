package dev.headroom.task;

import dev.headroom.tensor.Tensor;
import java.util.List;
import java.util.stream.IntStream;

/** A model's answer to one input. */
public sealed interface Answer {

    /** Tokens that the model read, special tokens included; 0 where it reads no text. */
    int tokens();

    /** A vector. */
    record Embedding(float[] vector, int tokens) implements Answer {}

    /** A vector for each token, special tokens included. */
    record TokenEmbeddings(float[][] vectors, int tokens) implements Answer {}

    /**
     * The weights of tokens that are not 0.
     *
     * @param tokenIds the tokens, in ascending order
     * @param weights a weight for each
     */
    record SparseEmbedding(int[] tokenIds, float[] weights, int tokens) implements Answer {

        /** The places of a vector that are not 0. */
        static SparseEmbedding of(float[] vector, int tokens) {
            int[] ids = IntStream.range(0, vector.length)
                    .filter(id -> vector[id] != 0)
                    .toArray();
            float[] weights = new float[ids.length];
            for (int i = 0; i < ids.length; i++) {
                weights[i] = vector[ids[i]];
            }
            return new SparseEmbedding(ids, weights, tokens);
        }

        /** The weights of so many tokens, 0 where there is none. */
        float[] vector(int size) {
            float[] vector = new float[size];
            for (int i = 0; i < tokenIds.length; i++) {
                vector[tokenIds[i]] = weights[i];
            }
            return vector;
        }
    }

    /** Labels with their scores, the best first. */
    record Classes(List<Scored> labels, int tokens) implements Answer {}

    /** How well two texts match. */
    record Score(float score, int tokens) implements Answer {}

    /** The requested outputs as the model made them, without the batch dimension. */
    record Tensors(List<Tensor> outputs) implements Answer {

        @Override
        public int tokens() {
            return 0;
        }
    }

    /** A label and its score. */
    record Scored(String label, float score) {}
}
