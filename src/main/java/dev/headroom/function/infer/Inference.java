package dev.headroom.function.infer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.headroom.function.InputReader;
import dev.headroom.function.RunningRequest;
import dev.headroom.function.infer.InferRequest.Asked;
import dev.headroom.request.Urgency;
import dev.headroom.serving.Pipelines;
import dev.headroom.task.Input;
import dev.headroom.task.Options;
import dev.headroom.task.Pipeline;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Takes a request of our own apart into items and starts on them, whether it came by HTTP or as an event. */
@Singleton
public class Inference {

    private final Pipelines pipelines;
    private final InputReader inputs;

    Inference(Pipelines pipelines, InputReader inputs) {
        this.pipelines = pipelines;
        this.inputs = inputs;
    }

    /**
     * Reads a request, admits its good inputs and starts on them.
     *
     * @param urgency what the caller asks of their time
     * @throws dev.headroom.request.RequestFailedException when the request as a whole is not served
     */
    public RunningInference start(JsonNode json, Urgency urgency) {
        InferRequest request = InferRequest.read(json, inputs);
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
                new RunningRequest(entries.isEmpty() ? List.of() : pipeline.run(entries, request.options(), urgency)));
    }

    /**
     * The same for one image.
     *
     * @param model the model's name; empty where one model is served
     * @throws dev.headroom.request.RequestFailedException when the request is not served
     */
    public RunningInference startImage(byte[] file, Optional<String> model, Urgency urgency) {
        Pipeline pipeline = pipelines.named(model);
        Input image = new Input.Image(file);
        return new RunningInference(
                pipeline.name(),
                List.of(new Asked.Good(Optional.empty(), image)),
                new RunningRequest(pipeline.run(List.of(new Pipeline.Entry("data", image)), Options.USUAL, urgency)));
    }
}
