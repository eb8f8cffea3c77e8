package dev.headroom.function.trace;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Spans on their way to the collector. A thread of its own sends them, so that a collector that is slow or away costs requests
 * nothing: what the queue does not hold is dropped and counted.
 */
final class SpanQueue implements SpanProcessor {

    private static final Logger LOG = Logger.getLogger("dev.headroom");

    private static final int MOST_WAITING = 4096;
    private static final int MOST_AT_A_TIME = 512;
    private static final Duration PERIOD = Duration.ofSeconds(1);

    /** The end of the process waits no longer for a collector. */
    private static final Duration LONGEST_CLOSE = Duration.ofSeconds(3);

    /** The spans, and an empty one that wakes the thread at the end. */
    private final BlockingQueue<Optional<ReadableSpan>> waiting = new ArrayBlockingQueue<>(MOST_WAITING);

    private final SpanExporter exporter;
    private final Duration timeout;
    private final Counter sent;
    private final Counter dropped;
    private final Counter refused;
    private final Thread thread;
    private volatile boolean closed;

    SpanQueue(SpanExporter exporter, Duration timeout, MeterRegistry registry) {
        this.exporter = exporter;
        this.timeout = timeout;
        sent = counter(registry, "sent");
        dropped = counter(registry, "dropped");
        refused = counter(registry, "refused");
        thread = Thread.ofPlatform().daemon().name("headroom-traces").start(this::run);
    }

    private static Counter counter(MeterRegistry registry, String result) {
        return Counter.builder("headroom.traces.spans")
                .description(
                        "Spans: sent, dropped because too many waited, or refused because the collector did not take them")
                .tags("result", result)
                .register(registry);
    }

    private void run() {
        while (!closed || !waiting.isEmpty()) {
            try {
                List<SpanData> spans = next();
                if (!spans.isEmpty()) {
                    send(spans);
                }
            } catch (InterruptedException e) {
                closed = true;
            } catch (RuntimeException | Error e) {
                LOG.error("Spans were not sent", e);
            }
        }
    }

    /** The spans of one delivery: those of a period, or as many as go at a time; none after a period without any. */
    private List<SpanData> next() throws InterruptedException {
        List<SpanData> spans = new ArrayList<>();
        long due = System.nanoTime() + PERIOD.toNanos();
        while (spans.size() < MOST_AT_A_TIME) {
            long left = closed ? 0 : due - System.nanoTime();
            Optional<ReadableSpan> span = waiting.poll(left, TimeUnit.NANOSECONDS);
            if (span == null) {
                break;
            }
            span.ifPresent(ended -> spans.add(ended.toSpanData()));
        }
        return spans;
    }

    private void send(List<SpanData> spans) {
        CompletableResultCode result = exporter.export(spans).join(timeout.toMillis(), TimeUnit.MILLISECONDS);
        (result.isSuccess() ? sent : refused).increment(spans.size());
    }

    @Override
    public void onEnd(ReadableSpan span) {
        if (span.getSpanContext().isSampled() && (closed || !waiting.offer(Optional.of(span)))) {
            dropped.increment();
        }
    }

    @Override
    public boolean isEndRequired() {
        return true;
    }

    @Override
    public void onStart(Context parent, ReadWriteSpan span) {}

    @Override
    public boolean isStartRequired() {
        return false;
    }

    /** Sends what waits, as far as the collector takes it in a few seconds. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        waiting.offer(Optional.empty()); // where there is no room, the thread does not wait for spans
        try {
            thread.join(LONGEST_CLOSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        List<Optional<ReadableSpan>> left = new ArrayList<>();
        waiting.drainTo(left);
        dropped.increment(left.stream().filter(Optional::isPresent).count());
        exporter.shutdown();
    }

    @Override
    public CompletableResultCode shutdown() {
        close();
        return CompletableResultCode.ofSuccess();
    }
}
