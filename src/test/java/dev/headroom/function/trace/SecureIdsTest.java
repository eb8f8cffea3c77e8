package dev.headroom.function.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.opentelemetry.api.trace.SpanId;
import io.opentelemetry.api.trace.TraceId;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SecureIdsTest {

    private final SecureIds ids = new SecureIds();

    @Test
    void idsAreValidAndNoTwoAreAlike() {
        assertEquals(
                100,
                Stream.generate(ids::generateTraceId)
                        .limit(100)
                        .peek(id -> assertTrue(TraceId.isValid(id), id))
                        .collect(Collectors.toSet())
                        .size());
        assertEquals(
                100,
                Stream.generate(ids::generateSpanId)
                        .limit(100)
                        .peek(id -> assertTrue(SpanId.isValid(id), id))
                        .collect(Collectors.toSet())
                        .size());
    }
}
