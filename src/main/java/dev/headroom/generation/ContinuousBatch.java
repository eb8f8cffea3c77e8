package dev.headroom.generation;

import dev.headroom.generation.PromptSchedule.Reading;
import dev.headroom.plan.GenerationPlan;
import dev.headroom.session.Decoder;
import dev.headroom.session.Logits;
import dev.headroom.session.Prompt;
import dev.headroom.session.RunFailedException;
import java.util.List;
import java.util.Optional;

/**
 * The sequences on the device. They join and leave at every step: prompts are read in chunks between the steps of the others, and
 * whoever was admitted last gives way where the budget is full: it is read again later, so that it goes on with the same tokens.
 *
 * <p>Only the lane's thread calls, but for the numbers that any thread may read.
 */
final class ContinuousBatch {

    private final Decoder decoder;
    private final CacheBudget budget;
    private final Chunks chunks;
    private final GenerationMeters meters;
    private final KeptSequences kept;
    private final Rows rows;
    private final PromptSchedule prompts;
    private final PromptReader reader;
    private final Prefixes prefixes;
    private final Admission waiting;
    private final Preemption preemption;
    private final Occupancy occupancy;
    private List<Sequence> ofRun = List.of(); // those that the last run was for
    private boolean reads; // the last run was a read

    /** No sequence yet; it begins those that are open here. */
    ContinuousBatch(Decoder decoder, GenerationPlan plan, OpenSequences open, GenerationMeters meters) {
        this.decoder = decoder;
        this.budget = new CacheBudget(decoder, plan);
        this.chunks = new Chunks(plan.chunk().asInt(), decoder.readsInParts());
        this.meters = meters;
        this.kept = new KeptSequences(decoder);
        this.rows = new Rows(decoder, budget, kept);
        this.prompts = new PromptSchedule(decoder, chunks);
        this.prefixes = new Prefixes(decoder, budget, rows, kept);
        this.reader = new PromptReader(decoder, chunks, prefixes, meters);
        this.waiting = new Admission(budget, rows, prompts, open);
        this.preemption = new Preemption(rows, prompts, waiting, meters);
        this.occupancy = new Occupancy(kept);
        decoder.whenGivingBack(() -> kept.shrinkTo(0));
    }

    /** Adds a sequence to those that wait. */
    void add(Sequence sequence) {
        waiting.add(sequence);
    }

    /** True if there is something to do. */
    boolean isBusy() {
        return !waiting.isEmpty() || !prompts.isEmpty() || !rows.isEmpty();
    }

    /** What keys and values may take. */
    CacheBudget budget() {
        return budget;
    }

    /** The numbers of what is on the device. */
    Occupancy occupancy() {
        return occupancy;
    }

    /**
     * Runs once: a step of all rows, or a chunk of a prompt.
     *
     * @throws RunFailedException when the device failed; {@link StepFailures#failed} says what then
     */
    void run() throws RunFailedException {
        waiting.sweep();
        rows.sweep();
        prompts.sweep();
        admit();
        Optional<Reading> next = prompts.next(rows.isEmpty());
        reads = next.isPresent();
        if (reads) {
            read(next.get());
        } else if (!rows.isEmpty()) {
            step();
        }
        count();
    }

    /** The memory of the last one is given back at once: other models may need it, and it is quickly taken again. */
    private void count() {
        int running = rows.size() + prompts.size();
        if (running == 0 && decoder.heldBytes() > 0) {
            decoder.clear();
        }
        occupancy.count(running, decoder.heldBytes() + prompts.bytes());
    }

    private void admit() throws RunFailedException {
        for (Optional<Sequence> next = waiting.next(); next.isPresent(); next = waiting.next()) {
            Sequence sequence = next.get();
            ofRun = List.of(sequence);
            Prompt prompt = prefixes.begin(sequence, prompts.bytes());
            prompts.add(sequence, prompt);
            waiting.remove(sequence);
            reader.copy(sequence, prompt);
        }
    }

    private void read(Reading one) throws RunFailedException {
        Sequence sequence = one.sequence();
        ofRun = List.of(sequence);
        Logits logits = reader.read(one, !rows.isEmpty());
        budget.ran();
        if (one.left() > 0) {
            return;
        }
        if (goesOn(sequence, logits, 0)) {
            preemption.join(one);
        } else {
            prompts.remove(one);
            prefixes.end(sequence, one.prompt(), prompts.bytes());
        }
    }

    private void step() throws RunFailedException {
        prompts.stepped();
        ofRun = rows.all();
        preemption.makeRoomForStep();
        if (!rows.isEmpty()) {
            stepAll();
        }
    }

    private void stepAll() throws RunFailedException {
        ofRun = rows.all();
        int[] next = rows.nextTokens();
        long start = System.nanoTime();
        Logits logits = decoder.step(next);
        long nanos = System.nanoTime() - start;
        chunks.stepped(nanos);
        meters.stepped(next.length, nanos);
        budget.ran();
        for (int row = next.length - 1; row >= 0; row--) {
            if (!goesOn(ofRun.get(row), logits, row)) {
                prefixes.end(row, prompts.bytes());
            }
        }
    }

    private boolean goesOn(Sequence sequence, Logits logits, int row) {
        int before = sequence.length();
        boolean first = sequence.toFirstToken().isEmpty();
        boolean more = sequence.next(logits, row);
        meters.chosen(sequence.length() - before);
        if (first) {
            sequence.toFirstToken().ifPresent(meters::firstToken);
        }
        return more;
    }

    /** Has all sequences read again. */
    void preemptAll() {
        kept.shrinkTo(0);
        preemption.preemptAll();
        count();
    }

    /** One of these made a run fail: each of them runs alone from now on. */
    void suspect(List<Sequence> some) {
        waiting.suspect(some);
    }

    /** The sequences that the last run was for: one that is read, or all rows. */
    List<Sequence> ofRun() {
        return ofRun;
    }

    /** The sequences on the device. */
    List<Sequence> onDevice() {
        return preemption.onDevice();
    }

    /** Reads less of a prompt at a time from now on; false where a step did not fit, or less is of no use. */
    boolean shrinkChunks() {
        return reads && chunks.shrink();
    }

    /** True where a failure has cost the decoder its rows. */
    boolean isTorn() {
        return rows.isTorn();
    }

    /** All sequences, on the device or waiting for it, the one that came first first. */
    List<Sequence> all() {
        return preemption.all();
    }
}
