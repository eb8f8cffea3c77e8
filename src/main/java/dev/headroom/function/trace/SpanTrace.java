package dev.headroom.function.trace;

import dev.headroom.function.trace.Tracing.Keys;
import dev.headroom.request.BatchRun;
import dev.headroom.request.Failure;
import dev.headroom.request.GeneratedText;
import dev.headroom.request.RequestTrace;
import dev.headroom.request.Timing;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A request, or an event, as a span. Its children are the phases of the item that took longest. */
final class SpanTrace implements RequestTrace {

    private final Tracing tracing;
    private final Span span;
    private long items; // this guards it and the next two
    private Timing slowest;
    private long createdNanos;

    SpanTrace(Tracing tracing, Span span) {
        this.tracing = tracing;
        this.span = span;
    }

    Span span() {
        return span;
    }

    private Context context() {
        return Context.root().with(span);
    }

    @Override
    public boolean isOn() {
        return span.getSpanContext().isSampled();
    }

    @Override
    public synchronized void answered(Timing timing, long nanos) {
        items++;
        if (slowest == null || timing.total().compareTo(slowest.total()) > 0) {
            slowest = timing;
            createdNanos = nanos;
        }
    }

    /** Ends the span, and tells of the phases as its children. */
    synchronized void end() {
        if (slowest != null && isOn()) {
            span.setAttribute(Keys.ITEMS, items);
            long start = Tracing.timeOfDay(createdNanos);
            start = phase("prepare", start, slowest.prepare());
            start = phase("queue", start, slowest.queue());
            start = phase("run", start, slowest.run());
            phase("read", start, slowest.read());
        }
        span.end();
    }

    /** A phase that has passed; returns its end. */
    private long phase(String name, long start, Duration time) {
        long end = start + time.toNanos();
        SpanBuilder phase = tracing.span(name, context()).setStartTimestamp(start, TimeUnit.NANOSECONDS);
        if (name.equals("run")) {
            phase.setAttribute("headroom.batch.items", slowest.batch());
        }
        phase.startSpan().end(end, TimeUnit.NANOSECONDS);
        return end;
    }

    /** A batch belongs to several requests, so its span begins a trace and has links to theirs. */
    @Override
    public void ran(BatchRun batch) {
        SpanBuilder run = tracing.span("batch " + batch.model(), Context.root())
                .setStartTimestamp(Tracing.timeOfDay(batch.startNanos()), TimeUnit.NANOSECONDS)
                .setAttribute(Keys.MODEL, batch.model())
                .setAttribute("headroom.device", batch.device())
                .setAttribute("headroom.batch.items", batch.size().items())
                .setAttribute("headroom.batch.elements", batch.size().elements())
                .setAttribute("headroom.batch.padding", batch.size().padding())
                .setAttribute("headroom.batch.halvings", batch.size().halvings());
        for (RequestTrace request : batch.requests()) {
            if (request instanceof SpanTrace trace) {
                run.addLink(trace.span.getSpanContext());
            }
        }
        run.startSpan().end();
    }

    @Override
    public void generated(GeneratedText text) {
        SpanBuilder generation = tracing.span("text_completion " + text.model(), context())
                .setStartTimestamp(Tracing.timeOfDay(text.arrivedNanos()), TimeUnit.NANOSECONDS)
                .setAttribute("gen_ai.operation.name", "text_completion")
                .setAttribute("gen_ai.provider.name", "headroom")
                .setAttribute(Keys.MODEL, text.model())
                .setAttribute("gen_ai.usage.input_tokens", text.tokens().prompt())
                .setAttribute(
                        "gen_ai.usage.cache_read.input_tokens", text.tokens().cached())
                .setAttribute("gen_ai.usage.output_tokens", text.tokens().generated());
        text.firstTokenNanos()
                .ifPresent(nanos -> generation.setAttribute("gen_ai.response.time_to_first_chunk", nanos / 1e9));
        Span ended = generation.startSpan();
        if (text.failed()) {
            ended.setStatus(StatusCode.ERROR).setAttribute(Keys.ERROR, text.ending());
        } else {
            ended.setAttribute(Keys.ENDINGS, List.of(text.ending()));
        }
        ended.end();
    }

    /** A child of the span that the event names, and with a link to the request; a child of the request where it names none. */
    @Override
    public RequestTrace event(Map<String, String> attributes) {
        Context named = Tracing.parent(attributes, Map::get);
        boolean continues = Span.fromContext(named).getSpanContext().isValid();
        SpanBuilder event = tracing.span("process " + attributes.get("type"), continues ? named : context())
                .setSpanKind(SpanKind.CONSUMER)
                .setAttribute("cloudevents.event_id", attributes.get("id"))
                .setAttribute("cloudevents.event_source", attributes.get("source"))
                .setAttribute("cloudevents.event_type", attributes.get("type"))
                .setAttribute("cloudevents.event_spec_version", attributes.get("specversion"));
        if (continues) {
            event.addLink(span.getSpanContext());
        }
        return new SpanTrace(tracing, event.startSpan());
    }

    @Override
    public Map<String, String> passedOn(Map<String, String> attributes) {
        Map<String, String> passed = new HashMap<>(attributes);
        passed.remove("tracestate");
        W3CTraceContextPropagator.getInstance().inject(context(), passed, Map::put);
        return passed;
    }

    @Override
    public void ended(Optional<Failure> why) {
        why.ifPresent(failure -> span.setStatus(StatusCode.ERROR).setAttribute(Keys.ERROR, failure.name()));
        end();
    }
}
