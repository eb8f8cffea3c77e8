package dev.headroom.generation;

import dev.headroom.generation.sampling.Choice;
import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Keeps what is told of a sequence. */
class Told implements GenerationListener {

    private final List<Integer> tokens = new ArrayList<>();
    private final StringBuilder text = new StringBuilder();
    private final CompletableFuture<FinishReason> end = new CompletableFuture<>();
    private volatile Usage usage;

    @Override
    public synchronized void text(String more, List<Choice> choices) {
        text.append(more);
        choices.forEach(choice -> tokens.add(choice.token()));
    }

    @Override
    public void ended(FinishReason reason, Usage used) {
        usage = used;
        end.complete(reason);
    }

    @Override
    public void failed(Failure failure) {
        end.completeExceptionally(new RequestFailedException(failure));
    }

    /** Waits for the end, and returns the reason. */
    FinishReason reason() {
        return end.join();
    }

    /** Tokens that were told so far. */
    synchronized int count() {
        return tokens.size();
    }

    boolean isOver() {
        return end.isDone();
    }

    /** Waits for the end; true if it is a failure. */
    boolean failed() {
        return end.handle((reason, failure) -> failure != null).join();
    }

    /** Waits for the end, and returns the tokens without the one that ended it. */
    int[] tokens() {
        reason();
        return tokens.stream().mapToInt(Integer::intValue).toArray();
    }

    /** Waits for the end, and returns the text. */
    String text() {
        reason();
        return text.toString();
    }

    Usage usage() {
        reason();
        return usage;
    }
}
