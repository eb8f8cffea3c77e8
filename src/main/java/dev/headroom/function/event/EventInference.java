package dev.headroom.function.event;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.headroom.function.event.DuplicateWindow.Share;
import dev.headroom.function.event.DuplicateWindow.Work;
import dev.headroom.function.infer.InferResponse;
import dev.headroom.function.infer.Inference;
import dev.headroom.function.infer.RunningInference;
import dev.headroom.request.Timing;
import dev.headroom.request.Urgency;
import dev.headroom.settings.HeadroomConfig;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.configuration.MemorySize;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;

/** Starts on events, once on those that come several times, whichever mode they came in. */
@Singleton
class EventInference {

    private static final int SHARE_OF_HEAP = 32;

    /** The memory of a result, a vector or a label beside what they hold. */
    private static final long OVERHEAD = 200;

    private final Inference inference;
    private final DuplicateWindow<Answered> window;
    private final Counter duplicates;

    EventInference(Inference inference, HeadroomConfig config, MeterRegistry registry) {
        this.inference = inference;
        this.window = new DuplicateWindow<>(
                config.events().duplicateWindow(),
                config.events()
                        .duplicateBytes()
                        .map(MemorySize::asLongValue)
                        .orElse(Runtime.getRuntime().maxMemory() / SHARE_OF_HEAP),
                answered -> bytes(answered.response),
                System::nanoTime);
        this.duplicates = Counter.builder("headroom.events.duplicates")
                .description("Events that were answered by the run of the same event before them")
                .register(registry);
    }

    /**
     * What an event is answered with.
     *
     * @param slowest where the time went of the item that took longest
     */
    record Answered(InferResponse response, Optional<Timing> slowest) {}

    /**
     * Starts on an event. Where it is not served the share's result is a failure: a
     * {@link dev.headroom.request.RequestFailedException}.
     */
    Share<Answered> start(Event event, Urgency urgency) {
        Share<Answered> share = window.join(event.fingerprint(), () -> {
            RunningInference run = run(event, urgency);
            return new Work<>(
                    run.response(true)
                            .thenApply(response ->
                                    new Answered(response, run.running().slowest())),
                    run.running()::abandon);
        });
        if (share.duplicate()) {
            duplicates.increment();
        }
        return share;
    }

    private RunningInference run(Event event, Urgency urgency) {
        Optional<String> model = event.attribute("model");
        return switch (event.data()) {
            case EventData.Json(JsonNode json) -> inference.start(named(json, model), urgency);
            case EventData.Text(String text) ->
                inference.start(named(JsonNodeFactory.instance.objectNode().put("inputs", text), model), urgency);
            case EventData.Binary image -> inference.startImage(image.octets(), model, urgency);
        };
    }

    /** The model that the data names goes before the one that the event does. */
    private static JsonNode named(JsonNode request, Optional<String> model) {
        if (model.isEmpty() || !(request instanceof ObjectNode object) || object.hasNonNull("model")) {
            return request;
        }
        ObjectNode named = JsonNodeFactory.instance.objectNode().put("model", model.get());
        object.properties().stream()
                .filter(field -> !field.getKey().equals("model"))
                .forEach(field -> named.set(field.getKey(), field.getValue()));
        return named;
    }

    private static long bytes(InferResponse response) {
        return OVERHEAD
                + response.outputs().stream().mapToLong(EventInference::bytes).sum();
    }

    private static long bytes(InferResponse.Output output) {
        long vector = output.embedding() == null ? 0 : (long) output.embedding().length * Float.BYTES;
        List<InferResponse.Label> labels = output.labels() == null ? List.of() : output.labels();
        long id = output.id() == null ? 0 : output.id().length();
        long detail = output.error() == null ? 0 : output.error().detail().length();
        return 2 * OVERHEAD + vector + labels.size() * OVERHEAD + Character.BYTES * (id + detail);
    }
}
