package dev.headroom.generation;

import dev.headroom.session.Decoder;
import dev.headroom.session.Prompt;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The prompts that are being read, and which of them is next: in turns the oldest and the one with the least left, between two
 * steps of the sequences that are continued. Few that take less than a step go before all others. One thread calls.
 */
final class PromptSchedule {

    /** Prompts that are read at a time: the oldest, and shorter ones that need not wait for it. */
    private static final int MOST = 4;

    private final Decoder decoder;
    private final Chunks chunks;
    private final List<Reading> reading = new ArrayList<>(); // in the order of their admission
    private boolean due; // a chunk may be read before the next step
    private int quick; // prompts that were read between two chunks or steps because they take less than a step
    private boolean oldest; // the next chunk is the oldest prompt's

    /** A sequence whose prompt is being read. */
    record Reading(Sequence sequence, Prompt prompt) {

        /** Tokens that are still to be read. */
        int left() {
            return sequence.length() - prompt.length();
        }
    }

    /** No prompt yet. */
    PromptSchedule(Decoder decoder, Chunks chunks) {
        this.decoder = decoder;
        this.chunks = chunks;
    }

    boolean isEmpty() {
        return reading.isEmpty();
    }

    /** True if no other prompt is read before one of these has been. */
    boolean isFull() {
        return reading.size() >= MOST;
    }

    int size() {
        return reading.size();
    }

    /** Begins to read a sequence, for which there is memory. */
    void add(Sequence sequence, Prompt prompt) {
        reading.add(new Reading(sequence, prompt));
    }

    /**
     * The prompt of which a chunk is read next; empty where a step is due.
     *
     * @param alone true if no sequence waits for a step
     */
    Optional<Reading> next(boolean alone) {
        if (reading.isEmpty()) {
            return Optional.empty();
        }
        Optional<Reading> least = reading.stream().min(Comparator.comparingInt(Reading::left));
        if (quick < MOST && least.filter(one -> chunks.isQuick(one.left())).isPresent()) {
            quick++;
            return least;
        }
        if (!alone && !due) {
            return Optional.empty();
        }
        due = false;
        quick = alone ? 0 : quick;
        oldest = !oldest;
        return oldest ? reading.stream().findFirst() : least;
    }

    /** A step runs, after which a chunk may be read. */
    void stepped() {
        due = true;
        quick = 0;
    }

    /** The prompt of a sequence, if it is being read. */
    Optional<Reading> of(Sequence sequence) {
        return reading.stream().filter(one -> one.sequence == sequence).findFirst();
    }

    /** The sequences, the one that was admitted first first. */
    List<Sequence> sequences() {
        return reading.stream().map(Reading::sequence).toList();
    }

    /** True if they run by the graph's long rotary factors. */
    boolean areLong() {
        return !isEmpty() && decoder.isLong(reading.getFirst().sequence.length());
    }

    /** The tokens that are left of the prompt with the fewest; empty where no prompt is read. */
    OptionalInt leastLeft() {
        return reading.stream().mapToInt(Reading::left).min();
    }

    /** The tokens that the longest of the sequences needs for its first step; 0 where there is none. */
    int longest() {
        int longest = 0;
        for (Reading one : reading) {
            longest = Math.max(longest, one.sequence.length() + 1);
        }
        return longest;
    }

    /** Bytes that their keys and values take, once they are read. */
    long bytes() {
        long bytes = 0;
        for (Reading one : reading) {
            bytes += decoder.bytes(1, one.sequence.length() + 1);
        }
        return bytes;
    }

    /** Reads no more of what nobody waits for. */
    void sweep() {
        for (int i = reading.size() - 1; i >= 0; i--) {
            if (reading.get(i).sequence.isOver()) {
                drop(reading.get(i));
            }
        }
    }

    /** Reads no more of a prompt, whose memory the caller has from now on. */
    void remove(Reading one) {
        reading.remove(one);
    }

    /** Reads no more of a prompt, and gives its memory back. */
    void drop(Reading one) {
        remove(one);
        decoder.prompts().drop(one.prompt);
    }

    /** The same of all. */
    void dropAll() {
        reading.forEach(one -> decoder.prompts().drop(one.prompt));
        reading.clear();
    }
}
