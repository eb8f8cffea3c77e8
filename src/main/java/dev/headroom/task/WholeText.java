package dev.headroom.task;

import ai.djl.huggingface.tokenizers.jni.CharSpan;
import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * All tokens of a text, also those that the tokeniser cuts: it gives these in pieces, each with the special tokens of a whole text
 * around it.
 *
 * @param pieces at least one
 * @param before the special tokens before a text
 * @param after those behind it
 */
record WholeText(List<Piece> pieces, int before, int after) {

    private static final TokenizersLibrary LIB = TokenizersLibrary.LIB;

    /** Some of the tokens, with the special tokens of a text around them. */
    private record Piece(long[] ids, long[] types, long[] special, CharSpan[] spans, String[] words) {

        static Piece of(long encoding) {
            return new Piece(
                    LIB.getTokenIds(encoding),
                    LIB.getTypeIds(encoding),
                    LIB.getSpecialTokenMask(encoding),
                    LIB.getTokenCharSpans(encoding),
                    LIB.getTokens(encoding));
        }
    }

    /** The position of a token: a piece, and a place in it. */
    private record At(Piece piece, int place) {

        long id() {
            return piece.ids[place];
        }

        long type() {
            return piece.types[place];
        }

        boolean isSpecial() {
            return piece.special[place] == 1;
        }

        /** The code points that it stands for; null where it stands for none. */
        CharSpan span() {
            return piece.spans[place];
        }
    }

    /** Reads an encoding with the rest that was cut from it, and frees it. */
    static WholeText of(long encoding) {
        List<Piece> pieces = new ArrayList<>();
        try {
            pieces.add(Piece.of(encoding));
            for (long rest : LIB.getOverflowing(encoding)) {
                try {
                    pieces.add(Piece.of(rest));
                } finally {
                    LIB.deleteEncoding(rest);
                }
            }
        } finally {
            LIB.deleteEncoding(encoding);
        }
        long[] special = pieces.getFirst().special();
        int before = 0;
        while (before < special.length && special[before] == 1) {
            before++;
        }
        int after = 0;
        while (after < special.length - before && special[special.length - 1 - after] == 1) {
            after++;
        }
        return new WholeText(List.copyOf(pieces), before, after);
    }

    /** All tokens, the special ones around the text included. */
    private List<At> all() {
        List<At> all = new ArrayList<>();
        Piece first = pieces.getFirst();
        add(all, first, 0, before);
        for (Piece piece : pieces) {
            add(all, piece, before, piece.ids.length - after);
        }
        add(all, first, first.ids.length - after, first.ids.length);
        return all;
    }

    private static void add(List<At> all, Piece piece, int from, int to) {
        for (int place = from; place < to; place++) {
            all.add(new At(piece, place));
        }
    }

    /**
     * The tokens of the text's end, with the special tokens around them.
     *
     * @param most how many are kept
     * @param cut true if the text was cut before it was read
     */
    Tokens last(int most, boolean cut) {
        List<At> all = all();
        int dropped = Math.max(0, all.size() - most);
        List<At> kept = new ArrayList<>(all.subList(0, Math.min(before, most)));
        kept.addAll(all.subList(Math.min(before + dropped, all.size()), all.size()));
        return new Tokens(
                kept.stream().mapToLong(At::id).toArray(),
                kept.stream().mapToLong(At::type).toArray(),
                cut || dropped > 0);
    }

    /**
     * A caller's ids, cut as this text would be: special tokens around them that are around this text, too, are kept where it is cut.
     *
     * @param most how many are kept, fewer than there are
     * @param left true if the beginning is cut, and not the end
     */
    long[] cut(long[] ids, int most, boolean left) {
        List<At> all = all();
        int begin = 0;
        while (begin < Math.min(before, most) && ids[begin] == all.get(begin).id()) {
            begin++;
        }
        int end = 0;
        while (end < Math.min(after, most)
                && ids[ids.length - 1 - end] == all.get(all.size() - 1 - end).id()) {
            end++;
        }
        int behind = left ? most - begin : end;
        long[] kept = Arrays.copyOf(ids, most);
        System.arraycopy(ids, ids.length - behind, kept, most - behind, behind);
        return kept;
    }

    /** True if a caller's ids have the special tokens at their ends that are around this text; also where it has no others. */
    boolean isAround(long[] ids) {
        List<At> all = all();
        if (all.size() == before + after) {
            return true;
        }
        boolean around = ids.length >= before + after;
        for (int i = 0; around && i < before; i++) {
            around = ids[i] == all.get(i).id();
        }
        for (int i = 1; around && i <= after; i++) {
            around = ids[ids.length - i] == all.get(all.size() - i).id();
        }
        return around;
    }

    /** The code points before the first token that {@link #last} keeps; 0 where it keeps all. */
    int dropped(int most) {
        List<At> all = all();
        int first = before + Math.max(0, all.size() - most);
        if (all.size() <= most || first >= all.size() - after) {
            return 0;
        }
        CharSpan span = all.get(first).span();
        return span == null ? 0 : span.getStart();
    }

    /**
     * The tokens as clients of text-embeddings-inference read them.
     *
     * @param text the text that was read
     */
    List<TextToken> tokens(String text) {
        TextPlaces places = TextPlaces.in(text);
        List<TextToken> tokens = new ArrayList<>();
        for (At at : all()) {
            CharSpan span = at.isSpecial() ? null : at.span();
            tokens.add(
                    span == null
                            ? new TextToken(at.id(), at.piece.words[at.place], at.isSpecial(), null, null)
                            : places.token(at.id(), span));
        }
        return tokens;
    }
}
