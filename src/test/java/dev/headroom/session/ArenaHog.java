package dev.headroom.session;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** Takes what is left of the CPU's arena, so that runs do not fit, and gives it back. */
public final class ArenaHog implements AutoCloseable {

    private static final int ALLOCATE = 75;
    private static final int FREE = 76;
    private static final long ARENA_BYTES = 500L << 20; // the same in all tests, because a process has one
    private static final long LEAST_PIECE = 4 << 10;

    private final OrtApi api = OrtRuntime.env().api();
    private final OrtArena arena = OrtArena.cpu(ARENA_BYTES);
    private final List<MemorySegment> pieces = new ArrayList<>();

    /** Bytes that are in use, its own included. */
    public long heldBytes() {
        return arena.heldBytes();
    }

    /** Leaves so many bytes, in one piece where there is one, and no other piece of 4 KiB. */
    public void leave(long bytes) {
        MemorySegment left = exactly(bytes);
        for (long piece = ARENA_BYTES; piece >= LEAST_PIECE; piece /= 2) {
            while (take(piece)) {}
        }
        api.call(FREE, arena.allocator(), left);
    }

    /** The arena gives more than it is asked for where the rest of a piece would be small: those are kept. */
    private MemorySegment exactly(long bytes) {
        while (true) {
            long before = heldBytes();
            MemorySegment piece = api.create(ALLOCATE, arena.allocator(), bytes);
            if (heldBytes() - before <= bytes + bytes / 16) {
                return piece;
            }
            pieces.add(piece);
        }
    }

    private boolean take(long bytes) {
        try {
            pieces.add(api.create(ALLOCATE, arena.allocator(), bytes));
            return true;
        } catch (IllegalStateException e) {
            return false;
        }
    }

    @Override
    public void close() {
        giveBack();
    }

    /** Gives all back. */
    public void giveBack() {
        pieces.forEach(piece -> api.call(FREE, arena.allocator(), piece));
        pieces.clear();
    }
}
