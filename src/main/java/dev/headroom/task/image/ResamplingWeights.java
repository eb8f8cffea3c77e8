package dev.headroom.task.image;

import dev.headroom.model.image.Resampling;

/**
 * The pixels that make each pixel of the result, along one edge.
 *
 * @param starts the first of them, for each pixel of the result
 * @param lengths their number
 * @param most the largest number
 * @param values their weights, {@code most} for each pixel of the result
 */
record ResamplingWeights(int[] starts, int[] lengths, int most, int[] values) {

    /** Pillow's number of bits in a weight, with which weighted sums of bytes fit into an int. */
    static final int BITS = 22;

    static ResamplingWeights of(Resampling filter, int size, int newSize, int start, int count) {
        double scale = (double) size / newSize;
        if (filter == Resampling.NEAREST || size == newSize) {
            return nearest(scale, size, start, count);
        }
        double widened = Math.max(scale, 1);
        double support = filter.support() * widened;
        int most = (int) Math.ceil(support) * 2 + 1;
        ResamplingWeights weights = new ResamplingWeights(new int[count], new int[count], most, new int[count * most]);
        for (int i = 0; i < count; i++) {
            double centre = (start + i + 0.5) * scale;
            int first = Math.max((int) (centre - support + 0.5), 0);
            int end = Math.min((int) (centre + support + 0.5), size);
            weights.set(i, first, exact(filter, first - centre + 0.5, end - first, widened));
        }
        return weights;
    }

    /** Adds the places up as Pillow does, whose rounding decides between two pixels where one lies on their edge. */
    private static ResamplingWeights nearest(double scale, int size, int start, int count) {
        ResamplingWeights weights = new ResamplingWeights(new int[count], new int[count], 1, new int[count]);
        double centre = scale * 0.5;
        for (int i = 0; i < start + count; i++, centre += scale) {
            if (i >= start) {
                weights.set(i - start, Math.min((int) centre, size - 1), new double[] {1});
            }
        }
        return weights;
    }

    private static double[] exact(Resampling filter, double from, int length, double widened) {
        double[] weights = new double[length];
        double sum = 0;
        for (int k = 0; k < length; k++) {
            weights[k] = filter.weight((from + k) * (1 / widened));
            sum += weights[k];
        }
        for (int k = 0; k < length && sum != 0; k++) {
            weights[k] /= sum;
        }
        return weights;
    }

    private void set(int i, int first, double[] exact) {
        starts[i] = first;
        lengths[i] = exact.length;
        for (int k = 0; k < exact.length; k++) {
            double weight = exact[k] * (1 << BITS);
            values[i * most + k] = (int) (weight < 0 ? weight - 0.5 : weight + 0.5);
        }
    }

    int count() {
        return starts.length;
    }

    int first(int i) {
        return starts[i];
    }

    int length(int i) {
        return lengths[i];
    }

    int at(int i) {
        return i * most;
    }
}
