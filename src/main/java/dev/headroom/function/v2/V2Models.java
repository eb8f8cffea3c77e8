package dev.headroom.function.v2;

import dev.headroom.function.InputReader;
import dev.headroom.function.RunningRequest;
import dev.headroom.function.body.StrictJson;
import dev.headroom.function.v2.json.V2Json;
import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import dev.headroom.request.Urgency;
import dev.headroom.serving.Pipelines;
import dev.headroom.settings.HeadroomConfig;
import dev.headroom.task.Input;
import dev.headroom.task.Options;
import dev.headroom.task.Pipeline;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.eclipse.microprofile.config.Config;

/** What the protocol asks of models, whichever door it is asked through. */
@Singleton
public class V2Models {

    /** Each model has one version. */
    public static final String VERSION = "1";

    public static final String SERVER = "headroom";
    public static final List<String> EXTENSIONS = List.of("binary_tensor_data", "classification", "model_repository");

    /** The protocol's name for models in ONNX. */
    public static final String PLATFORM = "onnx_onnxv1";

    private final Pipelines pipelines;
    private final InputReader inputs;
    private final HeadroomConfig config;
    private final String serverVersion;

    V2Models(Pipelines pipelines, InputReader inputs, HeadroomConfig config, Config properties) {
        this.pipelines = pipelines;
        this.inputs = inputs;
        this.config = config;
        V2Json.FACTORY.setStreamReadConstraints(StrictJson.limits(config.input()));
        this.serverVersion = properties.getValue("quarkus.application.version", String.class);
    }

    /** A model in the repository's index. */
    @RegisterForReflection
    public record Indexed(String name, String version, String state, String reason) {}

    public String serverVersion() {
        return serverVersion;
    }

    /** How much the inputs of a request may hold. */
    public InputBudget inputBudget() {
        return new InputBudget(config.input().maxElements());
    }

    /**
     * All models, or none where only those are wanted that are ready and none is.
     *
     * @throws RequestFailedException when the service is starting
     */
    public List<Indexed> index(boolean onlyReady) {
        Set<String> names = pipelines.names();
        boolean ready = pipelines.ready();
        return onlyReady && !ready
                ? List.of()
                : names.stream()
                        .map(name -> new Indexed(
                                name, VERSION, ready ? "READY" : "UNAVAILABLE", ready ? "" : "shutting down or broken"))
                        .toList();
    }

    public boolean live() {
        return pipelines.defect().isEmpty();
    }

    public boolean ready() {
        return pipelines.ready();
    }

    /**
     * Whether a model is served now.
     *
     * @throws RequestFailedException when there is none of this name and version, or the service is starting
     */
    public boolean ready(String name, Optional<String> version) {
        if (!pipelines.names().contains(name)) {
            throw new RequestFailedException(Failure.UnknownModel.of(name, pipelines.names()));
        }
        checkVersion(name, version);
        return pipelines.ready();
    }

    /**
     * A model.
     *
     * @param version the version that is asked for; empty for any
     * @throws RequestFailedException when there is none of this name and version, or it is not served now
     */
    public V2Model named(String name, Optional<String> version) {
        return V2Model.of(pipeline(name, version));
    }

    private Pipeline pipeline(String name, Optional<String> version) {
        Pipeline pipeline = pipelines.named(Optional.of(name));
        checkVersion(name, version);
        return pipeline;
    }

    private static void checkVersion(String name, Optional<String> version) {
        version.filter(asked -> !asked.equals(VERSION)).ifPresent(asked -> {
            throw new RequestFailedException(
                    new Failure.UnknownModel("model '%s' has no version '%s'; its version is %s, or leave it out."
                            .formatted(name, asked, VERSION)));
        });
    }

    /**
     * Starts on a request.
     *
     * @throws RequestFailedException when it is not one for its model, or not admitted
     */
    public RunningTensors start(TensorRequest request, Urgency urgency) {
        Pipeline pipeline =
                pipeline(request.address().model(), request.address().version());
        V2Model model = V2Model.of(pipeline);
        V2Model.Checked checked = model.check(request);
        inputs.checkCount("The inputs' batch", checked.rows());
        List<Input> rows = model.rows(request, checked);
        List<Pipeline.Entry> entries = IntStream.range(0, rows.size())
                .mapToObj(row -> new Pipeline.Entry("row " + row, rows.get(row)))
                .toList();
        return new RunningTensors(request, model, new RunningRequest(pipeline.run(entries, Options.USUAL, urgency)));
    }
}
