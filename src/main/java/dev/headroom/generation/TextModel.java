package dev.headroom.generation;

import dev.headroom.generation.sampling.Sampling;

/** A model that generates text, as the doors know it. Any thread may call. */
public interface TextModel {

    /** The name under which requests ask for it. */
    String name();

    /**
     * The tokens of a text, however long it is.
     *
     * @param special true adds the tokens that the tokeniser puts around a text, such as the one that begins it
     */
    int[] tokens(String text, boolean special);

    /** One more than the largest id of a token. */
    int vocabulary();

    /** The text of one token as people read it, for {@code logprobs}. */
    String token(int id);

    /** How the model wants conversations written. */
    ChatTemplates templates();

    /** The sampling that its folder asks for where a request does not say. */
    Sampling defaults();

    /** The most tokens of a prompt and its continuation together, which the plan may have lowered. */
    int contextLength();

    /** The most sequences that wait at a time; further ones are refused until some have ended. */
    int mostWaiting();

    /**
     * Admits a request.
     *
     * @return cancels it: the caller has gone, and nothing more is told
     * @throws dev.headroom.request.RequestFailedException when it is refused: too long, too many, or the service is closing
     */
    Runnable generate(GenerationRequest request, GenerationListener listener);
}
