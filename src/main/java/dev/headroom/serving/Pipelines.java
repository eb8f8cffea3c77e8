package dev.headroom.serving;

import dev.headroom.batch.Batcher;
import dev.headroom.generation.TextModels;
import dev.headroom.model.TaskSpec;
import dev.headroom.plan.Plan;
import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import dev.headroom.task.NamedModel;
import dev.headroom.task.Pipeline;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/**
 * The models that requests may ask for, from the moment they are warm until the process drains. Any thread may call,
 * and never waits.
 */
@Singleton
public class Pipelines {

    private static final Duration RETRY_AFTER = Duration.ofSeconds(2);

    private enum State {
        STARTING,
        READY,
        DRAINING
    }

    private final TextModels texts;
    private volatile State state = State.STARTING;
    private volatile Optional<ServedModels> served = Optional.empty();

    /** No models yet. The others, which generate text, have doors of their own. */
    public Pipelines(TextModels texts) {
        this.texts = texts;
    }

    /**
     * From now on models are served.
     *
     * @param models those that are open and warm, and those that are opened on demand
     */
    public void open(ServedModels models) {
        served = Optional.of(models);
        state = State.READY;
    }

    private Catalog catalog() {
        return served.map(ServedModels::catalog).orElse(Catalog.EMPTY);
    }

    /** Admits nothing new from now on; batches with admitted items close at once. */
    public void drain() {
        state = State.DRAINING;
        served().forEach(Pipeline::drain);
    }

    /** Closes all pipelines; items without an answer fail. */
    public void close() {
        served().forEach(Pipeline::end);
        served = Optional.empty();
    }

    /**
     * The model that a request asks for.
     *
     * @param name its name or an alias, or the name of one of its graphs; may be empty where one model is served
     * @throws RequestFailedException when there is none of this name, or none is served now
     */
    public NamedModel named(Optional<String> name) {
        checkServing();
        Catalog catalog = catalog();
        if (name.isEmpty() && catalog.models().size() == 1) {
            return catalog.models().getFirst();
        }
        if (name.isEmpty() && catalog.models().isEmpty() && !texts.names().isEmpty()) {
            throw new RequestFailedException(otherTask(texts.all().getFirst().name()));
        }
        if (name.isEmpty()) {
            throw new RequestFailedException(
                    new Failure.Invalid("model is missing, and several are served: set it to one of %s."
                            .formatted(names(catalog.models()))));
        }
        return catalog.named(name.get()).orElseThrow(() -> new RequestFailedException(unknown(name.get())));
    }

    /**
     * True if a request for this model asks for text.
     *
     * @param name its name or an alias; may be empty where all models that are served generate text
     * @throws RequestFailedException when none is served now
     */
    public boolean generates(Optional<String> name) {
        checkServing();
        return name.map(texts.names()::contains)
                .orElseGet(() -> catalog().models().isEmpty() && !texts.names().isEmpty());
    }

    private Failure unknown(String name) {
        return texts.find(name).isPresent()
                ? otherTask(name)
                : Failure.UnknownModel.of(name, catalog().byName().keySet());
    }

    private static Failure otherTask(String name) {
        return new Failure.Invalid(
                "model '%s' generates text; ask for that at /v1/chat/completions, /v1/completions, /generate or /infer."
                        .formatted(name));
    }

    /**
     * The model that a request for a task asks for.
     *
     * @param name the model's name; may be empty where one model does this
     * @throws RequestFailedException when there is none of this name or for this task, or none is served now
     */
    public NamedModel doing(Class<? extends TaskSpec.OfText> task, Optional<String> name) {
        checkServing();
        List<NamedModel> able = (name.isPresent()
                        ? List.of(named(name))
                        : catalog().models())
                .stream().filter(model -> model.doing(task).isPresent()).toList();
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
                                .formatted(TaskSpec.NAMES.get(task), names(able))));
    }

    private static List<String> names(List<NamedModel> models) {
        return models.stream().map(NamedModel::name).toList();
    }

    private String tasks() {
        return served().stream()
                .map(pipeline -> pipeline.name() + " (" + pipeline.spec().name() + ")")
                .collect(Collectors.joining(", "));
    }

    /** The graphs that are served, by name; none before they are warm. */
    public List<Pipeline> served() {
        return List.copyOf(catalog().graphs().values());
    }

    /**
     * The names of all models and their aliases, in alphabetical order.
     *
     * @throws RequestFailedException when they are not known yet
     */
    public Set<String> names() {
        return known().byName().keySet();
    }

    /** The same, with those that generate text. */
    public Set<String> allNames() {
        Set<String> all = new TreeSet<>(names());
        all.addAll(texts.names());
        return all;
    }

    /**
     * The same for a protocol that speaks of graphs: a dual encoder has two, each with a name of its own.
     *
     * @throws RequestFailedException when they are not known yet
     */
    public Set<String> namesOfGraphs() {
        return known().ofOneGraph();
    }

    /**
     * True if a model has this name, or one of its graphs.
     *
     * @throws RequestFailedException when that is not known yet
     */
    public boolean knows(String name) {
        return known().named(name).isPresent();
    }

    /**
     * A model and its state.
     *
     * @param name its name or an alias, or the name of one of its graphs
     * @throws RequestFailedException when there is none of this name, or that is not known yet
     */
    public ModelStatus status(String name) {
        known();
        return served.flatMap(models -> models.status(name))
                .orElseThrow(() -> new RequestFailedException(Failure.UnknownModel.of(name, names())));
    }

    /**
     * Opens a model for an operator, in its turn among those that requests wait for.
     *
     * @param name as that of {@link #status}
     * @return completes once it is open; with a {@link RequestFailedException} when it cannot be opened
     * @throws RequestFailedException when there is none of this name, or nothing is served now
     */
    public CompletableFuture<Void> load(String name) {
        checkServing();
        String folder = status(name).name();
        return served.orElseThrow().openings().load(folder).thenAccept(reached -> {
            if (reached != ModelState.OPEN) {
                throw new RequestFailedException(new Failure.Unavailable(
                        "The model %s could not be opened: %s"
                                .formatted(folder, status(name).reason()),
                        ModelState.PAUSE_AFTER_FAILURE));
            }
        });
    }

    /**
     * Closes a model for an operator, until it is loaded.
     *
     * @param name as that of {@link #status}
     * @return completes once its requests are answered and it is closed
     * @throws RequestFailedException when there is none of this name, or nothing is served now
     */
    public CompletableFuture<Void> unload(String name) {
        checkServing();
        String folder = status(name).name();
        return served.orElseThrow().openings().unload(folder).thenAccept(reached -> {});
    }

    private Catalog known() {
        if (state == State.STARTING) {
            throw starting();
        }
        return catalog();
    }

    /**
     * Passes while requests are admitted.
     *
     * @throws RequestFailedException when the service starts or drains
     */
    public void checkServing() {
        switch (state) {
            case STARTING -> throw starting();
            case DRAINING ->
                throw unavailable("The service is shutting down. Try again: another instance will answer.");
            case READY -> {}
        }
    }

    /** Requests that the live plan admits beyond the running batches, as it is now; 1 before there is a plan. */
    public int prefetch() {
        return served.map(models -> models.plan().most(Plan::prefetch)).orElse(1);
    }

    /** True while requests are admitted. */
    public boolean ready() {
        return state == State.READY && defect().isEmpty();
    }

    /** True once nothing new is admitted, because the process is about to end. */
    public boolean draining() {
        return state == State.DRAINING;
    }

    /** True once the models have been loaded and warmed up, until the process ends. */
    public boolean started() {
        return state != State.STARTING;
    }

    /** The reason why only a restart of the process helps; empty while a device serves. */
    public Optional<String> defect() {
        return served().stream()
                .flatMap(pipeline -> pipeline.batcher().flatMap(Batcher::defect).stream())
                .findFirst();
    }

    /** The devices that are lost while others serve, each with the reason. */
    public List<String> losses() {
        return served().stream()
                .flatMap(pipeline -> pipeline.batcher().stream())
                .flatMap(batcher -> batcher.gates().losses().stream())
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
