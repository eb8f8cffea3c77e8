package dev.headroom.generation;

import dev.headroom.generation.sampling.Choice;
import dev.headroom.request.Failure;
import java.util.List;
import java.util.Locale;

/**
 * Is told of one sequence, in order, by the thread that runs the model's steps: a method returns at once. After {@link #ended}
 * or {@link #failed} nothing is told.
 */
public interface GenerationListener {

    /**
     * Further text. It ends at a whole character, and never within what may become a stop text.
     *
     * @param text may be empty where tokens were chosen whose text is not complete
     * @param tokens those chosen since the last call, with log probabilities where the request asks for them, else empty
     * @throws dev.headroom.request.RequestFailedException when there is no memory for it; the sequence fails
     */
    void text(String text, List<Choice> tokens);

    /** The sequence has ended; all its text was told. */
    void ended(FinishReason reason, Usage usage);

    /** The sequence has failed, after what was told. */
    void failed(Failure failure);

    /**
     * Tokens that a request took.
     *
     * @param prompt those of the prompt
     * @param generated those chosen, the one that ended the sequence included
     * @param cached those of the prompt whose keys and values were there already
     */
    record Usage(int prompt, int generated, int cached) {}

    /** Why a sequence ended. */
    enum FinishReason {
        /** The model ended it, or a stop text came. */
        STOP,
        /** The most tokens of the request, or of the model, are reached. */
        LENGTH;

        /** Its word in OpenAI's API. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
