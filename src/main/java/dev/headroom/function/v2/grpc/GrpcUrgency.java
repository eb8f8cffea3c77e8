package dev.headroom.function.v2.grpc;

import dev.headroom.function.UrgencyReader;
import dev.headroom.function.body.JsonFields;
import dev.headroom.request.Priority;
import dev.headroom.request.RequestTrace;
import dev.headroom.request.Urgency;
import io.vertx.core.MultiMap;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads a call's deadline and priority from its metadata: {@code grpc-timeout} and {@code headroom-priority}. */
final class GrpcUrgency {

    private static final Pattern TIMEOUT_FORM = Pattern.compile("\\d{1,8}[HMSmun]");

    private GrpcUrgency() {}

    /** The urgency of a call with these headers. */
    static Urgency of(MultiMap headers, RequestTrace trace) {
        Priority priority = UrgencyReader.priority("metadata's headroom-priority", headers.get("headroom-priority"))
                .orElse(Priority.INTERACTIVE);
        return new Urgency(
                priority, Optional.ofNullable(headers.get("grpc-timeout")).map(GrpcUrgency::timeout), trace);
    }

    /** Parses at most eight digits and a unit. */
    private static Duration timeout(String value) {
        if (!TIMEOUT_FORM.matcher(value).matches()) {
            throw JsonFields.invalid(
                    "grpc-timeout is '%s'; send a number of at most 8 digits and one of H M S m u n.", value);
        }
        long amount = Long.parseLong(value.substring(0, value.length() - 1));
        Duration unit =
                switch (value.charAt(value.length() - 1)) {
                    case 'H' -> Duration.ofHours(1);
                    case 'M' -> Duration.ofMinutes(1);
                    case 'S' -> Duration.ofSeconds(1);
                    case 'm' -> Duration.ofMillis(1);
                    case 'u' -> Duration.ofNanos(1000);
                    default -> Duration.ofNanos(1);
                };
        Duration most = Duration.ofDays(1);
        Duration asked = unit.multipliedBy(amount);
        return asked.compareTo(most) < 0 ? asked : most;
    }
}
