package dev.headroom.function;

import io.netty.channel.EventLoop;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.ext.web.RoutingContext;
import java.util.function.Consumer;

/**
 * The end of a request: its answer has been written, or its caller has gone. Each follower runs once, even one that is
 * added after the end, when Vert.x no longer calls handlers. Any thread may add one. The thread that learns of the end
 * runs it, most often the connection's event loop.
 */
public final class RequestEnd {

    private final RoutingContext context;
    private final Once<Boolean> ended = new Once<>();

    private RequestEnd(RoutingContext context) {
        this.context = context;
    }

    /**
     * Runs this at the end of the request, or at once if it has ended.
     *
     * @param follower gets true if the request was answered, and false if its caller has gone
     */
    public static void follow(RoutingContext context, Consumer<Boolean> follower) {
        of(context).ended.follow(follower);
    }

    /** Runs this at the end of the request, however it ends, or at once if it has ended. */
    public static void follow(RoutingContext context, Runnable follower) {
        follow(context, answered -> follower.run());
    }

    /** The one end of a request: the router takes one handler for it. */
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

    /** Adds a handler, which Vert.x refuses in HTTP/2 once the answer has been written. */
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

    /** Runs this on the connection's event loop, unless the request has ended by then. */
    static void unlessOver(RoutingContext context, Runnable writing) {
        onLoop(context, () -> {
            if (!isOver(context)) {
                writing.run();
            }
        });
    }

    /** Runs this on the connection's event loop: at once if that calls. */
    static void onLoop(RoutingContext context, Runnable writing) {
        EventLoop loop = loop(context);
        if (loop.inEventLoop()) {
            writing.run();
        } else {
            loop.execute(writing);
        }
    }

    /** The event loop of the request's connection. */
    public static EventLoop loop(RoutingContext context) {
        return ((ConnectionBase) context.request().connection()).channel().eventLoop();
    }

    /** True if the request has ended. */
    public static boolean isOver(RoutingContext context) {
        return context.response().ended() || context.response().closed();
    }

    /** Tells an answer from a closed connection, which Vert.x calls an end, too. */
    private void complete() {
        ended.happen(context.response().ended());
    }
}
