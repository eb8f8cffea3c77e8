package dev.headroom.function.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.opentelemetry.api.trace.SpanId;
import io.opentelemetry.api.trace.TraceId;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SecureIdsTest {

    private static final int IDS = 100;

    private final SecureIds ids = new SecureIds();

    @Test
    void idsAreValidAndNoTwoAreAlike() {
        check(ids::generateTraceId, TraceId::isValid);
        check(ids::generateSpanId, SpanId::isValid);
    }

    private static void check(Supplier<String> generator, Predicate<String> valid) {
        Set<String> all = Stream.generate(generator).limit(IDS).collect(Collectors.toSet());
        assertEquals(IDS, all.size());
        assertTrue(all.stream().allMatch(valid), all.toString());
    }
}
