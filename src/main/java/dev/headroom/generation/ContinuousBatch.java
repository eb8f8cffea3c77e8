package dev.headroom.generation;

import dev.headroom.session.Decoder;
import dev.headroom.session.Decoder.Prompt;
import dev.headroom.session.Logits;
import dev.headroom.session.RunFailedException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
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
    private final Deque<Sequence> waiting = new ArrayDeque<>();
    private final List<Sequence> rows = new ArrayList<>(); // in the decoder's order
    private final List<Reading> reading = new ArrayList<>(); // in the order of their admission
    private final Set<Sequence> suspects = new HashSet<>(); // one of them made a run fail; they run alone
    private volatile int mostRows;
    private boolean stepped; // the last run was a step
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

    /** Adds a sequence behind those that wait. */
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

    private long held() {
        long bytes = decoder.heldBytes();
        for (Reading one : reading) {
            bytes += decoder.bytes(1, one.sequence.length() + 1);
        }
        return bytes;
    }

    /** Sequences on the device; any thread may call. */
    int running() {
        return running;
    }

    /**
     * Runs once: a step of all rows, or a chunk of a prompt.
     *
     * @throws RunFailedException when the device failed; {@link #failed} says what then
     */
    void run() throws RunFailedException {
        sweep();
        admit();
        if (!reading.isEmpty() && (rows.isEmpty() || stepped)) {
            stepped = false;
            read(chosen());
        } else if (!rows.isEmpty()) {
            stepped = true;
            step();
        }
        running = rows.size() + reading.size();
        held = held();
    }

    /** Ends what nobody waits for. */
    private void sweep() {
        waiting.removeIf(Sequence::isOver);
        suspects.removeIf(Sequence::isOver);
        for (int row = rows.size() - 1; row >= 0; row--) {
            if (rows.get(row).isOver()) {
                leave(row);
            }
        }
        reading.removeIf(one -> {
            if (one.sequence.isOver()) {
                decoder.drop(one.prompt);
            }
            return one.sequence.isOver();
        });
    }

    private void leave(int row) {
        decoder.leave(row);
        rows.set(row, rows.getLast());
        rows.removeLast();
    }

    private void admit() throws RunFailedException {
        int most = suspects.isEmpty() ? mostRows : 1;
        while (!waiting.isEmpty() && reading.size() < MOST_PROMPTS && rows.size() + reading.size() < most) {
            Sequence next = reading.isEmpty() ? waiting.peek() : shorter();
            if (next == null || !fits(next)) {
                return;
            }
            spare(next.length() + 1);
            reading.add(new Reading(next, decoder.begin(next.length() + 1)));
            waiting.remove(next);
        }
    }

    /** Gives memory back that rows have and do not need, where a prompt needs it. */
    private void spare(int tokens) throws RunFailedException {
        if (held() + decoder.bytes(1, tokens) > budget.bytes()) {
            decoder.reshape(rows.size(), longestRow());
        }
    }

    /** The shortest of those that wait, if all that are being read take longer; null where there is none. */
    private Sequence shorter() {
        int least = reading.stream().mapToInt(Reading::left).min().orElseThrow();
        return waiting.stream()
                .filter(one -> one.length() < least)
                .min(Comparator.comparingInt(Sequence::length))
                .orElse(null);
    }

    private boolean fits(Sequence next) {
        int longest = Math.max(longest(), next.length() + 1);
        return budget.fits(rows.size() + reading.size() + 1, longest);
    }

    /** The tokens that the longest sequence on the device needs for its next step. */
    private int longest() {
        int longest = 0;
        for (Sequence row : rows) {
            longest = Math.max(longest, row.length());
        }
        for (Reading one : reading) {
            longest = Math.max(longest, one.sequence.length() + 1);
        }
        return longest;
    }

    /** The prompt with the least left, and every second time the one that was admitted first. */
    private Reading chosen() {
        oldest = !oldest;
        return oldest
                ? reading.getFirst()
                : reading.stream().min(Comparator.comparingInt(Reading::left)).orElseThrow();
    }

    private void read(Reading one) throws RunFailedException {
        Sequence sequence = one.sequence;
        int from = one.prompt.length();
        int to = from + chunks.size(one.left(), !rows.isEmpty());
        long start = System.nanoTime();
        Logits logits = decoder.read(one.prompt, sequence.tokens(from, to));
        chunks.read(to - from, System.nanoTime() - start);
        meters.read(to - from);
        if (to == sequence.length()) {
            reading.remove(one);
            if (goesOn(sequence, logits, 0)) {
                join(one);
            } else {
                decoder.drop(one.prompt);
            }
        }
    }

    /** It has the first of its further tokens before it becomes a row. */
    private void join(Reading one) throws RunFailedException {
        Sequence sequence = one.sequence;
        if (makeRoom(sequence.length(), rows.size() + 1)) {
            rows.add(sequence);
            decoder.join(one.prompt);
        } else {
            decoder.drop(one.prompt);
            meters.preempted();
            waiting.addFirst(sequence);
        }
    }

    private void step() throws RunFailedException {
        while (!makeRoom(longestRow(), rows.size())) {
            preempt();
        }
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
        List<Sequence> all = List.copyOf(rows);
        for (int row = all.size() - 1; row >= 0; row--) {
            if (!goesOn(all.get(row), logits, row)) {
                leave(row);
            }
        }
    }

    private int longestRow() {
        return rows.stream().mapToInt(Sequence::length).max().orElse(0);
    }

    private boolean goesOn(Sequence sequence, Logits logits, int row) {
        boolean first = sequence.toFirstToken().isEmpty();
        boolean more = sequence.next(logits, row);
        meters.chosen();
        if (first) {
            sequence.toFirstToken().ifPresent(meters::firstToken);
        }
        return more;
    }

    /** Has memory for so many rows of so many tokens; false where the budget does not hold them. */
    private boolean makeRoom(int tokens, int wanted) throws RunFailedException {
        if (wanted <= decoder.capacityRows() && tokens <= decoder.capacity()) {
            return budget.fits(wanted, tokens) || wanted == 1;
        }
        if (!budget.fits(wanted, tokens)) {
            return false;
        }
        int capacity = tokens <= decoder.capacity() ? decoder.capacity() : budget.capacity(wanted, tokens);
        decoder.reshape(budget.rows(wanted, capacity, mostRows), capacity);
        return true;
    }

    /** The sequence that was admitted last gives way. */
    private void preempt() {
        int last = 0;
        for (int row = 1; row < rows.size(); row++) {
            last = rows.get(row).number() > rows.get(last).number() ? row : last;
        }
        meters.preempted();
        waiting.addFirst(rows.get(last));
        leave(last);
    }

    /** Has all sequences read again, in the order of their arrival. */
    void preemptAll() {
        List<Sequence> all = onDevice();
        reading.forEach(one -> decoder.drop(one.prompt));
        reading.clear();
        rows.clear();
        decoder.clear();
        all.sort(Comparator.comparingLong(Sequence::number).reversed());
        all.forEach(waiting::addFirst);
        running = 0;
    }

    /** One of those on the device made a run fail: each of them runs alone from now on. */
    void suspect() {
        rows.forEach(suspects::add);
        reading.forEach(one -> suspects.add(one.sequence));
    }

    /** The sequences on the device. */
    List<Sequence> onDevice() {
        List<Sequence> all = new ArrayList<>(rows);
        reading.forEach(one -> all.add(one.sequence));
        return all;
    }

    /** Reads less of a prompt at a time from now on; false where a step did not fit, or less is of no use. */
    boolean shrinkChunks() {
        return !stepped && chunks.shrink();
    }

    /** True where a failure has cost the decoder its rows. */
    boolean isTorn() {
        return decoder.rows() != rows.size();
    }

    /** All sequences, on the device or waiting for it. */
    List<Sequence> all() {
        List<Sequence> all = onDevice();
        all.addAll(waiting);
        return all;
    }
}
