package dev.headroom.generation;

import dev.headroom.generation.KeptSequences.Match;
import dev.headroom.session.Decoder;
import dev.headroom.session.Decoder.Prompt;
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

    /** What sequences that are to be read may have in common with these. */
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
        Optional<Match> own = kept.best(sequence)
                .filter(match -> match.whole() || match.kept().read().bytes() > left);
        own.ifPresent(match -> kept.remove(match.kept()));
        kept.shrinkTo(left);
        if (own.isEmpty()) {
            return decoder.begin(capacity);
        }
        Prompt read = own.get().kept().read();
        decoder.cut(read, own.get().tokens(), capacity);
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
        int row = IntStream.range(0, rows.size())
                .boxed()
                .max(Comparator.comparingInt(one -> common(sequence, one)))
                .orElse(-1);
        int ofRow = row < 0 ? 0 : common(sequence, row);
        Optional<Match> ofKept = kept.best(sequence).filter(match -> match.tokens() > ofRow);
        if (ofKept.isPresent()) {
            decoder.copy(ofKept.get().kept().read(), prompt, ofKept.get().tokens());
            kept.used(ofKept.get().kept());
        } else if (ofRow >= KeptSequences.LEAST) {
            decoder.copy(row, prompt, ofRow);
        }
    }

    private int common(Sequence sequence, int row) {
        return Math.min(sequence.length() - 1, sequence.common(rows.at(row), decoder.length(row)));
    }

    /** Ends a row, whose place the last one takes, and keeps it where there is memory that nobody needs. */
    void leave(int row, long promptBytes) {
        boolean only = rows.size() == 1;
        int[] tokens = rows.at(row).tokens(0, decoder.length(row));
        boolean keeps = !rows.at(row).hasFailed() && hasRoom(tokens, (only ? 0 : rows.bytes()) + promptBytes);
        try {
            if (keeps && only) {
                kept.add(tokens, rows.detach());
                return;
            } else if (keeps) {
                Prompt read = decoder.begin(tokens.length);
                kept.add(tokens, read);
                decoder.copy(row, read, tokens.length);
            }
        } catch (RunFailedException e) {
            kept.shrinkTo(0);
        }
        if (row < rows.size()) {
            rows.leave(row);
        }
    }

    /** Keeps a sequence that has been read and does not become a row, or gives its memory back. */
    void keep(Sequence sequence, Prompt read, long promptBytes) {
        int[] tokens = sequence.tokens(0, read.length());
        if (!sequence.hasFailed() && hasRoom(tokens, rows.bytes() + promptBytes)) {
            kept.add(tokens, read);
        } else {
            decoder.drop(read);
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
