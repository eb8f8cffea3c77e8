package dev.headroom.benchmark;

import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * An axis of a plot.
 *
 * @param label what it measures, and in what
 * @param logarithmic whether equal distances are equal ratios
 * @param ticks the values that are marked, from one end of the axis to the other
 */
record Axis(String label, boolean logarithmic, List<Double> ticks) {

    private static final double[] ROUND = {1, 2, 5, 10};
    private static final int STEPS = 5;

    /** An axis that marks just these values. */
    static Axis at(String label, boolean logarithmic, int... values) {
        return new Axis(
                label,
                logarithmic,
                Arrays.stream(values).asDoubleStream().boxed().toList());
    }

    /** From zero to a round number above the most, in some five round steps. */
    static Axis fromZero(String label, double most) {
        double rough = most / STEPS;
        double power = Math.pow(10, Math.floor(Math.log10(rough)));
        double step = power
                * DoubleStream.of(ROUND)
                        .filter(round -> round * power >= rough)
                        .findFirst()
                        .orElse(10);
        int steps = (int) Math.ceil(most / step);
        return new Axis(
                label,
                false,
                IntStream.rangeClosed(0, steps).mapToObj(i -> i * step).toList());
    }

    /** Logarithmic, from a round number below the least to one above the most: 1, 2, 5, 10 and so on. */
    static Axis decades(String label, double least, double most) {
        List<Double> round = IntStream.rangeClosed(-3, 6)
                .boxed()
                .flatMap(power -> DoubleStream.of(1, 2, 5)
                        .map(digit -> digit * Math.pow(10, power))
                        .boxed())
                .toList();
        double from = round.stream().filter(tick -> tick <= least).reduce(round.getFirst(), Math::max);
        double to = round.stream().filter(tick -> tick >= most).findFirst().orElse(round.getLast());
        return new Axis(
                label,
                true,
                round.stream().filter(tick -> tick >= from && tick <= to).toList());
    }

    /** Where a value lies: 0 at the first tick, 1 at the last. */
    double position(double value) {
        double from = scale(ticks.getFirst());
        return (scale(value) - from) / (scale(ticks.getLast()) - from);
    }

    private double scale(double value) {
        return logarithmic ? Math.log(value) : value;
    }
}
