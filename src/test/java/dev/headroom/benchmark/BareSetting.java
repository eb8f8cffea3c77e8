package dev.headroom.benchmark;

import java.util.ArrayList;
import java.util.List;

/**
 * A way to run a bare model.
 *
 * @param batch rows in a batch
 * @param lanes threads that run batches on the one session
 * @param threads threads that share the work of one batch
 * @param sorted whether rows are sorted by length before they are cut into batches; else they come as they arrive
 */
record BareSetting(int batch, int lanes, int threads, boolean sorted) {

    private static final int[] BATCHES = {1, 2, 4, 8, 16, 32};

    /** All that are worth a try on so many cores, sorted or not. */
    static List<BareSetting> all(int cores, boolean sorted) {
        List<BareSetting> settings = new ArrayList<>();
        for (int lanes = 1; lanes < cores; lanes *= 2) {
            add(settings, lanes, cores / lanes, sorted);
        }
        add(settings, cores, 1, sorted);
        return settings;
    }

    private static void add(List<BareSetting> settings, int lanes, int threads, boolean sorted) {
        for (int batch : BATCHES) {
            settings.add(new BareSetting(batch, lanes, threads, sorted));
        }
    }

    /** One row at a time, with every number of threads that is a power of two, or all cores. */
    static List<BareSetting> single(int cores) {
        List<BareSetting> settings = new ArrayList<>();
        for (int threads = 1; threads < cores; threads *= 2) {
            settings.add(new BareSetting(1, 1, threads, false));
        }
        settings.add(new BareSetting(1, 1, cores, false));
        return settings;
    }

    /** The same on rows that come as they arrive. */
    BareSetting unsorted() {
        return new BareSetting(batch, lanes, threads, false);
    }

    @Override
    public String toString() {
        return "batch %d, %d x %d threads%s".formatted(batch, lanes, threads, sorted ? ", sorted" : "");
    }
}
