package dev.headroom.generation;

import dev.headroom.gate.Gate;
import dev.headroom.gate.Permit;
import dev.headroom.gate.Share;
import dev.headroom.generation.Sequence.Means;
import dev.headroom.plan.GenerationPlan;
import dev.headroom.request.Deadlines;
import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import dev.headroom.session.Decoder;
import dev.headroom.session.RunFailedException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Continues the sequences of one model on one device: takes the device for a step, runs it, and goes on as long as there are
 * sequences. It keeps the device while no other model waits for it.
 *
 * <p>Any thread may admit or end a sequence. One thread of its own waits for the device. The steps run on the device's thread,
 * which alone touches the batch.
 */
public final class Generator {

    /** The most sequences that wait for each row. */
    private static final int WAITING_PER_ROW = 8;

    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final Parts parts;
    private final GenerationPlan plan;
    private final Share share;
    private final StepFailures failures;
    private final Arrivals arrivals = new Arrivals();
    private final Set<Sequence> open = ConcurrentHashMap.newKeySet(); // sequences without an end
    private final AtomicLong numbers = new AtomicLong();
    private volatile boolean draining;
    private volatile boolean closed;

    /** The parts that it works with. */
    record Parts(Decoder model, Gate gate, ContinuousBatch batch, CacheBudget budget, GenerationMeters meters) {}

    /** Nothing runs before {@link #start}. */
    public Generator(Decoder model, Gate gate, GenerationPlan plan, GenerationMeters meters) {
        this.plan = plan;
        share = gate.add(model);
        CacheBudget budget = new CacheBudget(model, plan);
        ContinuousBatch batch =
                new ContinuousBatch(model, budget, new Chunks(plan.chunk().asInt(), model.readsInParts()), meters);
        parts = new Parts(model, gate, batch, budget, meters);
        failures = new StepFailures(parts);
        gate.whenLost(reason -> failAll(Failure.Unavailable.deviceLost()));
        meters.watch(parts, this::waiting);
    }

    /** Begins to run. */
    public void start() {
        Thread.ofPlatform()
                .daemon()
                .name("headroom-generate-" + parts.model.name())
                .start(this::run);
    }

    /** The most sequences that wait at a time. */
    int mostWaiting() {
        return Math.multiplyExact(WAITING_PER_ROW, plan.rows().asInt());
    }

    private long waiting() {
        return Math.max(0, open.size() - parts.batch.occupancy().running());
    }

    /** True while a sequence has no end. */
    public boolean busy() {
        return !open.isEmpty();
    }

    /**
     * Admits a sequence.
     *
     * @return ends it, because its caller has gone
     * @throws RequestFailedException when it can never fit, too many wait, or nothing is admitted any more
     */
    Runnable admit(GenerationRequest request, GenerationListener listener, Means means) {
        check(request);
        Sequence sequence = new Sequence(request, listener, means, numbers.incrementAndGet());
        open.add(sequence);
        Runnable undoDeadline = request.urgency()
                .deadline()
                .map(time -> Deadlines.after(time, () -> sequence.fail(Failure.DeadlineExceeded.within(time))))
                .orElse(() -> {});
        sequence.whenOver(() -> {
            open.remove(sequence);
            undoDeadline.run();
            if (request.urgency().trace().isOn()) {
                request.urgency().trace().generated(sequence.traced(parts.model.name()));
            }
        });
        arrivals.add(sequence);
        if (closed) { // since the check: neither close() nor the loss may have seen this one
            sequence.fail(Failure.Unavailable.closing());
        } else if (parts.gate.lost().isPresent()) {
            sequence.fail(Failure.Unavailable.deviceLost());
        }
        return sequence::cancel;
    }

    private void check(GenerationRequest request) {
        if (parts.gate.lost().isPresent()) {
            throw new RequestFailedException(Failure.Unavailable.deviceLost());
        }
        if (closed || draining) {
            throw new RequestFailedException(Failure.Unavailable.closing());
        }
        int length = request.prompt().length;
        if (length >= plan.context().value()) {
            throw new RequestFailedException(new Failure.TooLong(
                    "The prompt has %,d tokens, and prompt and answer of the model %s have at most %,d (%s); shorten the prompt."
                            .formatted(
                                    length,
                                    parts.model.name(),
                                    plan.context().value(),
                                    plan.context().reason())));
        }
        int most = mostWaiting();
        if (waiting() >= most) {
            throw new RequestFailedException(new Failure.Overloaded(
                    "%,d sequences wait for the model %s, which is the most. Try again."
                            .formatted(most, parts.model.name()),
                    PAUSE));
        }
    }

    private void run() {
        try {
            while (arrivals.await(this::runs, parts.batch::isBusy)) {
                Permit permit = parts.gate.enter(share);
                CompletableFuture<Void> turn = new CompletableFuture<>();
                permit.run(() -> turn(permit, turn));
                turn.join();
            }
        } catch (InterruptedException | RejectedExecutionException e) { // the device's thread has ended
            close();
        }
    }

    private void turn(Permit permit, CompletableFuture<Void> end) {
        try {
            step(permit);
            while (runs() && parts.batch.isBusy() && (permit.mayGoOn() || failures.mayFitNow())) {
                permit.goOn();
                step(permit);
            }
            if (closed) {
                parts.batch.preemptAll(); // prompts have memory that the decoder does not know
            }
        } catch (RuntimeException | Error e) {
            failures.unexpected(e);
        } finally {
            end.complete(null);
        }
    }

    private boolean runs() {
        return !closed && parts.gate.lost().isEmpty();
    }

    private void step(Permit permit) {
        arrivals.moveTo(parts.batch);
        try {
            parts.batch.run();
            failures.none();
        } catch (RunFailedException e) {
            failures.failed(e, permit);
        }
    }

    /** Admits nothing new; what was admitted is answered. */
    public void drain() {
        draining = true;
    }

    /** Ends all sequences, which fail, and the thread. */
    public void close() {
        closed = true;
        failAll(Failure.Unavailable.closing());
        arrivals.wake();
    }

    private void failAll(Failure failure) {
        open.forEach(sequence -> sequence.fail(failure));
    }
}
