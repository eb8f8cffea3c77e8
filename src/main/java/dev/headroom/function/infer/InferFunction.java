package dev.headroom.function.infer;

import dev.headroom.function.RunningRequest;
import dev.headroom.function.body.RequestMemory;
import dev.headroom.function.generate.NamedTextModels;
import dev.headroom.function.generate.TextMemory;
import dev.headroom.function.infer.InferRequest.Asked;
import dev.headroom.generation.TextModel;
import dev.headroom.serving.Pipelines;
import dev.headroom.task.NamedModel;
import dev.headroom.task.Pipeline;
import io.quarkus.funqy.Funq;
import io.quarkus.funqy.knative.events.CloudEventMapping;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The function. {@link InferRoute} calls it for {@code POST /infer}, and EventRoute calls it for CloudEvents.
 *
 * <p>Both routes stand before the routes that Funqy makes for it. Funqy's would read bodies uncounted, hand each call to a worker
 * thread, and answer unreadable events with statuses that brokers repeat.
 */
@Singleton
public class InferFunction {

    /** The type of the events that ask for inference. */
    public static final String EVENT_TYPE = "dev.headroom.infer";

    /** The type of the events that answer. */
    public static final String RESULT_TYPE = "dev.headroom.infer.result";

    /** The source of the events that answer. */
    public static final String SOURCE = "headroom";

    private final Pipelines pipelines;
    private final NamedTextModels texts;
    private final RequestMemory memory;

    InferFunction(Pipelines pipelines, NamedTextModels texts, RequestMemory memory) {
        this.pipelines = pipelines;
        this.texts = texts;
        this.memory = memory;
    }

    /**
     * Starts on the request's good inputs at once; the response follows when each of them has been answered or has failed.
     *
     * @return the response, or a {@link dev.headroom.request.RequestFailedException} where no input was answered
     * @throws dev.headroom.request.RequestFailedException when the request as a whole is not served
     */
    @Funq
    @CloudEventMapping(trigger = EVENT_TYPE, responseType = RESULT_TYPE, responseSource = SOURCE)
    public Uni<InferResponse> infer(InferCall call) {
        return Uni.createFrom().completionStage(start(call));
    }

    /** The same for the routes, to which a Uni would be a detour. */
    public CompletableFuture<InferResponse> start(InferCall call) {
        return pipelines.generates(call.request().model()) ? generated(call) : response(batched(call), call);
    }

    private static CompletableFuture<InferResponse> response(RunningInference<?> inference, InferCall call) {
        call.gone().thenRun(inference.running()::abandon);
        return inference.response(call.event());
    }

    /** Its texts have memory until the response is made, and not while it is written: several requests may share a response. */
    private CompletableFuture<InferResponse> generated(InferCall call) {
        RequestMemory.Share share = memory.share();
        try {
            return response(generation(call, TextMemory.whole(share)), call)
                    .whenComplete((made, failure) -> share.release());
        } catch (RuntimeException | Error e) {
            share.release();
            throw e;
        }
    }

    private RunningInference<?> batched(InferCall call) {
        NamedModel model = pipelines.named(call.request().model());
        InferRequest request = call.request().withoutPrompts(model.name());
        List<Pipeline.Entry> entries = entries(request.asked());
        RunningRequest running = new RunningRequest(
                entries.isEmpty() ? List.of() : model.run(entries, request.options(), call.urgency()));
        return new RunningInference<>(model.name(), request.asked(), new RunningItems(running));
    }

    private RunningInference<?> generation(InferCall call, TextMemory text) {
        InferRequest request = call.request();
        TextModel model = texts.named(request.model());
        String name = request.model().orElse(model.name());
        return new RunningInference<>(name, request.asked(), RunningTexts.start(model, request, call.urgency(), text));
    }

    private static List<Pipeline.Entry> entries(List<Asked> asked) {
        List<Pipeline.Entry> entries = new ArrayList<>();
        for (int i = 0; i < asked.size(); i++) {
            if (asked.get(i) instanceof Asked.Good good) {
                entries.add(new Pipeline.Entry(good.id().orElse("inputs[" + i + "]"), good.input()));
            }
        }
        return entries;
    }
}
