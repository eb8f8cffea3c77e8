package dev.headroom.generation;

import dev.headroom.gate.Gates;
import dev.headroom.generation.Sequence.Means;
import dev.headroom.request.Deadlines;
import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
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
    private volatile boolean draining;

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

    /** Why none of its devices is left; empty while one serves. */
    public Optional<String> lost() {
        return new Gates(all.stream().map(Generator::gate).toList()).lost();
    }

    /** Begins to run. */
    public void start() {
        all.forEach(one -> one.start("headroom-generate-" + one.name()
                + (all.size() > 1 ? " on " + one.gate().name() : "")));
    }

    /** The most tokens of a sequence where most fit, of the devices that are not lost. */
    int context() {
        return all.stream()
                .filter(Generators::serves)
                .mapToInt(one -> one.context().asInt())
                .max()
                .orElse(largest.context().asInt());
    }

    private static boolean serves(Generator one) {
        return one.gate().lost().isEmpty();
    }

    /**
     * The most sequences that wait at a time, on all devices together where each fits.
     *
     * @param tokens the most tokens of each, prompt and answer
     * @return 0 where none ever fits
     * @throws RequestFailedException when they fit on devices alone that are lost
     */
    int mostWaiting(long tokens) {
        return tokens > largest.context().value()
                ? 0
                : holding(tokens).stream().mapToInt(Generator::mostWaiting).sum();
    }

    /** Those that serve and hold a sequence of so many tokens, at least one. */
    private List<Generator> holding(long tokens) {
        List<Generator> here = all.stream()
                .filter(one -> serves(one) && one.context().value() >= tokens)
                .toList();
        if (here.isEmpty()) { // on a device that is lost it would fit
            throw new RequestFailedException(Failure.Unavailable.deviceLost());
        }
        return here;
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
        if (draining) {
            throw new RequestFailedException(Failure.Unavailable.closing());
        }
        int length = request.prompt().length;
        if (length >= largest.context().value()) {
            throw new RequestFailedException(new Failure.TooLong(
                    "The prompt has %,d tokens, and prompt and answer of the model %s have at most %,d (%s); shorten the prompt."
                            .formatted(
                                    length,
                                    largest.name(),
                                    largest.context().value(),
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
        long tokens = Math.min(largest.context().value(), request.tokens());
        List<Generator> here = holding(tokens);
        if (here.size() == 1 && !(refuses && here.getFirst().isFull())) {
            return here.getFirst();
        }
        OptionalInt least = DeviceLoad.least(
                here.stream().map(one -> one.load(request.prompt(), refuses)).toList());
        return here.get(least.orElseThrow(() -> new RequestFailedException(new Failure.Overloaded(
                "%,d sequences wait for the model %s, which is the most. Try again."
                        .formatted(mostWaiting(tokens), largest.name()),
                PAUSE))));
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
        draining = true;
    }

    /** Ends all sequences, which fail, and the threads. */
    public void close() {
        draining = true;
        all.forEach(Generator::close);
    }
}
