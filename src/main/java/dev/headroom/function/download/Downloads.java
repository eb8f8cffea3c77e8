package dev.headroom.function.download;

import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import dev.headroom.settings.HeadroomConfig;
import dev.headroom.task.ResizableSemaphore;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.tracing.TracingPolicy;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.net.InetAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Downloads the inputs that callers name by a URL. This process may reach hosts that its callers may not. Hence the
 * operator allows hosts, a name is looked up once, and only the addresses that were checked are connected to; for each
 * redirect anew.
 */
@Singleton
public final class Downloads {

    private static final int AT_FIRST = 16;
    private static final int MOST_CONNECTIONS = 1000;
    private static final Duration LONGEST_WAIT = Duration.ofDays(1);

    private final ReferenceRules rules;
    private final HostNames names;
    private final HttpClient client;
    private final MeterRegistry registry;
    private final ResizableSemaphore permits = new ResizableSemaphore(AT_FIRST);

    @Inject
    Downloads(HeadroomConfig config, Vertx vertx, MeterRegistry registry) {
        this(
                ReferenceRules.of(config.references()),
                new HostNames(InetAddress::getAllByName),
                vertx.createHttpClient(options(config.references().timeout())),
                registry);
    }

    Downloads(ReferenceRules rules, HostNames names, HttpClient client, MeterRegistry registry) {
        this.rules = rules;
        this.names = names;
        this.client = client;
        this.registry = registry;
    }

    /** Options of a client that follows no redirect, keeps no connection and unpacks no content. */
    static HttpClientOptions options(Duration timeout) {
        return new HttpClientOptions()
                .setKeepAlive(false)
                .setMaxPoolSize(MOST_CONNECTIONS)
                .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS)
                .setSslHandshakeTimeout(Math.max(1, timeout.toMillis()))
                .setTracingPolicy(TracingPolicy.IGNORE);
    }

    /** Sets how many inputs are downloaded at a time, the plan's {@code fetches}; running downloads go on. */
    public void resize(int atATime) {
        permits.resize(atATime);
    }

    /**
     * Downloads one input. Blocks: call it on a virtual thread, and interrupt that thread once the input is no longer
     * wanted.
     *
     * @param url an http or https URL
     * @param timeLeft how long the caller waits; the setting's time-out counts from the download's turn
     * @throws RequestFailedException when the download fails; the failure says why, and the remedy
     */
    public byte[] get(String url, Duration timeLeft) {
        Timer.Sample sample = Timer.start(registry);
        String result = "failed";
        try {
            byte[] content = inTurn(url, TimeLimit.of(timeLeft, LONGEST_WAIT));
            result = "ok";
            return content;
        } catch (RequestFailedException e) {
            result = result(e.failure());
            throw e;
        } finally {
            sample.stop(timer(result));
        }
    }

    private byte[] inTurn(String url, TimeLimit caller) {
        if (rules.closed()) {
            throw new RequestFailedException(new Failure.Invalid(
                    "Inputs are not downloaded here; send the input itself, or have %s set to the hosts that may be asked."
                            .formatted(AllowedHosts.SETTING)));
        }
        Reference reference = Reference.of(url);
        rules.check(reference);
        acquire(reference, caller);
        try {
            Duration left = Duration.ofNanos(caller.leftNanos());
            return new Fetch(rules, names, client)
                    .content(reference, TimeLimit.of(left, rules.settings().timeout()));
        } finally {
            permits.release();
        }
    }

    private void acquire(Reference reference, TimeLimit caller) {
        try {
            if (caller.leftNanos() <= 0 || !permits.tryAcquire(Duration.ofNanos(caller.leftNanos()))) {
                throw caller.exceeded(reference.name());
            }
        } catch (InterruptedException e) {
            throw TimeLimit.abandoned(reference.name());
        }
    }

    private static String result(Failure failure) {
        return switch (failure) {
            case Failure.Invalid _ -> "refused";
            case Failure.TooLarge _, Failure.TooLong _ -> "too-large";
            case Failure.Unavailable _ -> "unavailable";
            case Failure.DeadlineExceeded _ -> "late";
            case Failure.Abandoned _ -> "abandoned";
            case Failure.Unauthenticated _,
                    Failure.TooSlow _,
                    Failure.UnmetExpectation _,
                    Failure.UnknownModel _,
                    Failure.UnknownPath _,
                    Failure.WrongMethod _,
                    Failure.UnsupportedMedia _,
                    Failure.Overloaded _,
                    Failure.Internal _ -> "failed";
        };
    }

    private Timer timer(String result) {
        return Timer.builder("headroom.downloads")
                .description("Downloads of inputs, with the wait for their turn")
                .tags("result", result)
                .register(registry);
    }

    @PreDestroy
    void close() {
        client.close();
        names.close();
    }
}
