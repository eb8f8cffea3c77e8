package dev.headroom.function.generate;

import dev.headroom.generation.GenerationListener.FinishReason;
import dev.headroom.generation.GenerationListener.Usage;
import dev.headroom.generation.sampling.Choice;
import dev.headroom.request.Failure;
import java.util.List;

/** The news of one sequence of a request. */
public sealed interface Told {

    /** The number of the sequence within the request, from 0. */
    int index();

    /** Further text, which may be empty, and the tokens of it where the request asks for them. */
    record Text(int index, String text, List<Choice> tokens) implements Told {}

    /** The sequence has ended. */
    record Ended(int index, FinishReason reason, Usage usage) implements Told {}

    /** The sequence has failed, and the request with it. */
    record Failed(int index, Failure failure) implements Told {}
}
