package dev.headroom.serving;

import dev.headroom.generation.TextModels;
import dev.headroom.model.TaskSpec;
import dev.headroom.plan.Plan;
import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import dev.headroom.task.NamedModel;
import dev.headroom.task.Pipeline;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The models that requests may ask for, from the moment they are warm until the process drains. Any thread may call,
 * and never waits.
 */
@Singleton
public class Pipelines {

    private final TextModels texts;
    private volatile ServingState state = ServingState.STARTING;
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
        state = ServingState.READY;
    }

    private Catalog catalog() {
        return served.map(ServedModels::catalog).orElse(Catalog.EMPTY);
    }

    /** Admits nothing new from now on; batches with admitted items close at once. */
    public void drain() {
        state = ServingState.DRAINING;
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
        return lookup().named(name);
    }

    /**
     * True if a request for this model asks for text.
     *
     * @param name its name or an alias; may be empty where all models that are served generate text
     * @throws RequestFailedException when none is served now
     */
    public boolean generates(Optional<String> name) {
        return lookup().generates(name);
    }

    /**
     * The model that a request for a task asks for.
     *
     * @param name the model's name; may be empty where one model does this
     * @throws RequestFailedException when there is none of this name or for this task, or none is served now
     */
    public NamedModel doing(Class<? extends TaskSpec.OfText> task, Optional<String> name) {
        return lookup().doing(task, name);
    }

    private ModelLookup lookup() {
        checkServing();
        return new ModelLookup(catalog(), texts);
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

    /** Has models opened and closed on demand; there is one while models are served. */
    Openings openings() {
        return served.orElseThrow().openings();
    }

    private Catalog known() {
        state.checkStarted();
        return catalog();
    }

    /**
     * Passes while requests are admitted.
     *
     * @throws RequestFailedException when the service starts or drains
     */
    public void checkServing() {
        state.checkServing();
    }

    /** Requests that the live plan admits beyond the running batches, as it is now; 1 before there is a plan. */
    public int prefetch() {
        return served.map(models -> models.plan().graphs().most(Plan::prefetch)).orElse(1);
    }

    /** True while requests are admitted. */
    public boolean ready() {
        return state == ServingState.READY && defect().isEmpty();
    }

    /** True once nothing new is admitted, because the process is about to end. */
    public boolean draining() {
        return state == ServingState.DRAINING;
    }

    /** True once the models have been loaded and warmed up, until the process ends. */
    public boolean started() {
        return state != ServingState.STARTING;
    }

    /** The reason why only a restart of the process helps; empty while a device serves each model. */
    public Optional<String> defect() {
        return served.flatMap(ServedModels::defect);
    }

    /** The devices that are lost while others serve, each with the reason. */
    public List<String> losses() {
        return served.map(models -> models.devices().gates().losses()).orElse(List.of());
    }
}
