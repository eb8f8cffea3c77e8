package dev.headroom.request;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The time for which a request's items are admitted: one deadline for all of them, kept until the last is over. */
public final class Stay {

    private final AtomicInteger open;
    private final Consumer<Item<?>> release;
    private final Runnable deadline;

    private Stay(List<? extends Item<?>> items, Duration time, Supplier<Failure> late, Consumer<Item<?>> release) {
        this.open = new AtomicInteger(items.size());
        this.release = release;
        this.deadline = Deadlines.after(time, () -> {
            Failure failure = late.get();
            for (Item<?> item : items) {
                item.fail(failure);
            }
        });
    }

    /**
     * A request's items have been admitted.
     *
     * @param time how long each may take
     * @param late makes the failure of those that take longer
     * @param release gives back what an item holds, once; it has run when the outcome is seen
     */
    public static void begin(
            List<? extends Item<?>> items, Duration time, Supplier<Failure> late, Consumer<Item<?>> release) {
        Stay stay = new Stay(items, time, late, release);
        items.forEach(item -> item.admitted(stay));
    }

    /** One of the items is over. */
    void end(Item<?> item) {
        if (open.decrementAndGet() == 0) {
            deadline.run();
        }
        release.accept(item);
    }
}
