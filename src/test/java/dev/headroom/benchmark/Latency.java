package dev.headroom.benchmark;

import org.HdrHistogram.Histogram;

/**
 * The times of requests.
 *
 * @param p50 the median in milliseconds
 * @param p99 what one request in 100 exceeded, in milliseconds
 * @param p999 what one request in 1,000 exceeded, in milliseconds
 */
record Latency(double p50, double p99, double p999) {

    /** Nothing was timed. */
    static final Latency NONE = new Latency(Double.NaN, Double.NaN, Double.NaN);

    private static final double MICROS = 1000;

    /** From a histogram in microseconds. */
    static Latency ofMicros(Histogram histogram) {
        return new Latency(
                histogram.getValueAtPercentile(50) / MICROS,
                histogram.getValueAtPercentile(99) / MICROS,
                histogram.getValueAtPercentile(99.9) / MICROS);
    }
}
