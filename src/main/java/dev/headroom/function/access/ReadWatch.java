package dev.headroom.function.access;

import dev.headroom.function.GrpcDoor;
import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import dev.headroom.settings.HeadroomConfig;
import io.netty.channel.Channel;
import io.netty.channel.ServerChannel;
import io.netty.channel.SingleThreadEventLoop;
import io.netty.util.concurrent.EventExecutor;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Ends requests that arrive too slowly. The idle time-out does not, because each byte restarts it. Looks at all connections
 * now and then, which costs a request less than a timer of its own.
 */
@Singleton
class ReadWatch {

    /** Before the observers that add handlers which may end a request. */
    private static final int FIRST = AccessGuard.PRIORITY - 200;

    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

    private static final Logger LOG = Logger.getLogger(ReadWatch.class);

    private final Duration limit;
    private final Vertx vertx;
    private final List<Future<?>> looks = new ArrayList<>();

    ReadWatch(HeadroomConfig config, Vertx vertx) {
        this.limit = config.input().readTimeout();
        this.vertx = vertx;
    }

    void route(@Observes @Priority(FIRST) Router router) {
        router.route().order(Integer.MIN_VALUE).handler(this::begin);
    }

    /** The body of a request has been read, unless gRPC's server reads it. */
    static void end(RoutingContext context) {
        if (!isReadLater(context.request())) {
            of(context).end(context);
        }
    }

    /** True for messages that gRPC's server reads; but not for its reflection, whose streams may stay open for ever. */
    private static boolean isReadLater(HttpServerRequest request) {
        return GrpcDoor.isCall(request)
                && !GrpcDoor.isInference(request)
                && !request.path().startsWith("/grpc.reflection.");
    }

    private void begin(RoutingContext context) {
        ClientConnection connection = of(context);
        connection.begin(context, limit);
        if (connection.isClosed()) {
            context.fail(new RequestFailedException(new Failure.Abandoned("The caller hung up.")));
            return;
        }
        if (!connection.isFull()) {
            context.next();
            return;
        }
        Context own = Vertx.currentContext();
        context.request().pause();
        connection.stop(context);
        connection.onceRead(() -> own.runOnContext(read -> {
            connection.goOn(context);
            context.request().resume();
            context.next();
        }));
    }

    /** The connection of the request; its event loop calls. */
    static ClientConnection of(RoutingContext context) {
        return ClientConnection.of(((ConnectionBase) context.request().connection()).channel());
    }

    @SuppressWarnings("deprecation") // for internal use from Vert.x 5 on
    void start(@Observes StartupEvent event) {
        long pause = Math.max(1, Math.min(LONGEST_PAUSE.toMillis(), limit.toMillis() / 4));
        for (EventExecutor loop : vertx.nettyEventLoopGroup()) {
            looks.add(loop.scheduleWithFixedDelay(() -> look(loop), pause, pause, TimeUnit.MILLISECONDS));
        }
    }

    private void look(EventExecutor loop) {
        try {
            cut(accepted(((SingleThreadEventLoop) loop).registeredChannelsIterator()), limit);
        } catch (RuntimeException e) {
            LOG.error(
                    "The connections could not be searched for slow requests.",
                    e); // an exception would end all later looks
        }
    }

    /** Goes on with the other connections where one fails. */
    static void cut(List<Channel> connections, Duration limit) {
        for (Channel channel : connections) {
            try {
                ClientConnection.of(channel).cut(limit);
            } catch (RuntimeException e) {
                LOG.error("A slow request could not be ended.", e);
            }
        }
    }

    /** The connections in a list of their own, because ending one changes the event loop's. */
    private static List<Channel> accepted(Iterator<Channel> all) {
        List<Channel> accepted = new ArrayList<>();
        while (all.hasNext()) {
            Channel channel = all.next();
            if (channel.parent() instanceof ServerChannel) {
                accepted.add(channel);
            }
        }
        return accepted;
    }

    void stop(@Observes ShutdownEvent event) {
        looks.forEach(look -> look.cancel(false));
    }
}
