package dev.headroom.serving;

import dev.headroom.model.TaskSpec;
import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import dev.headroom.task.Pipeline;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The models that are served, from the moment they are warm until the process drains. */
@Singleton
public class Pipelines {

    private static final Duration RETRY_AFTER = Duration.ofSeconds(2);

    private enum State {
        STARTING,
        READY,
        DRAINING
    }

    private volatile State state = State.STARTING;
    private volatile Map<String, Pipeline> pipelines = Map.of();

    /** From now on these are served. */
    public void open(List<Pipeline> warm) {
        pipelines =
                warm.stream().collect(Collectors.toMap(Pipeline::name, Function.identity(), (a, b) -> a, TreeMap::new));
        state = State.READY;
    }

    /** From now on nothing new is admitted, and what was admitted is finished as soon as can be. */
    public void drain() {
        state = State.DRAINING;
        pipelines.values().forEach(pipeline -> pipeline.batcher().drain());
    }

    /** Ends them all; what has not been answered fails. */
    public void close() {
        pipelines.values().forEach(Pipeline::close);
        pipelines = Map.of();
    }

    /**
     * The model that a request asks for.
     *
     * @param name its name; may be empty where one model is served
     * @throws RequestFailedException when there is none of this name, or none is served now
     */
    public Pipeline named(Optional<String> name) {
        checkServing();
        if (name.isEmpty() && pipelines.size() == 1) {
            return pipelines.values().iterator().next();
        }
        if (name.isEmpty()) {
            throw new RequestFailedException(new Failure.Invalid(
                    "model is missing, and several are served: set it to one of %s.".formatted(pipelines.keySet())));
        }
        Pipeline pipeline = pipelines.get(name.get());
        if (pipeline == null) {
            throw new RequestFailedException(Failure.UnknownModel.of(name.get(), pipelines.keySet()));
        }
        return pipeline;
    }

    /**
     * The model that a request for a task asks for.
     *
     * @param name the model's name; may be empty where one model does this
     * @throws RequestFailedException when there is none of this name or for this task, or none is served now
     */
    public Pipeline doing(Class<? extends TaskSpec.OfText> task, Optional<String> name) {
        checkServing();
        List<Pipeline> able = (name.isPresent() ? List.of(named(name)) : served())
                .stream().filter(pipeline -> task.isInstance(pipeline.spec())).toList();
        if (able.size() == 1) {
            return able.getFirst();
        }
        throw new RequestFailedException(new Failure.Invalid(
                able.isEmpty()
                        ? "%s for the task %s; the models and their tasks are: %s."
                                .formatted(
                                        name.map("model '%s' is not"::formatted).orElse("No model here is"),
                                        TaskSpec.NAMES.get(task),
                                        tasks())
                        : "model is missing, and several are for the task %s: set it to one of %s."
                                .formatted(
                                        TaskSpec.NAMES.get(task),
                                        able.stream().map(Pipeline::name).toList())));
    }

    private String tasks() {
        return served().stream()
                .map(pipeline -> pipeline.name() + " (" + pipeline.spec().name() + ")")
                .collect(Collectors.joining(", "));
    }

    /** The models that are served, by name; none before they are warm. */
    public List<Pipeline> served() {
        return List.copyOf(pipelines.values());
    }

    /**
     * The names of all models, in alphabetical order.
     *
     * @throws RequestFailedException when they are not known yet
     */
    public Set<String> names() {
        if (state == State.STARTING) {
            throw starting();
        }
        return pipelines.keySet();
    }

    private void checkServing() {
        switch (state) {
            case STARTING -> throw starting();
            case DRAINING ->
                throw unavailable("The service is shutting down. Try again: another instance will answer.");
            case READY -> {}
        }
    }

    /** Most items that any request can hold; unbounded while none is served, which is then what a request is told. */
    public long mostItems() {
        return pipelines.values().stream()
                .mapToLong(pipeline -> pipeline.batcher().mostItems())
                .max()
                .orElse(Long.MAX_VALUE);
    }

    /** Whether requests are admitted. */
    public boolean ready() {
        return state == State.READY && defect().isEmpty();
    }

    /** Whether nothing new is admitted any more, because the process is about to end. */
    public boolean draining() {
        return state == State.DRAINING;
    }

    /** Whether the models have been loaded and warmed up, once and for all. */
    public boolean started() {
        return state != State.STARTING;
    }

    /** Why only a restart of the process helps; empty while all is well. */
    public Optional<String> defect() {
        return pipelines.values().stream()
                .flatMap(pipeline -> pipeline.batcher().defect().stream())
                .findFirst();
    }

    /** Which devices are lost, and why, while others serve. */
    public List<String> losses() {
        return pipelines.values().stream()
                .flatMap(pipeline -> pipeline.batcher().gates().losses().stream())
                .distinct()
                .toList();
    }

    private static RequestFailedException starting() {
        return unavailable("The service is starting: its models are being loaded. Try again.");
    }

    private static RequestFailedException unavailable(String detail) {
        return new RequestFailedException(new Failure.Unavailable(detail, RETRY_AFTER));
    }
}
