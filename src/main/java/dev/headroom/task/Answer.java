package dev.headroom.task;

import dev.headroom.tensor.Tensor;
import java.util.List;

/** A model's answer to one input. */
public sealed interface Answer {

    /** Tokens that the model read, special tokens included; 0 where it reads no text. */
    int tokens();

    /** A vector. */
    record Embedding(float[] vector, int tokens) implements Answer {}

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
