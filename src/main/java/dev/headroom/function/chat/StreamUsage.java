package dev.headroom.function.chat;

import dev.headroom.function.generate.Generation;
import dev.headroom.function.generate.Told;
import dev.headroom.generation.GenerationListener.Usage;

/** Adds up the tokens that the sequences of a stream took. */
final class StreamUsage {

    private final Generation generation;
    private final boolean wanted;
    private final Usage[] bySequence;

    StreamUsage(Generation generation, boolean wanted) {
        this.generation = generation;
        this.wanted = wanted;
        this.bySequence = new Usage[generation.sequences().size()];
    }

    /** True if the stream is to tell of it. */
    boolean isWanted() {
        return wanted;
    }

    void add(Told.Ended ended) {
        bySequence[ended.index()] = ended.usage();
    }

    /** The tokens of all sequences, once all have ended. */
    TokensTaken total() {
        return TokensTaken.of(generation.total(i -> bySequence[i]));
    }
}
