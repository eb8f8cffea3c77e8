package dev.headroom.function;

import com.fasterxml.jackson.databind.JsonNode;
import dev.headroom.batch.Item;
import dev.headroom.batch.Terms;
import dev.headroom.task.Pipeline;
import dev.headroom.task.Pipelines;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;

/** Takes a request apart into items and starts on them, whichever door it came through. */
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
    RunningRequest start(JsonNode json, Terms terms) {
        InferRequest request = InferRequest.read(json, pipelines.mostItems());
        Pipeline pipeline = pipelines.named(request.model());
        List<Pipeline.Text> texts = new ArrayList<>();
        for (int i = 0; i < request.inputs().size(); i++) {
            if (request.inputs().get(i) instanceof InferRequest.Input.Good good) {
                texts.add(new Pipeline.Text(good.id().orElse("inputs[" + i + "]"), good.text()));
            }
        }
        List<Item<float[]>> items = texts.isEmpty() ? List.of() : pipeline.embed(texts, request.normalize(), terms);
        return new RunningRequest(pipeline.name(), request.inputs(), items);
    }
}
