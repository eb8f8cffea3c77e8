package dev.headroom.function;

import dev.headroom.batch.Failure;
import dev.headroom.batch.Priority;
import dev.headroom.batch.RequestFailedException;
import dev.headroom.batch.Terms;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/** What a request's headers ask of its time: {@code Headroom-Deadline-Ms}, {@code Request-Timeout}, {@code Headroom-Priority}. */
final class RequestTerms {

    private static final double MOST_MILLIS = Duration.ofDays(1).toMillis();

    private RequestTerms() {}

    /**
     * Reads the headers. An event is bulk unless it says otherwise, a call is interactive; of two deadlines the earlier
     * holds.
     *
     * @throws RequestFailedException when one of them makes no sense
     */
    static Terms of(HttpServerRequest request, boolean event) {
        Optional<Duration> deadline = time(request, "Headroom-Deadline-Ms", 1);
        Optional<Duration> timeout = time(request, "Request-Timeout", 1000);
        return new Terms(
                priority(request, event ? Priority.BULK : Priority.INTERACTIVE),
                deadline.filter(d -> timeout.isEmpty() || d.compareTo(timeout.get()) < 0)
                        .or(() -> timeout));
    }

    private static Optional<Duration> time(HttpServerRequest request, String header, int unitMillis) {
        String value = request.getHeader(header);
        if (value == null) {
            return Optional.empty();
        }
        double millis = number(value) * unitMillis;
        if (!(millis >= 1)) {
            throw invalid("The header %s is '%s'; send how many %s the answer is waited for, such as %d."
                    .formatted(header, value, unitMillis == 1 ? "milliseconds" : "seconds", 2000 / unitMillis));
        }
        return Optional.of(Duration.ofMillis((long) Math.min(millis, MOST_MILLIS)));
    }

    private static double number(String value) {
        try {
            return Double.parseDouble(value);
        } catch (NumberFormatException e) {
            return Double.NaN;
        }
    }

    private static Priority priority(HttpServerRequest request, Priority usual) {
        String value = request.getHeader("Headroom-Priority");
        if (value == null) {
            return usual;
        }
        return switch (value.trim().toLowerCase(Locale.ROOT)) {
            case "interactive" -> Priority.INTERACTIVE;
            case "bulk" -> Priority.BULK;
            default ->
                throw invalid("The header Headroom-Priority is '%s'; send interactive or bulk.".formatted(value));
        };
    }

    private static RequestFailedException invalid(String detail) {
        return new RequestFailedException(new Failure.Invalid(detail));
    }
}
