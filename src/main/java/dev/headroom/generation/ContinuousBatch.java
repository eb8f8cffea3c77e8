package dev.headroom.generation;

import dev.headroom.session.Decoder;
import dev.headroom.session.Decoder.Prompt;
import dev.headroom.session.Logits;
import dev.headroom.session.RunFailedException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The sequences on the device. They join and leave at every step: prompts are read in chunks between the steps of those that are
 * continued, and whoever was admitted last gives way where the budget is full. What gave way is read again later, prompt and
 * continuation, so that it goes on with the same tokens.
 *
 * <p>Only the lane's thread calls, but for the numbers that any thread may read.
 */
final class ContinuousBatch {

    /** Prompts that are read at a time: the oldest, and shorter ones that need not wait for it. */
    private static final int MOST_PROMPTS = 4;

    private final Decoder decoder;
    private final CacheBudget budget;
    private final Chunks chunks;
    private final GenerationMeters meters;
    private final SequenceQueue waiting = new SequenceQueue();
    private final List<Sequence> rows = new ArrayList<>(); // in the decoder's order
    private final List<Reading> reading = new ArrayList<>(); // in the order of their admission
    private final Set<Sequence> suspects = new HashSet<>(); // one of them made a run fail; they run alone
    private volatile int mostRows;
    private List<Sequence> ofRun = List.of(); // those that the last run was for
    private boolean reads; // the last run was a read
    private boolean due; // a chunk of a prompt may be read before the next step
    private int quick; // prompts that were read between two chunks or steps because they take less than a step
    private boolean oldest; // the next chunk is the oldest prompt's
    private volatile int running;
    private volatile long held;

    /** A sequence whose prompt is being read. */
    private record Reading(Sequence sequence, Prompt prompt) {

        int left() {
            return sequence.length() - prompt.length();
        }
    }

    /** No sequence yet. */
    ContinuousBatch(Decoder decoder, CacheBudget budget, Chunks chunks, GenerationMeters meters) {
        this.decoder = decoder;
        this.budget = budget;
        this.chunks = chunks;
        this.meters = meters;
    }

    /** From now on at most so many sequences are on the device. */
    void mostRows(int most) {
        mostRows = most;
    }

    /** Adds a sequence to those that wait. */
    void add(Sequence sequence) {
        waiting.add(sequence);
    }

    /** True if there is something to do. */
    boolean isBusy() {
        return !waiting.isEmpty() || !reading.isEmpty() || !rows.isEmpty();
    }

    /** Bytes of all keys and values; any thread may call. */
    long heldBytes() {
        return held;
    }

    /** Sequences on the device; any thread may call. */
    int running() {
        return running;
    }

    /**
     * Runs once: a step of all rows, or a chunk of a prompt.
     *
     * @throws RunFailedException when the device failed; {@link StepFailures#failed} says what then
     */
    void run() throws RunFailedException {
        sweep();
        admit();
        Optional<Reading> next = toRead();
        reads = next.isPresent();
        if (reads) {
            read(next.get());
        } else if (!rows.isEmpty()) {
            step();
        }
        count();
    }

    /** The prompt that is read next; empty where a step is due. Few quick ones go before all others. */
    private Optional<Reading> toRead() {
        if (reading.isEmpty()) {
            return Optional.empty();
        }
        Optional<Reading> least = reading.stream().min(Comparator.comparingInt(Reading::left));
        if (quick < MOST_PROMPTS
                && least.filter(one -> chunks.isQuick(one.left())).isPresent()) {
            quick++;
            return least;
        }
        if (!rows.isEmpty() && !due) {
            return Optional.empty();
        }
        due = false;
        quick = rows.isEmpty() ? 0 : quick;
        oldest = !oldest; // else the prompt with the least left
        return oldest ? reading.stream().findFirst() : least;
    }

    /** Ends what nobody waits for. */
    private void sweep() {
        waiting.sweep();
        suspects.removeIf(Sequence::isOver);
        for (int row = rows.size() - 1; row >= 0; row--) {
            if (rows.get(row).isOver()) {
                leave(row);
            }
        }
        for (int i = reading.size() - 1; i >= 0; i--) {
            if (reading.get(i).sequence.isOver()) {
                drop(reading.get(i));
            }
        }
    }

    /** The memory of the last one is given back at once: other models may need it, and it is quickly taken again. */
    private void count() {
        running = rows.size() + reading.size();
        if (running == 0 && decoder.heldBytes() > 0) {
            decoder.clear();
        }
        held = decoder.heldBytes() + bytesOfPrompts();
    }

    private long bytesOfPrompts() {
        long bytes = 0;
        for (Reading one : reading) {
            bytes += decoder.bytes(1, one.sequence.length() + 1);
        }
        return bytes;
    }

    private void leave(int row) {
        decoder.leave(row);
        rows.set(row, rows.getLast());
        rows.removeLast();
    }

    private void drop(Reading one) {
        reading.remove(one);
        decoder.drop(one.prompt);
    }

    private void admit() throws RunFailedException {
        int most = suspects.isEmpty() ? mostRows : 1;
        while (reading.size() < MOST_PROMPTS && rows.size() + reading.size() < most) {
            Optional<Sequence> next = next();
            if (next.isEmpty()) {
                return;
            }
            ofRun = List.of(next.get());
            spare(next.get().length() + 1);
            reading.add(new Reading(next.get(), decoder.begin(next.get().length() + 1)));
            waiting.remove(next.get());
        }
    }

    /** The first of those that wait, or the shortest if all that are being read take longer; whichever it is has to fit. */
    private Optional<Sequence> next() {
        if (reading.isEmpty()) {
            return waiting.first().filter(this::fits);
        }
        int least = reading.stream().mapToInt(Reading::left).min().orElseThrow();
        return waiting.shorter(least).filter(this::fits);
    }

    /** One that is alone on the device always fits: its length was checked when it arrived. */
    private boolean fits(Sequence next) {
        int others = rows.size() + reading.size();
        return others == 0 || budget.fitGrowing(others + 1, Math.max(longest(), next.length() + 1));
    }

    /** The tokens that the longest sequence on the device needs for its next step. */
    private int longest() {
        int longest = longestRow();
        for (Reading one : reading) {
            longest = Math.max(longest, one.sequence.length() + 1);
        }
        return longest;
    }

    private int longestRow() {
        int longest = 0;
        for (Sequence row : rows) {
            longest = Math.max(longest, row.length());
        }
        return longest;
    }

    /** Gives memory back that rows have and do not need, where a prompt needs it. */
    private void spare(int tokens) throws RunFailedException {
        long taken = decoder.heldBytes() + bytesOfPrompts();
        boolean spares = decoder.heldBytes() > decoder.bytes(rows.size(), longestRow());
        if (spares && !budget.fits(1, tokens, taken)) {
            decoder.reshape(rows.size(), longestRow());
        }
    }

    private void read(Reading one) throws RunFailedException {
        Sequence sequence = one.sequence;
        ofRun = List.of(sequence);
        int from = one.prompt.length();
        int to = from + chunks.size(one.left(), !rows.isEmpty());
        long start = System.nanoTime();
        Logits logits = decoder.read(one.prompt, sequence.tokens(from, to));
        chunks.read(to - from, System.nanoTime() - start);
        meters.read(to - from);
        budget.ran();
        if (to < sequence.length()) {
            return;
        }
        if (goesOn(sequence, logits, 0)) {
            join(one);
        } else {
            drop(one);
        }
    }

    /** It has the first of its further tokens before it becomes a row. */
    private void join(Reading one) throws RunFailedException {
        reading.remove(one);
        try {
            if (!roomFor(one.sequence)) {
                giveWay(one);
                return;
            }
        } catch (RunFailedException e) {
            giveWay(one);
            throw e;
        }
        rows.add(one.sequence);
        decoder.join(one.prompt);
    }

    /** Has memory for another row, for which younger sequences give way; false where it is the youngest itself. */
    private boolean roomFor(Sequence sequence) throws RunFailedException {
        while (!makeRoom(Math.max(longestRow(), sequence.length()), rows.size() + 1)) {
            if (youngest().filter(other -> other.number() > sequence.number()).isEmpty()) {
                return false;
            }
            preempt();
        }
        return true;
    }

    private void step() throws RunFailedException {
        due = true;
        quick = 0;
        ofRun = List.copyOf(rows);
        while (!rows.isEmpty() && !makeRoom(longestRow(), rows.size())) {
            preempt();
        }
        if (!rows.isEmpty()) {
            stepAll();
        }
    }

    private void stepAll() throws RunFailedException {
        ofRun = List.copyOf(rows);
        int[] next = new int[rows.size()];
        for (int row = 0; row < next.length; row++) {
            next[row] = rows.get(row).token(decoder.length(row));
        }
        long start = System.nanoTime();
        Logits logits = decoder.step(next);
        long nanos = System.nanoTime() - start;
        chunks.stepped(nanos);
        meters.stepped(next.length, nanos);
        budget.ran();
        for (int row = next.length - 1; row >= 0; row--) {
            if (!goesOn(ofRun.get(row), logits, row)) {
                leave(row);
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

    /** Has memory for so many rows of so many tokens; false where the budget does not hold them beside the prompts. */
    private boolean makeRoom(int tokens, int wanted) throws RunFailedException {
        long prompts = bytesOfPrompts();
        boolean alone = wanted + reading.size() == 1;
        if (!alone && !budget.fits(wanted, tokens, prompts)) {
            return false;
        }
        if (wanted > decoder.capacityRows() || tokens > decoder.capacity()) {
            int capacity = budget.capacity(wanted, tokens, prompts);
            decoder.reshape(budget.rows(wanted, capacity, mostRows, prompts), capacity);
        }
        return true;
    }

    private Optional<Sequence> youngest() {
        return onDevice().stream().max(Comparator.comparingLong(Sequence::number));
    }

    /** The sequence that was admitted last gives way. */
    private void preempt() {
        Sequence last = youngest().orElseThrow();
        int row = rows.indexOf(last);
        if (row >= 0) {
            meters.preempted();
            waiting.add(last);
            leave(row);
        } else {
            reading.stream().filter(one -> one.sequence == last).findFirst().ifPresent(this::giveWay);
        }
    }

    private void giveWay(Reading one) {
        meters.preempted();
        waiting.add(one.sequence);
        drop(one);
    }

    /** Has all sequences read again. */
    void preemptAll() {
        onDevice().forEach(waiting::add);
        reading.forEach(one -> decoder.drop(one.prompt));
        reading.clear();
        rows.clear();
        decoder.clear();
        count();
    }

    /** One of these made a run fail: each of them runs alone from now on. */
    void suspect(List<Sequence> some) {
        suspects.addAll(some);
    }

    /** The sequences that the last run was for: one that is read, or all rows. */
    List<Sequence> ofRun() {
        return ofRun;
    }

    /** The sequences on the device. */
    List<Sequence> onDevice() {
        List<Sequence> all = new ArrayList<>(rows);
        reading.forEach(one -> all.add(one.sequence));
        return all;
    }

    /** Reads less of a prompt at a time from now on; false where a step did not fit, or less is of no use. */
    boolean shrinkChunks() {
        return reads && chunks.shrink();
    }

    /** True where a failure has cost the decoder its rows. */
    boolean isTorn() {
        return decoder.rows() != rows.size();
    }

    /** All sequences, on the device or waiting for it, the one that came first first. */
    List<Sequence> all() {
        List<Sequence> all = waiting.all();
        all.addAll(onDevice());
        all.sort(Comparator.comparingLong(Sequence::number));
        return all;
    }
}
