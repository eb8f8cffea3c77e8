package dev.headroom.function.body;

import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;

/**
 * The heap that is taken while one body is read: copies of it, and what its JSON becomes. All that are read at a time share a quarter of
 * the heap, and those of up to 64 KB a part of their own, so that they never wait for a large one. One thread uses it and closes it.
 */
public final class ParseMemory implements AutoCloseable {

    /** Bytes of a body whose room is taken without a look at it. */
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
     * That of a body of so many bytes, which waits for what a small one can take at most; a large one has taken nothing yet.
     *
     * @param gone whether nobody waits for the answer any more
     */
    static ParseMemory of(int bytes, BooleanSupplier gone) {
        if (bytes > SMALL) {
            return new ParseMemory(LARGE, gone);
        }
        ParseMemory room = new ParseMemory(SMALLS, gone);
        room.units = Math.min(SMALL_UNITS, units(JsonMeasure.MOST_GROWTH * bytes));
        SMALLS.acquireUninterruptibly(room.units);
        return room;
    }

    /** That of a body that is so small that nobody counts it; nothing waits. */
    public static ParseMemory uncounted() {
        return new ParseMemory(SMALLS, () -> false);
    }

    /**
     * Takes so much of it, where the body is a large one. The first time it waits for that; later it does not, because others may wait
     * for what is held here.
     *
     * @throws RequestFailedException when there never is so much, or, later, not now
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

    /** Gives it back. */
    @Override
    public void close() {
        part.release(units);
        units = 0;
    }

    private static int units(long bytes) {
        return (int) Math.min(Math.ceilDiv(bytes, UNIT), Integer.MAX_VALUE / 2);
    }
}
