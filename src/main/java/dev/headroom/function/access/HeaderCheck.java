package dev.headroom.function.access;

import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;

/** Refuses requests with headers that could be read in two ways, after the caller is known and before the body is read. */
final class HeaderCheck {

    private static final int MOST_FIELDS = 256;

    private HeaderCheck() {}

    /**
     * Checks a request's headers.
     *
     * @throws RequestFailedException when they are refused
     */
    static void check(HttpServerRequest request) {
        checkFields(request);
        checkVersion(request);
        checkEncoding(all(request, HttpHeaders.CONTENT_ENCODING));
        checkOnce(request, "Content-Type");
        if (request.headers().contains(HttpHeaders.AUTHORIZATION)) {
            checkOnce(request, "Authorization");
        }
        checkExpectation(all(request, HttpHeaders.EXPECT));
        checkTransfer(all(request, HttpHeaders.TRANSFER_ENCODING));
    }

    /** Bounds the number, because each header takes many times its bytes while the request is here. */
    private static void checkFields(HttpServerRequest request) {
        int fields = 0;
        for (Iterator<?> all = request.headers().iterator(); all.hasNext(); all.next()) {
            fields++;
        }
        if (fields > MOST_FIELDS) {
            throw failed(new Failure.TooLarge(
                    "The request has %d headers, and at most %d are read; send fewer.".formatted(fields, MOST_FIELDS)));
        }
    }

    /** All values as one, which means the same; null where there is none. */
    private static String all(HttpServerRequest request, CharSequence header) {
        return request.headers().contains(header)
                ? String.join(", ", request.headers().getAll(header))
                : null;
    }

    private static void checkEncoding(String encoding) {
        if (encoding != null && !encoding.isBlank() && !encoding.trim().equalsIgnoreCase("identity")) {
            throw failed(new Failure.UnsupportedMedia(
                    "The body is encoded as '%s', which is not read; send it as it is, without Content-Encoding."
                            .formatted(encoding)));
        }
    }

    /** Refuses a header that comes several times, of which a proxy may have read another one. */
    private static void checkOnce(HttpServerRequest request, String header) {
        repeated(request, header).ifPresent(failure -> {
            throw failed(failure);
        });
    }

    /** The failure of a request that has this header several times; empty where it has not. */
    static Optional<Failure> repeated(HttpServerRequest request, String header) {
        int times = 0;
        for (Map.Entry<String, String> field : request.headers()) {
            times += field.getKey().equalsIgnoreCase(header) ? 1 : 0;
        }
        return times <= 1
                ? Optional.empty()
                : Optional.of(
                        new Failure.Invalid("The header %s is there %d times; send it once.".formatted(header, times)));
    }

    private static void checkVersion(HttpServerRequest request) {
        if (request.version() == null) {
            throw failed(new Failure.Invalid(
                    "The first line of the request names a version of HTTP that is not spoken here; send HTTP/1.1."));
        }
    }

    private static void checkExpectation(String expectation) {
        if (expectation != null && !expectation.trim().equalsIgnoreCase("100-continue")) {
            throw failed(new Failure.UnmetExpectation(
                    "The header Expect is '%s'; only 100-continue is known, or leave it out.".formatted(expectation)));
        }
    }

    /** Refuses other codings than chunked: a proxy might find the end of the body elsewhere. */
    private static void checkTransfer(String coding) {
        if (coding != null && !coding.trim().equalsIgnoreCase("chunked")) {
            throw failed(new Failure.Invalid(
                    "The header Transfer-Encoding is '%s'; only chunked is read.".formatted(coding)));
        }
    }

    private static RequestFailedException failed(Failure failure) {
        return new RequestFailedException(failure);
    }
}
