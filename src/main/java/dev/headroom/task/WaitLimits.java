package dev.headroom.task;

import dev.headroom.request.Deadlines;
import dev.headroom.request.Failure;
import dev.headroom.request.ItemList;
import dev.headroom.task.WaitingRequests.Waiting;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** How many requests may wait for a model to be opened, and how long. Any thread may call, and none waits. */
final class WaitLimits {

    /** A request without a deadline waits for at least so long, and for so many openings: some turns of other models. */
    private static final Duration SHORTEST_WAIT = Duration.ofSeconds(60);

    private static final int OPENINGS_OF_A_WAIT = 16;
    private static final Duration ASSUMED_OPENING = Duration.ofSeconds(2);

    private final String model;
    private final Entrance.Host host;
    private final WaitingRequests waiting;

    WaitLimits(String model, Entrance.Host host, WaitingRequests waiting) {
        this.model = model;
        this.host = host;
        this.waiting = waiting;
    }

    /** The failure of a request whose deadline is earlier than the opening would end; empty where it may wait. */
    Optional<Failure> tooLate(Waiting request) {
        Optional<Duration> deadline = deadline(request);
        return host.opening()
                .filter(opening ->
                        deadline.filter(time -> time.compareTo(opening) < 0).isPresent())
                .map(opening -> new Failure.Unavailable(
                        "The model %s is closed, and the deadline of %d ms is shorter than its opening, which took %d ms. Try again, or allow more time."
                                .formatted(model, deadline.orElseThrow().toMillis(), opening.toMillis()),
                        opening));
    }

    private static Optional<Duration> deadline(Waiting request) {
        return request.items().getFirst().urgency().deadline();
    }

    /** The failure of a request that there is no room for; empty where there is. */
    Optional<Failure> tooMany(Waiting request) {
        return waiting.fits(request, host.mostItems())
                ? Optional.empty()
                : Optional.of(new Failure.Overloaded(
                        "%d items wait for the model %s to be opened, and there is no room for %d more. Try again later."
                                .formatted(
                                        waiting.items(), model, request.items().size()),
                        pause()));
    }

    private Duration pause() {
        return host.opening().orElse(ASSUMED_OPENING);
    }

    /** Ends the wait in time; a caller's deadline holds until the items are answered. */
    void limit(Waiting request) {
        Optional<Duration> deadline = deadline(request);
        Duration turns = pause().multipliedBy(OPENINGS_OF_A_WAIT);
        Duration longest = turns.compareTo(SHORTEST_WAIT) > 0 ? turns : SHORTEST_WAIT;
        AtomicInteger left = new AtomicInteger(request.items().size());
        Runnable cancelled = Deadlines.after(deadline.orElse(longest), () -> end(request, deadline, longest));
        request.items()
                .forEach(item -> item.outcome().thenRun(() -> {
                    if (left.decrementAndGet() == 0) {
                        cancelled.run();
                    }
                }));
    }

    private void end(Waiting request, Optional<Duration> deadline, Duration longest) {
        if (deadline.isPresent()) {
            ItemList.failAll(request.items(), Failure.DeadlineExceeded.within(deadline.get()));
        } else if (waiting.drop(request)) {
            ItemList.failAll(
                    request.items(),
                    new Failure.Unavailable(
                            "The model %s was not opened within %d s: others are in use. Try again."
                                    .formatted(model, longest.toSeconds()),
                            pause()));
        }
    }
}
