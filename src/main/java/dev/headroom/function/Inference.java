package dev.headroom.function;

import com.fasterxml.jackson.databind.JsonNode;
import dev.headroom.batch.Terms;
import dev.headroom.function.InferRequest.Asked;
import dev.headroom.task.Pipeline;
import dev.headroom.task.Pipelines;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;

/** Takes a request of our own apart into items and starts on them, whether it came by HTTP or as an event. */
@Singleton
class Inference {

    private final Pipelines pipelines;

    Inference(Pipelines pipelines) {
        this.pipelines = pipelines;
    }

    /**
     * Reads a request, admits its good inputs and starts on them.
     *
     * @param terms what the caller asks of their time
     * @throws dev.headroom.batch.RequestFailedException when the request as a whole is not served
     */
    RunningInference start(JsonNode json, Terms terms) {
        InferRequest request = InferRequest.read(json, pipelines.mostItems());
        Pipeline pipeline = pipelines.named(request.model());
        List<Pipeline.Entry> entries = new ArrayList<>();
        for (int i = 0; i < request.asked().size(); i++) {
            if (request.asked().get(i) instanceof Asked.Good good) {
                entries.add(new Pipeline.Entry(good.id().orElse("inputs[" + i + "]"), good.input()));
            }
        }
        return new RunningInference(
                pipeline.name(),
                request.asked(),
                new RunningRequest(entries.isEmpty() ? List.of() : pipeline.run(entries, request.options(), terms)));
    }
}
