package dev.headroom.function;

import io.vertx.ext.web.RoutingContext;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * The end of a request: its answer has been written, or its caller has gone. Whoever follows it is told once, even where it begins
 * to follow after the end: handlers of Vert.x that are added then are never called. Any thread may follow; the one that learns of the
 * end, most often the connection's event loop, runs what follows.
 */
public final class RequestEnd {

    private final RoutingContext context;
    private final CompletableFuture<Boolean> answered = new CompletableFuture<>();

    private RequestEnd(RoutingContext context) {
        this.context = context;
    }

    /**
     * Runs this at the end of the request, or at once where it has ended.
     *
     * @param follower is told whether the request was answered; if not its caller has gone
     */
    public static void follow(RoutingContext context, Consumer<Boolean> follower) {
        of(context).answered.thenAccept(follower);
    }

    /** Runs this at the end of the request, however it ends, or at once where it has ended. */
    public static void follow(RoutingContext context, Runnable follower) {
        of(context).answered.thenRun(follower);
    }

    /** One for each request, because the router asks Vert.x for an end once. */
    private static RequestEnd of(RoutingContext context) {
        synchronized (context) {
            RequestEnd known = context.get(RequestEnd.class.getName());
            if (known != null) {
                return known;
            }
            RequestEnd end = new RequestEnd(context);
            context.put(RequestEnd.class.getName(), end);
            end.listen();
            return end;
        }
    }

    /** By HTTP/2 Vert.x refuses a handler once the answer has been written. */
    private void listen() {
        if (!isOver(context)) {
            try {
                context.addEndHandler(over -> complete());
            } catch (IllegalStateException e) {
                complete();
            }
        }
        if (isOver(context)) {
            complete();
        }
    }

    /** Whether the request has ended. */
    public static boolean isOver(RoutingContext context) {
        return context.response().ended() || context.response().closed();
    }

    /** What Vert.x calls the end may also be a connection that was closed: whether the answer was written tells. */
    private void complete() {
        answered.complete(context.response().ended());
    }
}
