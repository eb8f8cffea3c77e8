package dev.headroom.function.v2;

import dev.headroom.function.InputReader;
import dev.headroom.function.PendingAnswer;
import dev.headroom.function.RunningRequest;
import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import dev.headroom.request.Urgency;
import dev.headroom.serving.ModelState;
import dev.headroom.serving.ModelStatus;
import dev.headroom.serving.Pipelines;
import dev.headroom.settings.HeadroomConfig;
import dev.headroom.task.Input;
import dev.headroom.task.Options;
import dev.headroom.task.Pipeline;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.WeakHashMap;
import java.util.concurrent.CompletableFuture;
import org.eclipse.microprofile.config.Config;

/** The protocol's view of the served models, for JSON and gRPC alike. */
@Singleton
public class V2Models {

    /** Each model has one version. */
    public static final String VERSION = "1";

    public static final String SERVER = "headroom";
    public static final List<String> EXTENSIONS = List.of("binary_tensor_data", "classification", "model_repository");

    private static final String READY = "READY";
    private static final String UNAVAILABLE = "UNAVAILABLE";

    /** The protocol's name for models in ONNX. */
    public static final String PLATFORM = "onnx_onnxv1";

    private final Pipelines pipelines;
    private final InputReader inputs;
    private final HeadroomConfig config;
    private final String serverVersion;
    private final Map<Pipeline, V2Model> models = Collections.synchronizedMap(new WeakHashMap<>()); // by identity

    V2Models(Pipelines pipelines, InputReader inputs, HeadroomConfig config, Config properties) {
        this.pipelines = pipelines;
        this.inputs = inputs;
        this.config = config;
        this.serverVersion = properties.getValue("quarkus.application.version", String.class);
    }

    /** An entry of the repository's index. */
    @RegisterForReflection
    public record Indexed(String name, String version, String state, String reason) {}

    public String serverVersion() {
        return serverVersion;
    }

    /** A new budget for the inputs of one request. */
    public InputBudget inputBudget() {
        return new InputBudget(config.input().maxElements());
    }

    /**
     * All models; none when only ready ones are wanted and none is ready.
     *
     * @throws RequestFailedException when the service is starting
     */
    public List<Indexed> index(boolean onlyReady) {
        return pipelines.namesOfGraphs().stream()
                .map(this::indexed)
                .filter(model -> !onlyReady || model.state().equals(READY))
                .toList();
    }

    private Indexed indexed(String name) {
        if (!pipelines.ready()) {
            return new Indexed(name, VERSION, UNAVAILABLE, "shutting down or broken");
        }
        ModelStatus status = pipelines.status(name);
        String state =
                switch (status.state()) {
                    case OPEN -> READY;
                    case OPENING -> "LOADING";
                    case CLOSING -> "UNLOADING";
                    case CLOSED, FAILED, UNLOADED -> UNAVAILABLE;
                };
        return new Indexed(name, VERSION, state, status.reason());
    }

    public boolean live() {
        return pipelines.defect().isEmpty();
    }

    public boolean ready() {
        return pipelines.ready();
    }

    /**
     * True if a model is open now: a request would not wait.
     *
     * @throws RequestFailedException when there is none of this name and version, or the service is starting
     */
    public boolean ready(String name, Optional<String> version) {
        if (!pipelines.knows(name)) {
            throw new RequestFailedException(Failure.UnknownModel.of(name, pipelines.names()));
        }
        checkVersion(name, version);
        return pipelines.ready() && pipelines.status(name).state() == ModelState.OPEN;
    }

    /** True if a model or a graph has this name, or none is served now, which the request is to be told. */
    public boolean knows(String name) {
        return !pipelines.started() || pipelines.draining() || pipelines.knows(name);
    }

    /**
     * A model. One that has never been open is opened first, because only its session tells its inputs and outputs.
     *
     * @param version the wanted version; empty for any
     * @throws RequestFailedException when there is none of this name and version, or it is not served now
     */
    public PendingAnswer<V2Model> named(String name, Optional<String> version, Urgency urgency) {
        Pipeline pipeline = pipeline(name, version);
        return PendingAnswer.knowing(
                pipeline, urgency, left -> PendingAnswer.of(CompletableFuture.completedFuture(of(pipeline))));
    }

    private V2Model of(Pipeline pipeline) {
        return models.computeIfAbsent(pipeline, V2Model::of);
    }

    private Pipeline pipeline(String name, Optional<String> version) {
        Pipeline pipeline = pipelines.named(Optional.of(name)).graph();
        checkVersion(name, version);
        return pipeline;
    }

    private static void checkVersion(String name, Optional<String> version) {
        if (!version.orElse(VERSION).equals(VERSION)) {
            throw new RequestFailedException(
                    new Failure.UnknownModel("model '%s' has no version '%s'; its version is %s, or leave it out."
                            .formatted(name, version.get(), VERSION)));
        }
    }

    /**
     * Starts a request; its rows run once its model is open.
     *
     * @return the wanted outputs in their order, once every row has its outcome; fails where one row has failed, because a
     *     tensor has no place for that
     * @throws RequestFailedException when it is not one for its model, or not admitted
     */
    public PendingAnswer<List<OutputRows>> start(TensorRequest request, Urgency urgency) {
        Pipeline pipeline =
                pipeline(request.address().model(), request.address().version());
        return PendingAnswer.knowing(pipeline, urgency, left -> start(pipeline, request, left));
    }

    private PendingAnswer<List<OutputRows>> start(Pipeline pipeline, TensorRequest request, Urgency urgency) {
        V2Model model = of(pipeline);
        model.check(request);
        inputs.checkCount("The inputs' batch", request.rows());
        List<Input> rows = model.rows(request);
        List<Pipeline.Entry> entries = new ArrayList<>(rows.size());
        for (Input row : rows) {
            entries.add(new Pipeline.Entry("row " + entries.size(), row));
        }
        RunningRequest running = new RunningRequest(pipeline.run(entries, Options.USUAL, urgency));
        return PendingAnswer.of(running, running.answers().thenApply(answers -> model.outputs(request, answers)));
    }
}
