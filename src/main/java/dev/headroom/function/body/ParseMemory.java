package dev.headroom.function.body;

import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;

/**
 * The heap that parsing one body takes: copies of the body, and the tree of its JSON. All bodies that are parsed at a
 * time share a quarter of the heap. Those of up to 64 KB have a part of their own, so that they never wait for large
 * ones. One thread uses it and closes it.
 */
public final class ParseMemory implements AutoCloseable {

    /** The largest body in bytes whose memory is taken without measuring it. */
    static final int SMALL = 64 << 10;

    private static final int UNIT = 1 << 10;
    private static final int LARGE_UNITS = units(Runtime.getRuntime().maxMemory() / 4);
    private static final int SMALL_UNITS = units(Runtime.getRuntime().maxMemory() / 32);
    private static final Semaphore LARGE = new Semaphore(LARGE_UNITS, true);
    private static final Semaphore SMALLS = new Semaphore(SMALL_UNITS, true);

    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private final Semaphore part;
    private final BooleanSupplier gone;
    private int units;

    private ParseMemory(Semaphore part, BooleanSupplier gone) {
        this.part = part;
        this.gone = gone;
    }

    /**
     * The memory for a body of so many bytes. Waits for the most that a small body can take; a large one takes none
     * yet.
     *
     * @param gone true once the caller has gone
     */
    public static ParseMemory of(int bytes, BooleanSupplier gone) {
        if (bytes > SMALL) {
            return new ParseMemory(LARGE, gone);
        }
        ParseMemory memory = new ParseMemory(SMALLS, gone);
        memory.units = Math.min(SMALL_UNITS, units(JsonMeasure.MOST_GROWTH * bytes));
        SMALLS.acquireUninterruptibly(memory.units);
        return memory;
    }

    /** The memory for a body that is too small to be counted; it never waits. */
    public static ParseMemory uncounted() {
        return new ParseMemory(SMALLS, () -> false);
    }

    /**
     * Takes memory for a large body. Waits for it the first time; not later, because others may wait for what this body
     * holds.
     *
     * @throws RequestFailedException when there never is so much, or, after the first time, not now
     */
    public void take(long bytes) {
        if (part == SMALLS) {
            return;
        }
        int more = units(bytes);
        if (units + more > LARGE_UNITS) {
            throw JsonFields.tooLarge(
                    "Reading the body takes %d bytes of memory, and at most %d are there, a quarter of the heap; send it in parts, or have the heap raised.",
                    bytes, (long) LARGE_UNITS * UNIT);
        }
        if (units == 0) {
            LARGE.acquireUninterruptibly(more);
        } else if (!LARGE.tryAcquire(more)) {
            throw new RequestFailedException(
                    new Failure.Overloaded("Other bodies leave no room to read this one; try again.", RETRY_AFTER));
        }
        units += more;
        if (gone.getAsBoolean()) {
            throw new RequestFailedException(new Failure.Abandoned("The caller hung up before his body was read."));
        }
    }

    /** Gives the memory back. */
    @Override
    public void close() {
        part.release(units);
        units = 0;
    }

    private static int units(long bytes) {
        return (int) Math.min(Math.ceilDiv(bytes, UNIT), Integer.MAX_VALUE / 2);
    }
}
