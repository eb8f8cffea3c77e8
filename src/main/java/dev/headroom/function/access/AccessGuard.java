package dev.headroom.function.access;

import dev.headroom.function.Doors;
import dev.headroom.function.GrpcDoor;
import dev.headroom.function.RequestEnd;
import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import dev.headroom.settings.HeadroomConfig;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Context;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.Config;

/**
 * Admits requests with a key or an issuer's token, before anything reads the body; every request if neither is set.
 */
@Singleton
class AccessGuard {

    /** Before the observers without a priority, and after {@link ManagementPort}. */
    static final int PRIORITY = 300;

    /** The headers that may come once: of two, a proxy may have checked the other one. */
    private static final List<String> CREDENTIALS = List.of("Authorization", "X-API-Key", "api-key");

    /** After the models are open, and before {@link ManagementPort} opens. */
    private static final int LATE = Integer.MAX_VALUE - 1;

    private static final String BEARER = "Bearer ";

    private final AccessSettings settings;
    private final TokenIssuer issuer;
    private final Doors doors;
    private volatile Optional<ApiKeyFile> file = Optional.empty();

    AccessGuard(HeadroomConfig config, TokenIssuer issuer, Doors doors, Config raw) {
        this.settings = new AccessSettings(config.auth(), raw);
        this.issuer = issuer;
        this.doors = doors;
    }

    void route(@Observes @Priority(PRIORITY) Router router) {
        Optional<ApiKeys> listed = settings.listed();
        if (settings.hasIssuer() || listed.isPresent() || settings.namesFile()) {
            Predicate<String> known =
                    key -> listed.filter(keys -> keys.hold(key)).isPresent()
                            | file.filter(keys -> keys.keys().hold(key)).isPresent();
            router.route().order(Integer.MIN_VALUE).handler(context -> check(context, known));
        }
    }

    /** Reads the file of keys shortly before the ports open: a restored process must not know those of its checkpoint. */
    void readKeys(@Observes @Priority(LATE) StartupEvent event) {
        file = settings.file();
    }

    private void check(RoutingContext context, Predicate<String> known) {
        if (isOpen(context)) {
            context.next();
            return;
        }
        Optional<Failure> repeated = CREDENTIALS.stream()
                .flatMap(header -> HeaderCheck.repeated(context.request(), header).stream())
                .findFirst();
        if (repeated.isPresent()) {
            refuse(context, repeated.get());
        } else if (keys(context.request()).anyMatch(known)) {
            context.next();
        } else if (settings.hasIssuer() && bearer(context.request()).isPresent()) {
            askIssuer(context);
        } else {
            refuse(context);
        }
    }

    /** Compares paths as they were sent, so that no other spelling of a path is open. */
    private boolean isOpen(RoutingContext context) {
        HttpServerRequest request = context.request();
        boolean reads = request.method() == HttpMethod.GET || request.method() == HttpMethod.HEAD;
        return (reads || GrpcDoor.isCall(request)) && doors.of(context).isOpenToAll(request.path());
    }

    private static Stream<String> keys(HttpServerRequest request) {
        return Stream.of(
                        bearer(request),
                        Optional.ofNullable(request.getHeader("X-API-Key")),
                        Optional.ofNullable(request.getHeader("api-key")))
                .flatMap(Optional::stream);
    }

    private static Optional<String> bearer(HttpServerRequest request) {
        return Optional.ofNullable(request.getHeader("Authorization"))
                .filter(value -> value.regionMatches(true, 0, BEARER, 0, BEARER.length()))
                .map(value -> value.substring(BEARER.length()).strip())
                .filter(token -> !token.isEmpty());
    }

    /** Asks on another thread, and pauses the body meanwhile. Its reader resumes it; where none does it is dropped. */
    private void askIssuer(RoutingContext context) {
        context.request().pause();
        ClientConnection connection = ReadWatch.of(context);
        connection.stop(context);
        RequestEnd.follow(context, () -> {
            if (!context.request().isEnded()) {
                context.request().resume();
            }
        });
        String token = bearer(context.request()).orElseThrow();
        Context eventLoop = context.vertx().getOrCreateContext();
        Thread.startVirtualThread(() -> {
            Runnable answer = answer(context, token);
            eventLoop.runOnContext(loop -> {
                connection.goOn(context);
                if (!RequestEnd.isOver(context)) {
                    answer.run();
                }
            });
        });
    }

    private Runnable answer(RoutingContext context, String token) {
        try {
            return issuer.accepts(token) ? context::next : () -> refuse(context);
        } catch (RequestFailedException e) {
            return () -> refuse(context, e.failure());
        } catch (RuntimeException | Error e) {
            return () -> context.fail(e);
        }
    }

    private static void refuse(RoutingContext context) {
        boolean tried = keys(context.request()).findAny().isPresent();
        String detail = tried
                ? "The key or token is not one that lets in here; it may have been changed, be over or for another service."
                : "Neither a key nor a token came with the request; send one as the header Authorization: Bearer KEY, or a key as X-API-Key.";
        if (!GrpcDoor.isCall(context.request())) {
            context.response().putHeader("WWW-Authenticate", tried ? "Bearer error=\"invalid_token\"" : "Bearer");
        }
        refuse(context, new Failure.Unauthenticated(detail));
    }

    private static void refuse(RoutingContext context, Failure failure) {
        context.fail(new RequestFailedException(failure));
    }
}
