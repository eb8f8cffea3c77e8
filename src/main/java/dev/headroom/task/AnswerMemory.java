package dev.headroom.task;

import dev.headroom.device.Bytes;
import dev.headroom.request.Failure;
import dev.headroom.request.Item;
import dev.headroom.request.RequestFailedException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * Bounds the heap of large answers, those of more items than the queue holds or of a vector for each token: the queue bounds the
 * inputs only. Any thread may call.
 */
final class AnswerMemory {

    /** Bytes of a number as a float and as JSON. */
    static final long NUMBER = 16;

    /** Bytes that an item takes beside its input and its answer. */
    static final long ITEM = 512;

    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private final long most;
    private final AtomicLong taken = new AtomicLong();

    /** Memory of so many bytes for all answers together. */
    AnswerMemory(long most) {
        this.most = most;
    }

    /** The bytes that are taken. */
    long taken() {
        return taken.get();
    }

    /**
     * Admits items whose answers take so many bytes, which are given back once the last of the items has ended.
     *
     * @param admission admits the items
     * @throws RequestFailedException when there is no room for so much now, or never could be, or the items are not admitted
     */
    Admitted take(long bytes, Supplier<Admitted> admission) {
        if (bytes > most) {
            throw new RequestFailedException(new Failure.TooLarge(
                    "The answers take about %s of memory, and at most %s are held, an eighth of the heap. Send the inputs in parts."
                            .formatted(Bytes.text(bytes), Bytes.text(most))));
        }
        if (taken.addAndGet(bytes) > most) {
            taken.addAndGet(-bytes);
            throw new RequestFailedException(new Failure.Overloaded(
                    "Other answers leave no room for these, which take about %s of memory. Try again."
                            .formatted(Bytes.text(bytes)),
                    RETRY_AFTER));
        }
        try {
            Admitted admitted = admission.get();
            ended(admitted.items()).thenRun(() -> taken.addAndGet(-bytes));
            return admitted;
        } catch (RuntimeException | Error e) {
            taken.addAndGet(-bytes);
            throw e;
        }
    }

    /** Completes once every item has its outcome. */
    static CompletableFuture<Void> ended(List<Item<Answer>> items) {
        return CompletableFuture.allOf(items.stream().map(Item::outcome).toArray(CompletableFuture[]::new));
    }
}
