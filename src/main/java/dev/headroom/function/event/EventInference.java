package dev.headroom.function.event;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.headroom.function.FailureHandler;
import dev.headroom.function.InputReader;
import dev.headroom.function.event.DuplicateWindow.Share;
import dev.headroom.function.event.DuplicateWindow.Work;
import dev.headroom.function.infer.InferCall;
import dev.headroom.function.infer.InferFunction;
import dev.headroom.function.infer.InferRequest;
import dev.headroom.function.infer.InferResponse;
import dev.headroom.function.tools.ToolCall;
import dev.headroom.request.Urgency;
import dev.headroom.settings.HeadroomConfig;
import dev.headroom.task.Input;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.configuration.MemorySize;
import jakarta.inject.Singleton;
import java.util.List;

/** Calls the function for events, and once only for an event that comes several times, whichever modes it comes in. */
@Singleton
class EventInference {

    private static final int SHARE_OF_HEAP = 32;

    /** The bytes of a response, a vector or a label beside their contents. */
    private static final long OVERHEAD = 200;

    private final InferFunction function;
    private final InputReader limits;
    private final DuplicateWindow<InferResponse> window;
    private final Counter duplicates;

    EventInference(InferFunction function, InputReader limits, HeadroomConfig config, MeterRegistry registry) {
        this.function = function;
        this.limits = limits;
        this.window = new DuplicateWindow<>(
                config.events().duplicateWindow(),
                config.events()
                        .duplicateBytes()
                        .map(MemorySize::asLongValue)
                        .orElse(Runtime.getRuntime().maxMemory() / SHARE_OF_HEAP),
                EventInference::bytes,
                System::nanoTime);
        this.duplicates = Counter.builder("headroom.events.duplicates")
                .description("Events that were answered by the run of the same event before them")
                .register(registry);
    }

    /**
     * Starts on an event, or joins the run of the same event before it. The share's result fails with a
     * {@link dev.headroom.request.RequestFailedException} where the event is not served.
     */
    Share<InferResponse> start(Event event, Urgency urgency) {
        Share<InferResponse> share = window.join(event.fingerprint(), () -> {
            InferCall call = InferCall.ofEvent(request(event), urgency);
            return new Work<>(function.start(call), call.abandonment());
        });
        if (share.duplicate()) {
            duplicates.increment();
        }
        if (urgency.trace().isOn()) {
            share.result().whenComplete((response, failure) -> urgency.trace().ended(FailureHandler.failure(failure)));
        }
        return share;
    }

    /** The model that the data names goes before the one that the event names. */
    private InferRequest request(Event event) {
        InferRequest request =
                switch (event.data()) {
                    case EventData.Json(JsonNode json) -> InferRequest.read(json, limits);
                    case EventData.Text(String text) ->
                        InferRequest.read(JsonNodeFactory.instance.objectNode().put("inputs", text), limits);
                    case EventData.Binary image -> InferRequest.of(new Input.Image(image.octets()));
                };
        return request.orModel(event.attribute("model"));
    }

    /** About the bytes of heap that an answer takes while it is kept for an event that comes again. */
    static long bytes(InferResponse response) {
        return OVERHEAD
                + response.outputs().stream().mapToLong(EventInference::bytes).sum();
    }

    private static long bytes(InferResponse.Output output) {
        long vector = output.embedding() == null ? 0 : (long) output.embedding().length * Float.BYTES;
        List<InferResponse.Label> labels = output.labels() == null ? List.of() : output.labels();
        long id = output.id() == null ? 0 : output.id().length();
        long detail = output.error() == null ? 0 : output.error().detail().length();
        long text = output.text() == null ? 0 : output.text().length();
        long weights = output.sparse() == null ? 0 : (long) output.sparse().indices().length * 2 * Float.BYTES;
        List<ToolCall> calls = output.calls() == null ? List.of() : output.calls();
        return 2 * OVERHEAD
                + vector
                + weights
                + labels.size() * OVERHEAD
                + calls.stream().mapToLong(EventInference::bytes).sum()
                + Character.BYTES * (id + text + detail);
    }

    private static long bytes(ToolCall call) {
        int characters = call.id().length()
                + call.function().name().length()
                + call.function().arguments().length();
        return 2 * OVERHEAD + (long) Character.BYTES * characters;
    }
}
