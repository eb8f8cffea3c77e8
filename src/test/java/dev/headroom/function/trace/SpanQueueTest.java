package dev.headroom.function.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class SpanQueueTest {

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    /** A collector that may be slow, or take nothing. */
    private static final class FakeCollector implements SpanExporter {

        private final List<SpanData> taken = new ArrayList<>();
        private final CountDownLatch asked = new CountDownLatch(1);
        private final CountDownLatch held;
        private final boolean takes;

        FakeCollector(CountDownLatch held, boolean takes) {
            this.held = held;
            this.takes = takes;
        }

        @Override
        public CompletableResultCode export(Collection<SpanData> spans) {
            asked.countDown();
            try {
                held.await();
            } catch (InterruptedException e) {
                return CompletableResultCode.ofFailure();
            }
            taken.addAll(spans);
            return takes ? CompletableResultCode.ofSuccess() : CompletableResultCode.ofFailure();
        }

        @Override
        public CompletableResultCode flush() {
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public CompletableResultCode shutdown() {
            return CompletableResultCode.ofSuccess();
        }
    }

    private SpanQueue queue(FakeCollector collector) {
        return new SpanQueue(collector, Duration.ofSeconds(1), registry);
    }

    private static void end(SpanQueue queue, int spans) {
        var tracer = SdkTracerProvider.builder().addSpanProcessor(queue).build().get("test");
        for (int i = 0; i < spans; i++) {
            tracer.spanBuilder("span").startSpan().end();
        }
    }

    private double counted(String result) {
        return registry.get("headroom.traces.spans")
                .tag("result", result)
                .counter()
                .count();
    }

    @Test
    void theEndOfTheProcessSendsWhatWaits() {
        FakeCollector collector = new FakeCollector(new CountDownLatch(0), true);
        SpanQueue queue = queue(collector);
        end(queue, 3);
        queue.close();
        assertEquals(3, collector.taken.size());
        assertEquals(3, counted("sent"));
    }

    @Test
    void aCollectorThatHangsHoldsNobodyUpAndWhatItMissesIsCounted() throws InterruptedException {
        CountDownLatch held = new CountDownLatch(1);
        FakeCollector collector = new FakeCollector(held, true);
        SpanQueue queue = queue(collector);
        end(queue, 1);
        collector.asked.await();
        end(queue, 5_000);
        assertEquals(5_000 - 4_096, counted("dropped"));
        held.countDown();
        queue.close();
        assertEquals(1 + 4_096, counted("sent"));
    }

    @Test
    void whatACollectorRefusesIsCounted() {
        SpanQueue queue = queue(new FakeCollector(new CountDownLatch(0), false));
        end(queue, 2);
        queue.close();
        assertEquals(2, counted("refused"));
    }
}
