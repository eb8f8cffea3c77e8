package dev.headroom.generation;

import dev.headroom.generation.sampling.Sampling;
import java.util.Comparator;
import java.util.List;

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

    /** The most tokens of a prompt and its continuation together, on a device that is not lost; the plan may have lowered them. */
    int contextLength();

    /**
     * The most sequences that wait at a time; further ones are refused until some have ended.
     *
     * @param tokens the most tokens of each, prompt and continuation
     * @return 0 where it never holds so many tokens
     * @throws dev.headroom.request.RequestFailedException when only a device that is lost holds them
     */
    int mostWaiting(long tokens);

    /**
     * The most sequences of one request that wait at a time.
     *
     * @param prompts one sequence of each of its prompts
     * @param each how many sequences each prompt has
     * @throws dev.headroom.request.RequestFailedException when only a device that is lost holds one
     */
    default int mostWaiting(List<GenerationRequest> prompts, int each) {
        int most = 0;
        for (GenerationRequest longestLeft : prompts.stream()
                .sorted(Comparator.comparingLong(GenerationRequest::tokens).reversed())
                .toList()) {
            most = Math.min(most + each, mostWaiting(longestLeft.tokens()));
        }
        return most;
    }

    /**
     * Admits a request.
     *
     * @return cancels it: the caller has gone, and nothing more is told
     * @throws dev.headroom.request.RequestFailedException when it is refused: too long, too many, or the service is closing
     */
    Runnable generate(GenerationRequest request, GenerationListener listener);
}
