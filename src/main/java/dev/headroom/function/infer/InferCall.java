package dev.headroom.function.infer;

import dev.headroom.request.Urgency;
import java.util.concurrent.CompletableFuture;

/**
 * One call of the function.
 *
 * @param request the request, which has been read
 * @param urgency the deadline and the priority that the caller asks for
 * @param event whether an event asks: a broker repeats whole events, so that one input that may pass later fails its event
 * @param gone completes when no caller waits for the response any more
 */
public record InferCall(InferRequest request, Urgency urgency, boolean event, CompletableFuture<Void> gone) {

    /** A call of a request that came by HTTP. */
    static InferCall ofHttp(InferRequest request, Urgency urgency) {
        return new InferCall(request, urgency, false, new CompletableFuture<>());
    }

    /** A call of a request that came as an event. */
    public static InferCall ofEvent(InferRequest request, Urgency urgency) {
        return new InferCall(request, urgency, true, new CompletableFuture<>());
    }

    /** Returns the action by which the caller abandons the call; it keeps none of the request's inputs in memory. */
    public Runnable abandonment() {
        CompletableFuture<Void> left = gone;
        return () -> left.complete(null);
    }
}
