package dev.headroom.dispatcher;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Sends events to where a trigger's subscriber is at the moment, once each, and reads the answers as the broker's filter does.
 *
 * @param address looked up for each request, because pods come and go
 * @param timeout longest time of one request
 */
record Subscriber(Supplier<URI> address, Duration timeout, HttpClient client) {

    private static final int BAD_GATEWAY = 502;

    Subscriber(Supplier<URI> address, Duration timeout) {
        this(
                address,
                timeout,
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build());
    }

    Outcome send(CloudEvent event, HttpBinding mode) throws InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(address.get()).timeout(timeout).header("Prefer", "reply");
        mode.write(event, request);
        try {
            return outcome(client.send(request.build(), BodyHandlers.ofByteArray()));
        } catch (IOException e) {
            return Outcome.Failed.unanswered(e.toString());
        }
    }

    /** A body that is no event makes a 502 of any answer, and its Retry-After is lost. */
    private static Outcome outcome(HttpResponse<byte[]> response) {
        Optional<CloudEvent> reply;
        try {
            reply = HttpBinding.read(response.headers(), response.body());
        } catch (IOException e) {
            return new Outcome.Failed(BAD_GATEWAY, Optional.empty(), e.toString());
        }
        if (reply.isEmpty() && response.body().length > 0) {
            return new Outcome.Failed(BAD_GATEWAY, Optional.empty(), "no event, status " + response.statusCode());
        }
        if (response.statusCode() < 200 || response.statusCode() >= 300) {
            return new Outcome.Failed(response.statusCode(), retryAfter(response), "");
        }
        return reply.<Outcome>map(Outcome.Replied::new).orElse(new Outcome.Handled(response.statusCode()));
    }

    private static Optional<Duration> retryAfter(HttpResponse<?> response) {
        return response.headers()
                .firstValue("Retry-After")
                .filter(seconds -> seconds.matches("\\d{1,9}"))
                .map(seconds -> Duration.ofSeconds(Long.parseLong(seconds)));
    }
}
