package dev.headroom.generation;

import dev.headroom.generation.KeptSequences.Match;
import dev.headroom.session.Decoder;
import dev.headroom.session.Prompt;
import dev.headroom.session.RunFailedException;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Reads no token twice that sequences begin with: the keys and values of a row, or of a sequence that has ended, are copied. One
 * thread calls.
 */
final class Prefixes {

    private final Decoder decoder;
    private final CacheBudget budget;
    private final Rows rows;
    private final KeptSequences kept;

    /** Looks among these rows and kept sequences. */
    Prefixes(Decoder decoder, CacheBudget budget, Rows rows, KeptSequences kept) {
        this.decoder = decoder;
        this.budget = budget;
        this.rows = rows;
        this.kept = kept;
    }

    /**
     * Takes memory for a sequence. Where it continues one that has ended it takes the memory of that one, tokens and all.
     *
     * @param promptBytes bytes of the prompts that are being read
     * @throws RunFailedException when there is no room on the device
     */
    Prompt begin(Sequence sequence, long promptBytes) throws RunFailedException {
        int capacity = sequence.length() + 1;
        rows.spare(capacity, promptBytes);
        long left = budget.keepable(rows.bytes() + promptBytes + decoder.bytes(1, capacity));
        Optional<Match> best = kept.best(sequence);
        Optional<Match> own = best.filter(match -> match.tokens() >= common(sequence, mostAlike(sequence)))
                .filter(match -> match.whole() || match.kept().read().bytes() > left);
        best.ifPresent(match -> kept.used(match.kept()));
        own.ifPresent(match -> kept.remove(match.kept()));
        kept.shrinkTo(left);
        if (own.isEmpty()) {
            return decoder.prompts().begin(capacity);
        }
        Prompt read = own.get().kept().read();
        decoder.prompts().cut(read, own.get().tokens(), capacity);
        return read;
    }

    /**
     * Copies what was read of another sequence that begins alike.
     *
     * @param prompt of which nothing was read
     * @throws RunFailedException when there is no room on the device
     */
    void copy(Sequence sequence, Prompt prompt) throws RunFailedException {
        if (!budget.keeps()) {
            return;
        }
        int row = mostAlike(sequence);
        int ofRow = common(sequence, row);
        Optional<Match> ofKept = kept.best(sequence).filter(match -> match.tokens() > ofRow);
        if (ofKept.isPresent()) {
            decoder.prompts()
                    .copy(ofKept.get().kept().read(), prompt, ofKept.get().tokens());
            kept.used(ofKept.get().kept());
        } else if (ofRow >= KeptSequences.LEAST) {
            decoder.prompts().copy(row, prompt, ofRow);
        }
    }

    /** The row with the most first tokens of a sequence; -1 where there is none. */
    private int mostAlike(Sequence sequence) {
        return IntStream.range(0, rows.size())
                .boxed()
                .max(Comparator.comparingInt(row -> common(sequence, row)))
                .orElse(-1);
    }

    /** The first tokens of a sequence that a row has too, without the last one, whose scores are wanted. */
    private int common(Sequence sequence, int row) {
        return row < 0
                ? 0
                : Math.min(
                        sequence.length() - 1,
                        sequence.tokens().common(rows.at(row).tokens(), decoder.length(row)));
    }

    /** Ends a row, whose place the last one takes, and keeps it where there is memory that nobody needs. */
    void end(int row, long promptBytes) {
        boolean only = rows.size() == 1;
        int[] tokens = rows.at(row).tokens().some(0, decoder.length(row));
        boolean keeps = !rows.at(row).hasFailed() && hasRoom(tokens, (only ? 0 : rows.bytes()) + promptBytes);
        try {
            if (keeps && only) {
                kept.add(tokens, rows.detach());
                return;
            } else if (keeps) {
                kept.add(tokens, copied(row, tokens.length));
            }
        } catch (RunFailedException e) {
            kept.shrinkTo(0);
        }
        if (row < rows.size()) {
            rows.leave(row);
        }
    }

    private Prompt copied(int row, int tokens) throws RunFailedException {
        Prompt read = decoder.prompts().begin(tokens);
        try {
            decoder.prompts().copy(row, read, tokens);
            return read;
        } catch (RunFailedException | RuntimeException e) {
            decoder.prompts().drop(read);
            throw e;
        }
    }

    /** Ends a sequence that has been read and does not become a row, and keeps it where there is memory that nobody needs. */
    void end(Sequence sequence, Prompt read, long promptBytes) {
        int[] tokens = sequence.tokens().some(0, read.length());
        if (!sequence.hasFailed() && hasRoom(tokens, rows.bytes() + promptBytes)) {
            kept.add(tokens, read);
        } else {
            decoder.prompts().drop(read);
        }
    }

    private boolean hasRoom(int[] tokens, long takenBytes) {
        long left = budget.keepable(takenBytes) - decoder.bytes(1, tokens.length + 1);
        if (left < 0 || !kept.isWorth(tokens)) {
            return false;
        }
        kept.shrinkTo(left);
        return true;
    }
}
