package dev.headroom.generation;

import dev.headroom.session.Decoder;
import dev.headroom.session.Prompt;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The keys and values of sequences that have ended, for those that begin with the same tokens: the next turn of a conversation, or
 * another request with the same instructions. They lie in memory that nobody needs: whoever was not used for longest goes first.
 * One thread calls; any thread may read the bytes and the longest prefix.
 */
final class KeptSequences {

    /** Fewer tokens are read about as fast as they are copied. */
    static final int LEAST = 32;

    /** More would be looked through for longer than they save. */
    private static final int MOST = 256;

    private final Decoder decoder;
    private final List<Kept> all = new ArrayList<>(); // the least recently used first
    private volatile long bytes;
    private volatile List<int[]> tokens = List.of(); // those of all, in any order

    /** A sequence that has ended. */
    record Kept(int[] tokens, Prompt read) {}

    /** The first tokens that one of them has in common with another sequence. */
    record Match(Kept kept, int tokens) {

        /** True if all of it is the beginning of the other one. */
        boolean whole() {
            return tokens == kept.tokens.length;
        }
    }

    /** None yet. */
    KeptSequences(Decoder decoder) {
        this.decoder = decoder;
    }

    /** Bytes of all keys and values; any thread may call. */
    long bytes() {
        return bytes;
    }

    /**
     * The one with the most first tokens of a sequence, of which at least one is left to be read, among those with the same rotary
     * factors.
     */
    Optional<Match> best(Sequence sequence) {
        return all.stream()
                .filter(kept -> haveSameFactors(kept.tokens.length, sequence.length()))
                .map(kept -> new Match(
                        kept,
                        Math.min(sequence.tokens().common(kept.tokens, kept.tokens.length), sequence.length() - 1)))
                .filter(match -> match.tokens >= LEAST)
                .max(Comparator.comparingInt(Match::tokens));
    }

    /** How many of the first tokens of a prompt they spare, of which at least one is left to be read; any thread may call. */
    int longest(int[] prompt) {
        int most = tokens.stream()
                .filter(kept -> haveSameFactors(kept.length, prompt.length))
                .mapToInt(kept -> common(kept, prompt))
                .max()
                .orElse(0);
        return most < LEAST ? 0 : most;
    }

    /** True if the graph rotates sequences of so many tokens by the same factors. */
    private boolean haveSameFactors(int one, int other) {
        return decoder.isLong(one) == decoder.isLong(other);
    }

    private static int common(int[] kept, int[] prompt) {
        int end = Math.min(kept.length, prompt.length - 1);
        int difference = Arrays.mismatch(kept, 0, end, prompt, 0, end);
        return difference < 0 ? end : difference;
    }

    /** It has been used. */
    void used(Kept kept) {
        all.remove(kept);
        all.add(kept);
    }

    /** Forgets one, whose memory the caller has from now on. */
    void remove(Kept kept) {
        all.remove(kept);
        count();
    }

    /**
     * Keeps a sequence, whose memory is then this object's. Those with which it begins are not needed any more.
     *
     * @param tokens those that were read
     */
    void add(int[] tokens, Prompt read) {
        all.stream().filter(kept -> begins(kept.tokens, tokens)).toList().forEach(this::drop);
        all.add(new Kept(tokens, read));
        if (all.size() > MOST) {
            drop(all.getFirst());
        }
        count();
    }

    /** True if a sequence of which these tokens were read is worth being kept. */
    boolean isWorth(int[] tokens) {
        return tokens.length >= LEAST && all.stream().noneMatch(kept -> begins(tokens, kept.tokens));
    }

    /** With the same rotary factors, so that one is of use wherever the other is. */
    private boolean begins(int[] some, int[] more) {
        return some.length <= more.length
                && haveSameFactors(some.length, more.length)
                && Arrays.equals(some, 0, some.length, more, 0, some.length);
    }

    /** Keeps so many bytes at most. */
    void shrinkTo(long most) {
        while (bytes > most && !all.isEmpty()) {
            drop(all.getFirst());
        }
    }

    private void drop(Kept kept) {
        remove(kept);
        decoder.prompts().drop(kept.read);
    }

    private void count() {
        bytes = all.stream().mapToLong(kept -> kept.read.bytes()).sum();
        tokens = all.stream().map(Kept::tokens).toList();
    }
}
