package dev.headroom.function.generate;

import dev.headroom.generation.GenerationListener.FinishReason;
import dev.headroom.generation.GenerationListener.Usage;
import dev.headroom.generation.sampling.Choice;
import java.util.List;

/**
 * A sequence that has ended.
 *
 * @param text all its text
 * @param tokens all its tokens where the request asks for them, else empty
 * @param reason why it ended
 * @param usage the tokens that it took
 */
public record EndedSequence(String text, List<Choice> tokens, FinishReason reason, Usage usage) {}
