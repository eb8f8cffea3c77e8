package dev.headroom.benchmark;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * Whole rounds of batches that several threads take in turns, so that each setting is measured on the same texts. The
 * first round that begins after the time is over does not count.
 */
final class BareRounds {

    private final int batches;
    private final long start = System.nanoTime();
    private final long least;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger end = new AtomicInteger(Integer.MAX_VALUE);
    private final Histogram micros = new ConcurrentHistogram(3);
    private volatile long last = start;

    BareRounds(int batches, double seconds) {
        this.batches = batches;
        least = (long) (seconds * 1e9);
    }

    /** Runs batches, by their index, until the rounds are over; called by each thread. */
    void each(IntConsumer batch) {
        for (int i = take(); i < end.get(); i = take()) {
            long before = System.nanoTime();
            batch.accept(i % batches);
            last = System.nanoTime();
            micros.recordValue((last - before) / 1000);
        }
    }

    private int take() {
        int i = next.getAndIncrement();
        if (i > 0 && i % batches == 0 && System.nanoTime() - start >= least) {
            end.accumulateAndGet(i, Math::min);
        }
        return i;
    }

    /** Rounds in a second. */
    double perSecond() {
        return (double) end.get() / batches * 1e9 / (last - start);
    }

    /** The times of batches. */
    Latency latency() {
        return Latency.ofMicros(micros);
    }
}
