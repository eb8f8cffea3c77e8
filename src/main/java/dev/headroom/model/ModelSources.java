package dev.headroom.model;

import dev.headroom.hub.Hub;
import dev.headroom.hub.HubException;
import dev.headroom.hub.HubName;
import dev.headroom.hub.HubSettings;
import dev.headroom.hub.Progress;
import dev.headroom.model.file.BrokenModelException;
import dev.headroom.plan.PrecisionRule;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * The models that {@code headroom.models} names: those in folders, and those of the Hub, whose files it brings into a cache. Used by
 * one thread. Nothing of the Hub is loaded unless a model comes from there.
 */
public final class ModelSources implements AutoCloseable {

    private final List<String> entries;
    private final Supplier<HubModels> connect;
    private Optional<HubModels> hub = Optional.empty();
    private long hubNanos;

    /**
     * The sources of models.
     *
     * @param entries folders and names, as the operator wrote them; {@code NAME=} before one calls its model so
     * @param environment returns the value of an environment variable, or null where it is not set
     * @param progress follows downloads
     */
    public ModelSources(List<String> entries, UnaryOperator<String> environment, Supplier<Progress> progress) {
        this.entries = entries.stream().map(String::strip).toList();
        this.connect = () -> new HubModels(new Hub(HubSettings.of(environment), progress.get()));
    }

    /**
     * Reads all models, sorted by name; brings those of the Hub with the graphs that the rule chooses.
     *
     * @throws BrokenModelException when one of them cannot be had or served
     * @throws dev.headroom.settings.PlanRefusedException when the operator wants a precision that one of them has not
     */
    public List<ModelSpec> models(PrecisionRule rule) {
        return models(Optional.of(rule));
    }

    /** The same with the graphs that any device may be served from. */
    public List<ModelSpec> modelsForAnyDevice() {
        return models(Optional.empty());
    }

    private List<ModelSpec> models(Optional<PrecisionRule> rule) {
        try {
            List<ModelSpec> models = entries.stream()
                    .map(ModelEntry::of)
                    .flatMap(entry -> folders(entry, rule))
                    .flatMap(folder -> ModelRepository.graphs(folder).stream())
                    .sorted(Comparator.comparing(ModelSpec::name))
                    .toList();
            ModelNames.checkUnique(models);
            return models;
        } catch (HubException e) {
            throw new BrokenModelException(e.getMessage());
        }
    }

    private Stream<ModelFolder> folders(ModelEntry entry, Optional<PrecisionRule> rule) {
        if (entry.isFolder()) {
            return entry.folders().stream()
                    .map(folder -> folder(entry.name().orElseGet(() -> ModelNames.ofFolder(folder)), folder, rule));
        }
        HubName model = HubName.of(entry.place())
                .orElseThrow(() -> new BrokenModelException(
                        "'%s' in headroom.models is neither a folder here nor a name on the Hub; correct it, such as to BAAI/bge-small-en-v1.5 or org/name@revision."
                                .formatted(entry.place().replaceAll("\\p{Cntrl}", "?"))));
        return Stream.of(ofHub(entry.name().orElseGet(model::repository), model, Optional.empty(), rule));
    }

    private ModelFolder folder(String name, Path folder, Optional<PrecisionRule> rule) {
        ModelYaml yaml = ModelYamlFile.read(folder);
        if (yaml.repository() == null) {
            return new ModelFolder(name, folder, yaml, Optional.empty());
        }
        HubName repository = HubName.of(yaml.repository())
                .orElseThrow(() -> new BrokenModelException(
                        "%s: model.yaml says 'repository: %s', which is no name on the Hub; write it as org/name or org/name@revision."
                                .formatted(folder, yaml.repository().replaceAll("\\p{Cntrl}", "?"))));
        return ofHub(name, repository, Optional.of(yaml), rule);
    }

    private ModelFolder ofHub(String name, HubName model, Optional<ModelYaml> local, Optional<PrecisionRule> rule) {
        long start = System.nanoTime();
        try {
            if (hub.isEmpty()) {
                hub = Optional.of(connect.get());
            }
            return hub.get().folder(name, model, local, rule);
        } finally {
            hubNanos += System.nanoTime() - start;
        }
    }

    /** True if a model came from the Hub. */
    public boolean named() {
        return hub.isPresent();
    }

    /** The time that models of the Hub have taken. */
    public Duration downloading() {
        return Duration.ofNanos(hubNanos);
    }

    /** Ends the connections to the Hub. */
    @Override
    public void close() {
        hub.ifPresent(HubModels::close);
    }
}
