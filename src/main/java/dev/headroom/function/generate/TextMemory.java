package dev.headroom.function.generate;

import dev.headroom.function.body.RequestMemory;
import dev.headroom.generation.GenerationRequest;
import dev.headroom.generation.sampling.Choice;
import dev.headroom.generation.sampling.Sampling;
import java.util.List;

/**
 * The heap that the sequences of one request and their text take, as a part of what all requests may. It is taken while the
 * text grows, because nobody knows its length before. Any thread may call.
 */
public final class TextMemory {

    /** Bytes of a sequence beside its tokens. */
    private static final long SEQUENCE = 4 << 10;

    /** Bytes of a token whose logit is changed. */
    private static final long TOUCHED = 96;

    private final RequestMemory.Share share;
    private final Weights weights;

    /** Bytes of what is told: of a piece of text, of each character, of each token with its probability, of each candidate. */
    private record Weights(long piece, long character, long token, long candidate) {

        /** Text and probabilities are kept until the end, and become JSON as a whole. */
        static final Weights WHOLE = new Weights(32, 6, 512, 320);

        /** An event waits until it is written. */
        static final Weights STREAM = new Weights(128, 4, 64, 24);

        long of(String text, List<Choice> tokens) {
            long bytes = piece + characters(text);
            for (Choice choice : tokens) {
                bytes += token + candidate * choice.top().size();
            }
            return bytes;
        }

        long characters(String text) {
            return character * text.length();
        }
    }

    private TextMemory(RequestMemory.Share share, Weights weights) {
        this.share = share;
        this.weights = weights;
    }

    /** For text that is kept until all of it is there. */
    public static TextMemory whole(RequestMemory.Share share) {
        return new TextMemory(share, Weights.WHOLE);
    }

    /** For text that is told piece by piece. */
    static TextMemory stream(RequestMemory.Share share) {
        return new TextMemory(share, Weights.STREAM);
    }

    /**
     * Takes the memory of sequences that begin, until the request ends.
     *
     * @throws dev.headroom.request.RequestFailedException when there is no room for them
     */
    public void begin(List<GenerationRequest> sequences) {
        share.takeForAnswer(sequences.stream().mapToLong(TextMemory::bytes).reduce(0, Math::addExact));
    }

    /** Each sequence has its own copy of the prompt's tokens, and of what changes their logits. */
    private static long bytes(GenerationRequest sequence) {
        Sampling sampling = sequence.sampling();
        long touched = sampling.logitBias().size() + (sampling.repetitionPenalty() == 1 ? 0 : sequence.prompt().length);
        return SEQUENCE + (long) Integer.BYTES * sequence.prompt().length + TOUCHED * touched;
    }

    /**
     * Takes the memory of further text.
     *
     * @throws dev.headroom.request.RequestFailedException when there is no room for it
     */
    public void take(String text, List<Choice> tokens) {
        share.takeForAnswer(weights.of(text, tokens));
    }

    /**
     * Gives back the memory of text that has been written.
     *
     * @param keepsText true if its characters are kept all the same
     */
    void written(Told.Text told, boolean keepsText) {
        share.giveBack(weights.of(told.text(), told.tokens()) - (keepsText ? weights.characters(told.text()) : 0));
    }
}
