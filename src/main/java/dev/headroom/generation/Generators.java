package dev.headroom.generation;

import dev.headroom.generation.Sequence.Means;
import dev.headroom.request.Deadlines;
import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The generators of one model, one for each device that it is open on. A sequence stays on the device that {@link DeviceLoad}
 * chooses when it is admitted. With a device the sequences fail that it has begun; those that wait there go to the others.
 *
 * <p>Any thread may call.
 */
public final class Generators {

    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final List<Generator> all;
    private final Generator largest;
    private final AtomicLong numbers = new AtomicLong();
    private volatile boolean closing;

    /**
     * Nothing runs before {@link #start}.
     *
     * @param all at least one, in the order of the devices
     */
    public Generators(List<Generator> all) {
        this.all = List.copyOf(all);
        this.largest = all.stream()
                .max(Comparator.comparingLong(one -> one.context().value()))
                .orElseThrow();
        all.forEach(one -> one.gate().whenLost(reason -> leave(one)));
    }

    /** Begins to run. */
    public void start() {
        all.forEach(Generator::start);
    }

    /** The most tokens of a sequence, on the device where most fit. */
    int context() {
        return largest.context().asInt();
    }

    /** The most sequences that wait at a time, on all devices together. */
    int mostWaiting() {
        return all.stream().mapToInt(Generator::mostWaiting).sum();
    }

    /** True while a sequence has no end. */
    public boolean busy() {
        return all.stream().anyMatch(one -> !one.open().isEmpty());
    }

    /**
     * Admits a sequence.
     *
     * @return ends it, because its caller has gone
     * @throws RequestFailedException when it can never fit, too many wait, or nothing is admitted any more
     */
    Runnable admit(GenerationRequest request, GenerationListener listener, Means means) {
        if (closing) {
            throw new RequestFailedException(Failure.Unavailable.closing());
        }
        int length = request.prompt().length;
        if (length >= context()) {
            throw new RequestFailedException(new Failure.TooLong(
                    "The prompt has %,d tokens, and prompt and answer of the model %s have at most %,d (%s); shorten the prompt."
                            .formatted(
                                    length,
                                    largest.name(),
                                    context(),
                                    largest.context().reason())));
        }
        Generator chosen = choose(request, true);
        Sequence sequence = new Sequence(request, listener, means, numbers.incrementAndGet());
        followToItsEnd(sequence);
        place(sequence, chosen);
        return sequence::cancel;
    }

    /**
     * The device for a sequence.
     *
     * @param refuses true if those are passed over where too many wait
     */
    private Generator choose(GenerationRequest request, boolean refuses) {
        int[] prompt = request.prompt();
        List<Generator> here = all.stream().filter(Generator::runs).toList();
        int context = here.stream().mapToInt(one -> one.context().asInt()).max().orElse(0);
        if (prompt.length >= context) { // on a device that is lost it would fit
            throw new RequestFailedException(Failure.Unavailable.deviceLost());
        }
        if (here.size() == 1 && !(refuses && here.getFirst().isFull())) {
            return here.getFirst();
        }
        long whole = Math.min(context, prompt.length + Math.max(1L, request.maxTokens()));
        List<DeviceLoad> loads =
                here.stream().map(one -> one.load(prompt, refuses)).toList();
        OptionalInt least = DeviceLoad.least(loads, whole);
        return here.get(least.orElseThrow(() -> new RequestFailedException(new Failure.Overloaded(
                "%,d sequences wait for the model %s, which is the most. Try again."
                        .formatted(waiting(here, whole), largest.name()),
                PAUSE))));
    }

    /** The most sequences that wait at a time where one of so many tokens fits. */
    private static int waiting(List<Generator> here, long tokens) {
        return here.stream()
                .filter(one -> one.context().value() >= tokens)
                .mapToInt(Generator::mostWaiting)
                .sum();
    }

    private void followToItsEnd(Sequence sequence) {
        GenerationRequest request = sequence.request();
        Runnable undoDeadline = request.urgency()
                .deadline()
                .map(time -> Deadlines.after(time, () -> sequence.fail(Failure.DeadlineExceeded.within(time))))
                .orElse(() -> {});
        sequence.whenOver(() -> {
            all.forEach(one -> one.open().remove(sequence));
            undoDeadline.run();
            if (request.urgency().trace().isOn()) {
                request.urgency().trace().generated(sequence.traced(largest.name()));
            }
        });
    }

    private void place(Sequence sequence, Generator chosen) {
        chosen.add(sequence);
        if (chosen.gate().lost().isPresent()) { // since the choice: the loss may not have seen this one
            leave(chosen);
        }
    }

    /** What a device that is lost has not begun goes to another one; the rest fails with it. */
    private void leave(Generator lost) {
        for (Sequence sequence : lost.open().all()) {
            if (lost.open().withdraw(sequence)) {
                move(sequence);
            } else if (lost.open().hasBegun(sequence)) {
                sequence.fail(Failure.Unavailable.deviceLost());
            }
        }
    }

    private void move(Sequence sequence) {
        try {
            place(sequence, choose(sequence.request(), false));
        } catch (RequestFailedException e) {
            sequence.fail(e.failure());
        }
    }

    /** Admits nothing new; what was admitted is answered. */
    public void drain() {
        closing = true;
    }

    /** Ends all sequences, which fail, and the threads. */
    public void close() {
        closing = true;
        all.forEach(Generator::close);
    }
}
