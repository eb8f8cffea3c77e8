package dev.headroom.function.trace;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.opentelemetry.sdk.trace.samplers.SamplingDecision;
import java.util.List;
import org.junit.jupiter.api.Test;

class LinkedSamplerTest {

    private static final SpanContext SAMPLED = request(TraceFlags.getSampled());
    private static final SpanContext UNSAMPLED = request(TraceFlags.getDefault());

    private static SpanContext request(TraceFlags flags) {
        return SpanContext.create(
                "0123456789abcdef0123456789abcdef", "0123456789abcdef", flags, TraceState.getDefault());
    }

    private static boolean isSampled(Context parent, SpanContext linked) {
        return new LinkedSampler(Sampler.alwaysOff())
                .shouldSample(
                        parent,
                        linked.getTraceId(),
                        "batch",
                        SpanKind.INTERNAL,
                        Attributes.empty(),
                        List.of(LinkData.create(linked)))
                .getDecision()
                .equals(SamplingDecision.RECORD_AND_SAMPLE);
    }

    @Test
    void aBatchIsSampledWhereARequestOfItIs() {
        assertTrue(isSampled(Context.root(), SAMPLED));
        assertFalse(isSampled(Context.root(), UNSAMPLED));
    }

    @Test
    void whatHasAParentIsLeftToTheOther() {
        assertFalse(isSampled(Context.root().with(Span.wrap(UNSAMPLED)), SAMPLED));
    }
}
