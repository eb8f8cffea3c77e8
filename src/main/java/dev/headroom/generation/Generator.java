package dev.headroom.generation;

import dev.headroom.gate.Gate;
import dev.headroom.gate.Permit;
import dev.headroom.gate.Share;
import dev.headroom.generation.DeviceLoad.Place;
import dev.headroom.plan.GenerationPlan;
import dev.headroom.plan.Setting;
import dev.headroom.request.Failure;
import dev.headroom.session.Decoder;
import dev.headroom.session.RunFailedException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;

/**
 * Continues the sequences of one model on one device: takes the device for a step, runs it, and goes on as long as there are
 * sequences. It keeps the device while no other model waits for it.
 *
 * <p>Any thread may add or end a sequence. One thread of its own waits for the device. The steps run on the device's thread,
 * which alone touches the batch.
 */
public final class Generator {

    /** The most sequences that wait for each row. */
    private static final int WAITING_PER_ROW = 8;

    /** The most that wait where sequences run one at a time, whatever memory there is. */
    private static final int WAITING_FOR_ONE = 64;

    private final Parts parts;
    private final GenerationPlan plan;
    private final Share share;
    private final StepFailures failures;
    private final Arrivals arrivals = new Arrivals();
    private final OpenSequences open = new OpenSequences();
    private volatile boolean closed;

    /** The parts that it works with. */
    record Parts(Decoder model, Gate gate, ContinuousBatch batch, OpenSequences open, GenerationMeters meters) {}

    /**
     * Nothing runs before {@link #start}.
     *
     * @param plan one that is {@link #suited}
     */
    public Generator(Decoder model, Gate gate, GenerationPlan plan, GenerationMeters meters) {
        this.plan = plan;
        share = gate.add(model);
        ContinuousBatch batch = new ContinuousBatch(model, plan, open, meters);
        parts = new Parts(model, gate, batch, open, meters);
        failures = new StepFailures(parts);
        meters.watch(parts, this::waiting);
    }

    /** A plan without what a model does not allow: sequences that run together, or that help others. */
    public static GenerationPlan suited(GenerationPlan plan, Decoder model) {
        GenerationPlan rows = model.runsAlone().map(plan::oneAtATime).orElse(plan);
        return plan.kept().value() > 0
                ? model.mayNotCopy().map(rows::keepingNothing).orElse(rows)
                : rows;
    }

    /**
     * Begins to run.
     *
     * @param thread the name of its thread
     */
    void start(String thread) {
        Thread.ofPlatform().daemon().name(thread).start(this::run);
    }

    /** The model's name. */
    String name() {
        return parts.model.name();
    }

    /** Its device's gate. */
    Gate gate() {
        return parts.gate;
    }

    /** The sequences without an end. */
    OpenSequences open() {
        return open;
    }

    /** The plan's most tokens of a sequence. */
    Setting context() {
        return plan.context();
    }

    /** The most sequences that wait at a time. */
    int mostWaiting() {
        return parts.model.runsAlone().isPresent()
                ? WAITING_FOR_ONE
                : Math.multiplyExact(WAITING_PER_ROW, plan.rows().asInt());
    }

    private long waiting() {
        return Math.max(0, open.size() - parts.batch.occupancy().running());
    }

    /** True if no further sequence may wait. */
    boolean isFull() {
        return waiting() >= mostWaiting();
    }

    /**
     * What the device would have to do before and for a sequence.
     *
     * @param refuses true if it may be full; false if that does not matter
     */
    DeviceLoad load(int[] prompt, boolean refuses) {
        Place place = refuses && isFull() ? Place.FULL : hasRoom(prompt) ? Place.FREE : Place.BEHIND_OTHERS;
        return new DeviceLoad(
                plan.tokens().value(),
                place == Place.FREE ? open.waitingTokens() : open.tokens(),
                parts.batch.occupancy().kept(prompt),
                place);
    }

    private boolean hasRoom(int[] prompt) {
        return open.size() < plan.rows().value()
                && open.tokens() + prompt.length < plan.tokens().value();
    }

    /** Has a sequence continued here. */
    void add(Sequence sequence) {
        sequence.atMost(context().asInt());
        open.add(sequence);
        arrivals.add(sequence);
        if (closed) { // since it was chosen: close() may not have seen this one
            sequence.fail(Failure.Unavailable.closing());
        }
        if (sequence.isOver()) { // its end may have come before it was here
            open.remove(sequence);
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
        } catch (InterruptedException | RejectedExecutionException e) {
            if (!closed) {
                parts.gate.lose("the device's thread has ended");
            }
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

    /** Ends all sequences, which fail, and the thread. */
    void close() {
        closed = true;
        open.all().forEach(sequence -> sequence.fail(Failure.Unavailable.closing()));
        arrivals.wake();
    }
}
