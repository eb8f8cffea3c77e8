package dev.headroom.function.v2.grpc;

import dev.headroom.function.UrgencyReader;
import dev.headroom.function.body.JsonFields;
import dev.headroom.request.Priority;
import dev.headroom.request.RequestFailedException;
import dev.headroom.request.Urgency;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.StatusRuntimeException;
import io.quarkus.grpc.GlobalInterceptor;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads a call's deadline and priority from its metadata: {@code grpc-timeout} and {@code headroom-priority}. */
@GlobalInterceptor
@Singleton
class GrpcUrgency implements ServerInterceptor {

    private static final Context.Key<Urgency> URGENCY = Context.key("headroom-urgency");
    private static final Metadata.Key<String> TIMEOUT =
            Metadata.Key.of("grpc-timeout", Metadata.ASCII_STRING_MARSHALLER);
    private static final Metadata.Key<String> PRIORITY =
            Metadata.Key.of("headroom-priority", Metadata.ASCII_STRING_MARSHALLER);

    private static final Pattern TIMEOUT_FORM = Pattern.compile("\\d{1,8}[HMSmun]");

    /** The urgency of the call that runs on this thread. */
    static Urgency current() {
        Urgency urgency = URGENCY.get();
        return urgency == null ? Urgency.INTERACTIVE : urgency;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        try {
            Context context = Context.current().withValue(URGENCY, urgency(headers));
            return Contexts.interceptCall(context, call, headers, next);
        } catch (RequestFailedException e) {
            StatusRuntimeException refused = GrpcFailures.of(e);
            call.close(refused.getStatus(), refused.getTrailers());
            return new ServerCall.Listener<>() {};
        }
    }

    static Urgency urgency(Metadata headers) {
        Priority priority = UrgencyReader.priority("metadata's headroom-priority", headers.get(PRIORITY))
                .orElse(Priority.INTERACTIVE);
        return new Urgency(priority, Optional.ofNullable(headers.get(TIMEOUT)).map(GrpcUrgency::timeout));
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
