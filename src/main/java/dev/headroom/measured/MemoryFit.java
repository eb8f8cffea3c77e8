package dev.headroom.measured;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Fits a {@link MemoryProfile} to measured batches by least squares. Memory grows with rows x length, and with rows x
 * length squared where that explains the measurements better.
 */
record MemoryFit(long baseBytes, List<Sample> samples) {

    /** A square term is used where it leaves less than this share of the proportional fit's error. */
    private static final double WORTHWHILE = 0.5;

    private static final double CLEARLY_MORE = 1.05;

    /** The share of the largest batch's memory from which on a batch counts as large. */
    private static final double LARGE = 0.5;

    /**
     * A fit to samples whose memory was measured; at least one.
     *
     * @param baseBytes memory that the loaded model takes without a batch, as measured
     */
    static MemoryProfile of(long baseBytes, List<Sample> samples) {
        MemoryFit fit = new MemoryFit(baseBytes, samples);
        return fit.covering(fit.profile());
    }

    /**
     * Raises a profile so that it predicts no measured batch clearly too low. Small ones do not count: they are never near a
     * limit, and what every run takes, such as the workspace of a library, would raise the prediction of all others.
     */
    private MemoryProfile covering(MemoryProfile profile) {
        double largest = samples.stream().mapToDouble(this::above).max().orElse(0);
        double most = samples.stream()
                .filter(sample -> above(sample) >= LARGE * largest)
                .mapToDouble(sample -> above(sample) / Math.max(1, profile.batchBytes(sample.batch(), sample.length())))
                .max()
                .orElse(1);
        return most <= CLEARLY_MORE
                ? profile
                : new MemoryProfile(baseBytes, most * profile.bytesPerElement(), most * profile.bytesPerSquare());
    }

    private MemoryProfile profile() {
        MemoryProfile linear = linear();
        if (samples.stream().map(Sample::length).distinct().count() < 2) {
            return linear;
        }
        MemoryProfile both = quadratic();
        MemoryProfile quadratic = both.bytesPerElement() < 0 ? square() : both;
        boolean better = quadratic.bytesPerSquare() > 0 && error(quadratic) < WORTHWHILE * error(linear);
        return better ? quadratic : linear;
    }

    private MemoryProfile linear() {
        double xx = sum(sample -> linearTerm(sample) * linearTerm(sample));
        double xy = sum(sample -> linearTerm(sample) * above(sample));
        return new MemoryProfile(baseBytes, Math.max(0, xy / xx), 0);
    }

    /** A fit without the proportional term, for where that would be negative. */
    private MemoryProfile square() {
        double zz = sum(sample -> squareTerm(sample) * squareTerm(sample));
        double zy = sum(sample -> squareTerm(sample) * above(sample));
        return new MemoryProfile(baseBytes, 0, zy / zz);
    }

    /** Solves the normal equations of two unknowns; needs rows of more than one length. */
    private MemoryProfile quadratic() {
        double xx = sum(sample -> linearTerm(sample) * linearTerm(sample));
        double xz = sum(sample -> linearTerm(sample) * squareTerm(sample));
        double zz = sum(sample -> squareTerm(sample) * squareTerm(sample));
        double xy = sum(sample -> linearTerm(sample) * above(sample));
        double zy = sum(sample -> squareTerm(sample) * above(sample));
        double determinant = xx * zz - xz * xz;
        return new MemoryProfile(baseBytes, (xy * zz - zy * xz) / determinant, (zy * xx - xy * xz) / determinant);
    }

    private double error(MemoryProfile profile) {
        return sum(sample -> {
            double difference = profile.bytes(sample.batch(), sample.length())
                    - sample.memoryBytes().orElseThrow();
            return difference * difference;
        });
    }

    private double above(Sample sample) {
        return sample.memoryBytes().orElseThrow() - baseBytes;
    }

    private static double linearTerm(Sample sample) {
        return sample.elements();
    }

    private static double squareTerm(Sample sample) {
        return (double) sample.elements() * sample.length();
    }

    private double sum(ToDoubleFunction<Sample> term) {
        return samples.stream().mapToDouble(term).sum();
    }
}
