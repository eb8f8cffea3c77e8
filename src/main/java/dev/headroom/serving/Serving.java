package dev.headroom.serving;

import dev.headroom.batch.BatchMeters;
import dev.headroom.batch.Batcher;
import dev.headroom.measured.Calibration;
import dev.headroom.measured.MemoryProfile;
import java.util.concurrent.TimeUnit;

/** The parts that a model has while it is served. */
record Serving(BatchMeters meters, Batcher batcher) {

    private static final long DRAIN_POLL_MILLIS = 5;

    /** True while requests to the model are on their way. */
    boolean busy() {
        return batcher.idle().isNegative();
    }

    /**
     * Waits until all that was admitted is answered, each item at its deadline; batches close at once meanwhile. The caller
     * has closed the entrance.
     */
    void drain() throws InterruptedException {
        batcher.drain();
        while (busy()) {
            TimeUnit.MILLISECONDS.sleep(DRAIN_POLL_MILLIS);
        }
    }

    /** Counts the batches of a calibration for the prediction, as the device counts them for its peak. */
    void predicted(Calibration measured, MemoryProfile profile) {
        measured.samples().forEach(sample -> meters.predicted(profile.batchBytes(sample.batch(), sample.length())));
    }
}
