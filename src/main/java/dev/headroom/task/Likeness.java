package dev.headroom.task;

import dev.headroom.tensor.Tensor;
import java.util.OptionalDouble;

/**
 * How alike the answers of a model in half and in full precision are.
 *
 * @param cosine the least cosine of a row's vector, or of one of its outputs; empty where there was none
 * @param difference the greatest difference of a score, before its activation, as a share of the largest score; empty where
 *     there was none
 * @param rows the rows that were compared
 * @param longest elements of the longest of them
 */
public record Likeness(OptionalDouble cosine, OptionalDouble difference, int rows, long longest) {

    /** Collects likenesses. */
    static final class Tally {

        private OptionalDouble cosine = OptionalDouble.empty();
        private OptionalDouble difference = OptionalDouble.empty();
        private double largestScore;
        private int rows;
        private long longest;

        /** Counts a row of so many elements. */
        void row(long elements) {
            rows++;
            longest = Math.max(longest, elements);
        }

        /**
         * Compares outputs of floats.
         *
         * @param scores true if each number counts alone, false if they are a vector; a single one does
         * @throws IllegalArgumentException when those in full precision are not finite
         */
        void add(Tensor full, Tensor half, boolean scores) {
            if (scores || Tensor.elements(full.shape()) == 1) {
                addScores(values(full), values(half));
            } else {
                addVectors(values(full), values(half));
            }
        }

        private static float[] values(Tensor tensor) {
            float[] values = new float[Math.toIntExact(Tensor.elements(tensor.shape()))];
            tensor.read(0, values);
            return values;
        }

        private static void checkFinite(float[] full) {
            for (float value : full) {
                if (!Float.isFinite(value)) {
                    throw new IllegalArgumentException("in full precision it answers " + value);
                }
            }
        }

        /** Compares vectors; one with a number that is not finite is like no other. */
        void addVectors(float[] full, float[] half) {
            checkFinite(full);
            double dot = 0;
            double squares = 0;
            double otherSquares = 0;
            for (int i = 0; i < full.length; i++) {
                dot += (double) full[i] * half[i];
                squares += (double) full[i] * full[i];
                otherSquares += (double) half[i] * half[i];
            }
            double both = Math.sqrt(squares) * Math.sqrt(otherSquares);
            double like = squares == 0 && otherSquares == 0 ? 1 : dot / both;
            cosine = OptionalDouble.of(Math.min(cosine.orElse(1), Double.isFinite(like) ? like : -1));
        }

        /** Compares scores, of which the direction tells nothing. */
        private void addScores(float[] full, float[] half) {
            checkFinite(full);
            for (int i = 0; i < full.length; i++) {
                double apart = Math.abs((double) full[i] - half[i]);
                largestScore = Math.max(largestScore, Math.abs(full[i]));
                difference = OptionalDouble.of(
                        Math.max(difference.orElse(0), Double.isFinite(apart) ? apart : Double.MAX_VALUE));
            }
        }

        Likeness likeness() {
            OptionalDouble share = difference.isPresent() && difference.getAsDouble() > 0
                    ? OptionalDouble.of(difference.getAsDouble() / largestScore)
                    : difference;
            return new Likeness(cosine, share, rows, longest);
        }
    }
}
