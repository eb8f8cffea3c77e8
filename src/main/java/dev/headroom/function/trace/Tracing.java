package dev.headroom.function.trace;

import dev.headroom.request.RequestTrace;
import dev.headroom.settings.TraceSampling;
import dev.headroom.settings.TraceSettings;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporterBuilder;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SpanLimits;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** OpenTelemetry, made by hand: no environment is read and no service looked up but the sender's. */
final class Tracing implements AutoCloseable {

    /** A batch links to each of its requests, of which it has fewer. */
    private static final int MOST_LINKS = 100_000;

    private final SpanQueue queue;
    private final SdkTracerProvider provider;
    private final Tracer tracer;

    Tracing(TraceSettings settings, MeterRegistry registry) {
        queue = new SpanQueue(exporter(settings), settings.timeout(), registry);
        provider = SdkTracerProvider.builder()
                .setIdGenerator(new SecureIds())
                .setResource(resource(settings))
                .setSampler(new LinkedSampler(sampler(settings.sampling())))
                .setSpanLimits(
                        SpanLimits.builder().setMaxNumberOfLinks(MOST_LINKS).build())
                .addSpanProcessor(queue)
                .build();
        tracer = provider.get("dev.headroom");
    }

    private static OtlpHttpSpanExporter exporter(TraceSettings settings) {
        OtlpHttpSpanExporterBuilder exporter = OtlpHttpSpanExporter.builder()
                .setEndpoint(settings.endpoint().toString())
                .setTimeout(settings.timeout())
                .setConnectTimeout(settings.timeout())
                .setCompression(settings.gzip() ? "gzip" : "none");
        settings.headers().forEach(exporter::addHeader);
        return exporter.build();
    }

    private static Resource resource(TraceSettings settings) {
        AttributesBuilder said = Attributes.builder();
        settings.resource().forEach(said::put);
        return Resource.getDefault().merge(Resource.create(said.build()));
    }

    private static Sampler sampler(TraceSampling sampling) {
        Sampler own = sampling.share() >= 1 ? Sampler.alwaysOn() : Sampler.traceIdRatioBased(sampling.share());
        return sampling.parentDecides() ? Sampler.parentBased(own) : own;
    }

    /** A span that is about to begin. */
    SpanBuilder span(String name, Context parent) {
        return tracer.spanBuilder(name).setParent(parent);
    }

    /** A trace without a span, of which events may come. */
    RequestTrace ofNoRequest() {
        return new SpanTrace(this, Span.getInvalid());
    }

    /** The caller's span, by W3C's trace context; the root where there is none, or it cannot be read. */
    static <T> Context parent(T carrier, TextMapGetter<T> getter) {
        return W3CTraceContextPropagator.getInstance().extract(Context.root(), carrier, getter);
    }

    /** The time of day, in nanoseconds, of a moment that {@link System#nanoTime} has told. */
    static long timeOfDay(long nanos) {
        Instant now = Instant.now();
        return TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano() - (System.nanoTime() - nanos);
    }

    /** Sends what is left. */
    @Override
    public void close() {
        queue.close();
        provider.close();
    }

    /** The keys of attributes: OpenTelemetry's where it has one, else ours. */
    static final class Keys {

        static final AttributeKey<String> ERROR = AttributeKey.stringKey("error.type");
        static final AttributeKey<String> MODEL = AttributeKey.stringKey("gen_ai.request.model");
        static final AttributeKey<Long> ITEMS = AttributeKey.longKey("headroom.items");

        static final AttributeKey<List<String>> ENDINGS = AttributeKey.stringArrayKey("gen_ai.response.finish_reasons");

        private Keys() {}
    }
}
