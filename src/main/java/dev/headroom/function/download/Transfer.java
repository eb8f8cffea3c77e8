package dev.headroom.function.download;

import dev.headroom.function.body.ContentLength;
import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import io.netty.handler.codec.TooLongFrameException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.RequestOptions;
import java.net.SocketException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One request to one address, whose connection ends with it. */
final class Transfer {

    /** The time after which a caller may try again. */
    static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
    private static final Set<Integer> MAY_PASS = Set.of(408, 425, 429);

    private final Reference reference;
    private final long maxBytes;
    private final CompletableFuture<Reply> reply = new CompletableFuture<>();
    private final Buffer content = Buffer.buffer();

    /** A transfer of at most this many bytes. */
    Transfer(Reference reference, long maxBytes) {
        this.reference = reference;
        this.maxBytes = maxBytes;
    }

    /**
     * Sends the request and waits for the reply; an interrupt ends the transfer.
     *
     * @throws RequestFailedException when the reply cannot be used
     */
    Reply run(HttpClient client, RequestOptions options, TimeLimit limit) {
        client.request(options).onSuccess(this::ask).onFailure(this::unconnected);
        try {
            return reply.get(limit.leftNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw limit.exceeded(reference.name());
        } catch (InterruptedException e) {
            throw TimeLimit.abandoned(reference.name());
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RequestFailedException failed ? failed : broken(e.getCause());
        } finally {
            reply.cancel(false);
        }
    }

    private void ask(HttpClientRequest request) {
        reply.whenComplete((_, _) -> request.reset());
        request.connection().exceptionHandler(reply::completeExceptionally); // Vert.x would log what the server wrote
        request.send().onSuccess(this::read).onFailure(reply::completeExceptionally);
    }

    private void unconnected(Throwable failure) {
        if (failure instanceof SocketException) {
            reply.complete(new Reply.Unreachable());
        } else {
            reply.completeExceptionally(failure);
        }
    }

    private void read(HttpClientResponse response) {
        response.exceptionHandler(reply::completeExceptionally);
        int status = response.statusCode();
        String location = response.getHeader("Location");
        if (status == 200) {
            readContent(response);
        } else if (REDIRECTS.contains(status) && location != null) {
            reply.complete(new Reply.Redirect(location));
        } else if (status >= 500 || MAY_PASS.contains(status)) {
            fail(new Failure.Unavailable(
                    reference.name() + " is not to be had from its server at the moment; try again.", RETRY_AFTER));
        } else {
            fail(
                    new Failure.Invalid(
                            reference.name()
                                    + " is not there, or not for everybody to read; send a URL that needs no login and has not expired."));
        }
    }

    private void readContent(HttpClientResponse response) {
        String encoding = response.getHeader("Content-Encoding");
        if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
            fail(new Failure.Invalid(
                    reference.name() + " is sent compressed although that was not asked for; store it as it is."));
        } else if (declaredBytes(response) > maxBytes) {
            tooLarge();
        } else {
            response.handler(this::receive).endHandler(_ -> reply.complete(new Reply.Content(content.getBytes())));
        }
    }

    private void receive(Buffer part) {
        if (content.length() + (long) part.length() > maxBytes) {
            tooLarge();
        } else if (!reply.isDone()) {
            content.appendBuffer(part);
        }
    }

    /** The Content-Length, which ends a transfer early; the bytes that arrive are counted anyway. */
    private static long declaredBytes(HttpClientResponse response) {
        return Math.max(0, ContentLength.of(response.getHeader("Content-Length")));
    }

    private void tooLarge() {
        fail(new Failure.TooLarge(
                "%s is larger than %d bytes; send a smaller one, or raise headroom.references.max-bytes."
                        .formatted(reference.name(), maxBytes)));
    }

    private void fail(Failure failure) {
        reply.completeExceptionally(new RequestFailedException(failure));
    }

    private RequestFailedException broken(Throwable failure) {
        return new RequestFailedException(breakage(reference.name(), failure));
    }

    /** The failure of a transfer whose connection broke off; it repeats nothing that the server sent. */
    static Failure breakage(String name, Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertificateException) {
                return new Failure.Invalid(
                        name
                                + " is on a host whose certificate is not trusted, or is another's; have it signed by an authority that Java knows, or add that to its trust store.");
            }
            if (cause instanceof TooLongFrameException) {
                return new Failure.Invalid(name + " comes with headers that are too long; send another URL.");
            }
        }
        return new Failure.Unavailable(name + " was broken off by its server; try again.", RETRY_AFTER);
    }
}
