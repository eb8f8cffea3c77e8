package dev.headroom.function.trace;

import io.opentelemetry.api.trace.SpanId;
import io.opentelemetry.api.trace.TraceId;
import io.opentelemetry.sdk.trace.IdGenerator;
import java.security.SecureRandom;

/**
 * The ids of traces and spans, by the system's random numbers: with those that OpenTelemetry takes, processes that are restored
 * from one checkpoint would give the same. Any thread may call.
 */
final class SecureIds implements IdGenerator {

    private final SecureRandom random = new SecureRandom();

    @Override
    public String generateSpanId() {
        return SpanId.fromLong(notZero());
    }

    @Override
    public String generateTraceId() {
        return TraceId.fromLongs(random.nextLong(), notZero());
    }

    /** An id of zeros is invalid. */
    private long notZero() {
        long number = random.nextLong();
        return number == 0 ? 1 : number;
    }
}
