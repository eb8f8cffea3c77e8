package dev.headroom.function.access;

import dev.headroom.function.Door;
import dev.headroom.function.Doors;
import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import dev.headroom.settings.HeadroomConfig;
import dev.headroom.settings.ManagementConfig;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.quarkus.vertx.http.runtime.VertxHttpRecorder;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.config.Config;
import org.jboss.logging.Logger;

/**
 * A second port for operators, whose paths the first port then does not serve; off unless it is set. Quarkus has such a
 * port, too, but switches it on or off when the image is built.
 */
@Singleton
class ManagementPort {

    /** Before the observers that add handlers which read or refuse requests. */
    private static final int FIRST = AccessGuard.PRIORITY - 100;
    /** After the models are open: until then {@code /plan} has nothing to show. */
    private static final int LAST = 10_000;

    private static final Logger LOG = Logger.getLogger(ManagementPort.class);

    private final ManagementConfig config;
    private final Vertx vertx;
    private final Doors doors;
    private Optional<HttpServer> server = Optional.empty();
    private volatile int port = -1;

    ManagementPort(HeadroomConfig config, Vertx vertx, Doors doors, Config others) {
        this.config = config.management();
        this.vertx = vertx;
        this.doors = doors;
        checkOwn(this.config, others);
    }

    /** Refuses the first port's number: Vert.x lets two servers share a port, and each would get only some of the connections. */
    static void checkOwn(ManagementConfig config, Config others) {
        int wanted = config.port().orElse(0);
        Optional<Integer> first = others.getOptionalValue("quarkus.http.port", Integer.class);
        if (wanted != 0 && first.filter(port -> port == wanted).isPresent()) {
            throw new ConfigurationException(
                    "headroom.management.port is %d, which is quarkus.http.port, too; set another, or leave it out for one port."
                            .formatted(wanted));
        }
    }

    void route(@Observes @Priority(FIRST) Router router) {
        if (config.port().isPresent()) {
            router.route().order(Integer.MIN_VALUE).handler(this::divide);
        }
    }

    /** A path that belongs to the other port is unknown at this one. */
    private void divide(RoutingContext context) {
        boolean here = context.request().localAddress().port() == port;
        Door door = doors.of(context);
        String path = Doors.path(context);
        boolean operators = door.isForOperators(path);
        if (door.isHealth(path) || operators && path.startsWith("/q/health/") || here == operators) {
            context.next();
        } else {
            context.fail(new RequestFailedException(new Failure.UnknownPath("Nothing is served at %s on this port; %s."
                    .formatted(
                            context.request().path(),
                            here ? "see /plan, /q/health and /q/metrics" : "see /infer and /q/health"))));
        }
    }

    void open(@Observes @Priority(LAST) StartupEvent event) {
        config.port().ifPresent(wanted -> server = Optional.of(listen(wanted)));
    }

    private HttpServer listen(int wanted) {
        try {
            HttpServerOptions options = new HttpServerOptions()
                    .setHost(config.host())
                    .setPort(wanted)
                    .setIdleTimeout(60)
                    .setIdleTimeoutUnit(TimeUnit.SECONDS);
            HttpServer opened = vertx.createHttpServer(options)
                    .requestHandler(VertxHttpRecorder.getRootHandler())
                    .listen()
                    .toCompletionStage()
                    .toCompletableFuture()
                    .join();
            port = opened.actualPort();
            LOG.infof("/plan, /q/metrics and the page are on port %d.", (Object) port);
            return opened;
        } catch (CompletionException | IllegalArgumentException e) {
            String reason = e.getCause() == null ? e.getMessage() : e.getCause().getMessage();
            throw new ConfigurationException(
                    "headroom.management.port %d cannot be opened on %s (%s): set another, or headroom.management.host."
                            .formatted(wanted, config.host(), reason));
        }
    }

    /** The number of the port; -1 unless it is open. */
    int number() {
        return port;
    }

    void close(@Observes ShutdownEvent event) {
        server.ifPresent(opened ->
                opened.close().toCompletionStage().toCompletableFuture().join());
    }
}
