package dev.headroom.hub;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscribers;
import java.net.http.HttpResponse.ResponseInfo;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** One request and its answer, which may take as long as it likes but must not stall. */
final class Exchange {

    private final HttpClient client;
    private final Duration longestWait;
    private final Receiver receiver;
    private volatile long last = System.nanoTime();
    private volatile Optional<IOException> failure = Optional.empty();

    /** Takes the body of an answer. The client's thread calls it, one call after the other. */
    interface Receiver {

        /**
         * Begins a body.
         *
         * @throws IOException when it is not as it was asked for
         */
        void begin(int status, HttpHeaders headers) throws IOException;

        /**
         * Takes the next bytes of the body.
         *
         * @throws IOException when they cannot be taken
         */
        void take(byte[] bytes) throws IOException;
    }

    Exchange(HttpClient client, Duration longestWait, Receiver receiver) {
        this.client = client;
        this.longestWait = longestWait;
        this.receiver = receiver;
    }

    /**
     * Sends the request, and waits for the end of the answer. The receiver gets the bodies of good answers only.
     *
     * @throws PassingException when the connection fails or the answer stalls
     * @throws IOException when the receiver refuses the answer, or the server's certificate is not trusted
     * @throws InterruptedException when the thread is interrupted; the request has then ended
     */
    HttpResponse<Void> send(HttpRequest request) throws IOException, InterruptedException {
        CompletableFuture<HttpResponse<Void>> answer = client.sendAsync(request, body());
        try {
            return await(answer, request);
        } catch (ExecutionException e) {
            throw failure.orElseGet(() -> broken(request, e.getCause()));
        } finally {
            answer.cancel(true);
        }
    }

    /** A failure of the connection, which may pass; an untrusted certificate does not. */
    private static IOException broken(HttpRequest request, Throwable cause) {
        String words = "%s: %s"
                .formatted(
                        request.uri().getHost(),
                        cause instanceof ConnectException
                                ? "no connection"
                                : Optional.ofNullable(cause.getMessage())
                                        .orElse(cause.getClass().getSimpleName()));
        boolean untrusted = Stream.iterate(cause, one -> one != null, Throwable::getCause)
                .anyMatch(GeneralSecurityException.class::isInstance);
        return untrusted ? new Refusal(words) : new PassingException(words, Duration.ZERO);
    }

    private HttpResponse<Void> await(CompletableFuture<HttpResponse<Void>> answer, HttpRequest request)
            throws IOException, InterruptedException, ExecutionException {
        while (true) {
            long left = longestWait.toNanos() - (System.nanoTime() - last);
            if (left <= 0) {
                throw new PassingException(
                        "%s sent nothing for %s"
                                .formatted(
                                        request.uri().getHost(),
                                        longestWait.toString().substring(2).toLowerCase(Locale.ROOT)),
                        Duration.ZERO);
            }
            try {
                HttpResponse<Void> response = answer.get(left, TimeUnit.NANOSECONDS);
                if (failure.isPresent()) {
                    throw failure.get();
                }
                return response;
            } catch (TimeoutException e) {
                // looks again when the last bytes came
            }
        }
    }

    private BodyHandler<Void> body() {
        return info -> {
            last = System.nanoTime();
            if (info.statusCode() >= 300 || !begun(info)) {
                return BodySubscribers.discarding();
            }
            return BodySubscribers.ofByteArrayConsumer(bytes -> bytes.ifPresent(this::take));
        };
    }

    private boolean begun(ResponseInfo info) {
        try {
            receiver.begin(info.statusCode(), info.headers());
            return true;
        } catch (IOException e) {
            failure = Optional.of(e);
            return false;
        }
    }

    private void take(byte[] bytes) {
        last = System.nanoTime();
        if (failure.isPresent()) {
            return;
        }
        try {
            receiver.take(bytes);
        } catch (IOException e) {
            failure = Optional.of(e);
            throw new UncheckedIOException(e);
        }
    }
}
