package dev.headroom.worker;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;

/**
 * How many workers began at a partition's committed offset, and ended before anything behind it was settled: Kafka counts no
 * deliveries, so that the count is kept beside the offset. After two of them records are taken one at a time, until the record
 * that ends workers is the first one. One thread calls it.
 */
final class Takes {

    /** So many workers may have ended by chance. */
    private static final int BY_CHANCE = 2;

    private static final String NAME = "headroom-takes=";
    private static final Pattern COUNT = Pattern.compile(NAME + "(\\d{1,9})");

    private final int before;
    private boolean first = true;
    private int alone;

    /**
     * The takes of a partition that is assigned.
     *
     * @param committed may be null
     * @param window the most records that were in the works when a worker ended
     */
    Takes(OffsetAndMetadata committed, int window) {
        Matcher count = COUNT.matcher(committed == null ? "" : committed.metadata());
        before = count.matches() ? Integer.parseInt(count.group(1)) : 0;
        alone = before >= BY_CHANCE ? window : 0;
    }

    /** True while records are to be taken one at a time. */
    boolean careful() {
        return alone > 0;
    }

    /** True if the next record's offset must be committed before it is taken. */
    boolean marks() {
        return first || careful();
    }

    /** Begins a record; returns how many workers have taken it as the first one, this one included. */
    int begin() {
        int count = first ? before + 1 : 1;
        first = false;
        alone = Math.max(0, alone - 1);
        return count;
    }

    /** An offset whose record so many workers have taken as the first one. */
    static OffsetAndMetadata mark(long offset, int count) {
        return new OffsetAndMetadata(offset, NAME + count);
    }
}
