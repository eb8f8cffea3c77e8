package dev.headroom.benchmark;

import java.io.IOException;

/** A server, in a process of its own, that can be put under load. */
interface Server extends AutoCloseable {

    int port();

    long pid();

    /** Batches that have run so far. */
    Batches batches() throws IOException, InterruptedException;

    @Override
    void close();

    /**
     * Batches that have run.
     *
     * @param items items in them
     * @param count how many
     */
    record Batches(double items, double count) {

        static final Batches NONE = new Batches(0, 0);

        Batches since(Batches before) {
            return new Batches(items - before.items, count - before.count);
        }

        /** Items in a batch, on average; NaN where there was none. */
        double fill() {
            return items / count;
        }
    }
}
