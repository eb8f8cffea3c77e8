package dev.headroom.generation;

import dev.headroom.generation.GenerationListener.FinishReason;
import dev.headroom.generation.GenerationListener.Usage;
import dev.headroom.generation.sampling.Choice;
import dev.headroom.generation.sampling.NoTokenException;
import dev.headroom.generation.sampling.Sampler;
import dev.headroom.request.Failure;
import dev.headroom.request.GeneratedText;
import dev.headroom.request.RequestFailedException;
import dev.headroom.session.Logits;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.jboss.logging.Logger;

/**
 * A prompt and its continuation. Any thread may end it; only the thread that runs the model's steps continues it.
 */
final class Sequence {

    private static final Logger LOG = Logger.getLogger(Sequence.class);

    private static final int[] NONE = {};

    private final GenerationRequest request;
    private final Telling telling;
    private final Means means;
    private final int[] ends;
    private final long number;
    private final long arrivedNanos = System.nanoTime();
    private final SequenceTokens tokens;
    private int cached = -1; // tokens of the prompt that were not read; unknown at first
    private int longest; // set before the thread that continues it has it
    private volatile long firstNanos; // written by that thread

    /**
     * By what it is continued.
     *
     * @param sampler chooses its tokens
     * @param text makes text of them
     * @param ends the tokens that end it
     * @param longest the most tokens of prompt and continuation
     */
    record Means(Sampler sampler, TextStream text, Set<Integer> ends, int longest) {}

    /**
     * A prompt without continuation.
     *
     * @param number grows with each sequence of the model
     */
    Sequence(GenerationRequest request, GenerationListener listener, Means means, long number) {
        this.request = request;
        this.telling = new Telling(listener);
        this.means = means;
        this.ends = means.ends.stream().mapToInt(Integer::intValue).toArray();
        this.number = number;
        this.tokens = new SequenceTokens(request.prompt());
        this.longest = means.longest;
    }

    /** What was asked for. */
    GenerationRequest request() {
        return request;
    }

    /** Its device holds no more tokens of prompt and continuation than these. */
    void atMost(int deviceTokens) {
        longest = Math.min(means.longest, deviceTokens);
    }

    /** Runs the task once it is over, at once if it is. */
    void whenOver(Runnable task) {
        telling.whenOver(task);
    }

    /** Grows with each sequence of the model. */
    long number() {
        return number;
    }

    /** The tokens of the prompt and of the continuation; any thread may read. */
    int length() {
        return tokens.length();
    }

    /** Both; only the thread that continues it calls. */
    SequenceTokens tokens() {
        return tokens;
    }

    /**
     * It is read from a token on. Only the first time counts, because it may be read again after it gave way.
     *
     * @return how many tokens need not be read, which was not known before
     */
    int beginsAt(int token) {
        if (cached >= 0) {
            return 0;
        }
        cached = token;
        return cached;
    }

    /** True if nobody waits for more of it. */
    boolean isOver() {
        return telling.isOver();
    }

    /** Nanoseconds from its arrival to its first token; empty before that. */
    OptionalLong toFirstToken() {
        return firstNanos == 0 ? OptionalLong.empty() : OptionalLong.of(firstNanos - arrivedNanos);
    }

    /**
     * Chooses the next token.
     *
     * @param row the row of the scores that are this sequence's
     * @return true if it goes on
     */
    boolean next(Logits logits, int row) {
        if (request.maxTokens() == 0) {
            return ends(FinishReason.LENGTH);
        }
        try {
            Choice choice =
                    means.sampler.next(logits.scores(), row * logits.vocabulary(), logits.vocabulary(), banned());
            if (firstNanos == 0) {
                firstNanos = System.nanoTime();
            }
            return append(choice);
        } catch (NoTokenException e) {
            fail(new Failure.Internal(e.getMessage(), e));
            return false;
        } catch (RequestFailedException e) {
            fail(e.failure());
            return false;
        } catch (RuntimeException e) { // of its guide, its text or its listener: others go on
            LOG.error("A sequence failed that should not", e);
            fail(Failure.Internal.unexpected(e));
            return false;
        }
    }

    /** The tokens that may not come yet. */
    private int[] banned() {
        return generated() < request.stopping().leastTokens() ? ends : NONE;
    }

    private boolean append(Choice choice) {
        tokens.add(choice.token());
        if (means.ends.contains(choice.token())) {
            telling.tell(means.text.finish(), List.of());
            return ends(FinishReason.STOP);
        }
        telling.tell(means.text.add(choice.token()), request.sampling().logprobs() < 0 ? List.of() : List.of(choice));
        if (means.text.stopped()) {
            return ends(FinishReason.STOP);
        }
        boolean complete = means.sampler.complete();
        if (complete || generated() >= request.maxTokens() || length() >= longest) {
            telling.tell(means.text.finish(), List.of());
            return ends(complete || means.text.stopped() ? FinishReason.STOP : FinishReason.LENGTH);
        }
        return true;
    }

    private int generated() {
        return length() - request.prompt().length;
    }

    private boolean ends(FinishReason reason) {
        telling.ended(reason, new Usage(request.prompt().length, generated(), Math.max(0, cached)));
        return false;
    }

    /** True if it has failed, so that what was read of it may be of no use. */
    boolean hasFailed() {
        return telling.hasFailed();
    }

    /** Ends it with a failure, unless it has ended. */
    void fail(Failure failure) {
        telling.fail(failure);
    }

    /** Ends it, because its caller has gone; nothing more is told. */
    void cancel() {
        telling.cancel();
    }

    /** The facts for a trace, once it is over. */
    GeneratedText traced(String model) {
        GeneratedText.Tokens took = new GeneratedText.Tokens(request.prompt().length, Math.max(0, cached), generated());
        return new GeneratedText(model, arrivedNanos, toFirstToken(), took, telling.ending(), hasFailed());
    }
}
