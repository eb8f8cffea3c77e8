package dev.headroom.session;

import dev.headroom.session.OrtRuntime.OrtEnv;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Somebody else on the device: it takes memory from the process's {@link OrtArena} and gives it back, while a service
 * runs its batches there. It needs nothing of the service but that its arena exists, and none of ONNX Runtime's Java
 * classes, so that it can live in a class loader of its own.
 */
public final class ArenaTenant {

    private static final int CREATE_ENV = 3;
    private static final int ALLOCATOR_ALLOC = 75;
    private static final int ALLOCATOR_FREE = 76;

    private static final int LOG_WARNING = 2;

    /** What it leaves in one piece: an item of 256 tokens takes 7.2 MiB of it, in blocks of up to 3 MiB. */
    public static final long ROOM_BYTES = 11 << 20;

    private static final Duration LONGEST_WAIT = Duration.ofSeconds(20);
    private static final Duration POLL = Duration.ofNanos(100_000);

    private final OrtApi api = OrtApi.open();
    private final OrtArena arena = sharedArena();
    private final MemorySegment allocator = arena.allocator();
    private final List<MemorySegment> pieces = new ArrayList<>();

    private OrtArena sharedArena() {
        try (Arena memory = Arena.ofConfined()) {
            return OrtArena.cpu(new OrtEnv(api, api.create(CREATE_ENV, LOG_WARNING, memory.allocateFrom("tenant"))));
        }
    }

    /**
     * Gives back what it holds and takes so many bytes, as soon as they are free beside {@link #ROOM_BYTES} in one piece,
     * which it leaves. Until then it looks and takes nothing.
     *
     * @param bytes how much; 0 takes nothing
     * @throws IllegalStateException when so much has not been free for a moment in 20 s
     */
    public synchronized void hold(long bytes) {
        giveBack();
        long start = System.nanoTime();
        while (bytes > 0 && !take(bytes)) {
            if (System.nanoTime() - start > LONGEST_WAIT.toNanos()) {
                throw new IllegalStateException("%d bytes are free".formatted(freeBytes()));
            }
            LockSupport.parkNanos(POLL.toNanos());
        }
    }

    private boolean take(long bytes) {
        if (freeBytes() < bytes + ROOM_BYTES) {
            return false;
        }
        try {
            takeInPieces(bytes);
            api.call(ALLOCATOR_FREE, allocator, api.create(ALLOCATOR_ALLOC, allocator, ROOM_BYTES));
            return true;
        } catch (IllegalStateException e) { // a batch was faster
            giveBack();
            return false;
        }
    }

    /**
     * ONNX Runtime's arena does not divide a block that has less than twice what is asked for: whoever asks for a little
     * more than half of it would get all of it. Halves of what is left come near.
     */
    private void takeInPieces(long bytes) {
        for (long left = bytes; left > 0; ) {
            long piece = left > ROOM_BYTES / 2 ? left / 2 : left;
            pieces.add(api.create(ALLOCATOR_ALLOC, allocator, piece));
            left -= piece;
        }
    }

    private void giveBack() {
        pieces.forEach(piece -> api.call(ALLOCATOR_FREE, allocator, piece));
        pieces.clear();
    }

    private long freeBytes() {
        return arena.freeBytes();
    }
}
