package dev.headroom.function;

import dev.headroom.function.trace.Traces;
import dev.headroom.request.Failure;
import dev.headroom.request.Priority;
import dev.headroom.request.RequestFailedException;
import dev.headroom.request.Urgency;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Reads the urgency of a request from the headers {@code Headroom-Deadline-Ms}, {@code Request-Timeout} and
 * {@code Headroom-Priority}, or from an event's attributes.
 */
public final class UrgencyReader {

    private static final CharSequence PRIORITY = HttpHeaders.createOptimized("Headroom-Priority");
    private static final CharSequence DEADLINE = HttpHeaders.createOptimized("Headroom-Deadline-Ms");
    private static final CharSequence TIMEOUT = HttpHeaders.createOptimized("Request-Timeout");

    private static final double MOST_MILLIS = Duration.ofDays(1).toMillis();

    private static final Pattern NUMBER = Pattern.compile("\\s*\\d{1,15}(\\.\\d{0,9})?\\s*");

    private UrgencyReader() {}

    /**
     * Reads the headers. Without a priority an event is bulk and a call interactive. The earlier of two deadlines
     * applies.
     *
     * @throws RequestFailedException when one of them makes no sense
     */
    public static Urgency of(RoutingContext context, boolean event) {
        HttpServerRequest request = context.request();
        return new Urgency(
                priority("header Headroom-Priority", request.getHeader(PRIORITY))
                        .orElse(event ? Priority.BULK : Priority.INTERACTIVE),
                earlier(
                        time("header Headroom-Deadline-Ms", request.getHeader(DEADLINE), 1),
                        time("header Request-Timeout", request.getHeader(TIMEOUT), 1000)),
                Traces.of(context));
    }

    /**
     * Reads an event's attributes {@code headroompriority} and {@code headroomdeadlinems}. The attribute's priority
     * takes precedence over the headers'. The earlier of two deadlines applies. The event's trace begins, and
     * {@link dev.headroom.request.RequestTrace#ended} ends it.
     *
     * @param attributes the event's, by name
     * @param headers the urgency in the headers, for all events that came with them
     * @throws RequestFailedException when one of them makes no sense
     */
    public static Urgency of(Map<String, String> attributes, Urgency headers) {
        String priority = attributes.get("headroompriority");
        String deadline = attributes.get("headroomdeadlinems");
        return new Urgency(
                priority("attribute headroompriority", priority).orElse(headers.priority()),
                earlier(headers.deadline(), time("attribute headroomdeadlinems", deadline, 1)),
                headers.trace().event(attributes));
    }

    private static Optional<Duration> earlier(Optional<Duration> one, Optional<Duration> other) {
        return one.filter(time -> other.isEmpty() || time.compareTo(other.get()) < 0)
                .or(() -> other);
    }

    private static Optional<Duration> time(String name, String value, int unitMillis) {
        if (value == null) {
            return Optional.empty();
        }
        double millis = number(value) * unitMillis;
        if (!(millis >= 1)) {
            throw invalid("The %s is '%s'; send how many %s the answer is waited for, such as %d."
                    .formatted(name, value, unitMillis == 1 ? "milliseconds" : "seconds", 2000 / unitMillis));
        }
        return Optional.of(Duration.ofMillis((long) Math.min(millis, MOST_MILLIS)));
    }

    private static double number(String value) {
        return NUMBER.matcher(value).matches() ? Double.parseDouble(value) : Double.NaN;
    }

    /**
     * Reads a priority.
     *
     * @param name the field that holds it, for the error
     * @param value may be null
     * @throws RequestFailedException when it is none
     */
    public static Optional<Priority> priority(String name, String value) {
        if (value == null) {
            return Optional.empty();
        }
        return switch (value.trim().toLowerCase(Locale.ROOT)) {
            case "interactive" -> Optional.of(Priority.INTERACTIVE);
            case "bulk" -> Optional.of(Priority.BULK);
            default -> throw invalid("The %s is '%s'; send interactive or bulk.".formatted(name, value));
        };
    }

    private static RequestFailedException invalid(String detail) {
        return new RequestFailedException(new Failure.Invalid(detail));
    }
}
