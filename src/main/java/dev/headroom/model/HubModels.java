package dev.headroom.model;

import dev.headroom.hub.Hub;
import dev.headroom.hub.HubName;
import dev.headroom.hub.Repository;
import dev.headroom.model.HubFiles.Choice;
import dev.headroom.model.file.BrokenModelException;
import dev.headroom.model.onnx.OnnxFile;
import dev.headroom.plan.PrecisionRule;
import dev.headroom.plan.PrecisionSetting;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/** Brings models of the Hub into its cache. Used by one thread. */
final class HubModels implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger("dev.headroom");

    private final Hub hub;
    private final Map<HubName, Repository> found = new HashMap<>();
    private final Set<String> told = new HashSet<>();

    HubModels(Hub hub) {
        this.hub = hub;
    }

    /**
     * Brings the files of a model.
     *
     * @param name the name under which it is served
     * @param local a model.yaml of the operator, which goes before the repository's
     * @param rule decides on the graph; empty for the graphs of all devices
     * @throws dev.headroom.hub.HubException when they cannot be had
     * @throws BrokenModelException when the repository has no graph
     */
    ModelFolder folder(String name, HubName model, Optional<ModelYaml> local, Optional<PrecisionRule> rule) {
        Repository repository = found.computeIfAbsent(model, hub::find);
        Path folder = hub.fetch(repository, HubFiles.first(repository));
        ModelYaml yaml = local.orElseGet(() -> ModelYamlFile.read(folder));
        HubFiles files = new HubFiles(
                model.repository(),
                repository.paths(),
                repository.reachable(),
                Optional.ofNullable(yaml.file()),
                yaml.task() != null,
                new HuggingFaceFolder(folder)
                        .sentences()
                        .modules()
                        .map(SentenceModules::all)
                        .orElse(List.of()));
        Choice choice = rule.map(files::by).orElseGet(files::forAnyDevice);
        if (choice.graphs().isEmpty()) {
            throw new NoGraph(hub, repository, yaml).exception();
        }
        hub.fetch(repository, choice.files());
        for (PrecisionSetting graph : choice.graphs()) {
            Path file = folder.resolve(graph.file());
            hub.fetch(repository, HubFiles.beside(graph.file(), OnnxFile.externalNames(file), repository.paths()));
        }
        hub.keep(repository);
        tell(repository, choice);
        HubOrigin origin = new HubOrigin(model.repository(), model.revision(), repository.commit(), choice.graphs());
        return new ModelFolder(name, folder, yaml, Optional.of(origin));
    }

    private void tell(Repository repository, Choice choice) {
        for (PrecisionSetting graph : choice.graphs()) {
            String sentence = "Model %s is commit %s of %s on the Hub, served from %s: %s"
                    .formatted(
                            repository.name().repository(),
                            repository.commit(),
                            repository.name().revision(),
                            graph.file(),
                            graph.reason());
            if (told.add(sentence)) {
                LOG.info(sentence);
            }
        }
    }

    @Override
    public void close() {
        hub.close();
    }

    /**
     * The refusal of a repository without a graph of a known name.
     *
     * @param yaml the model's model.yaml
     */
    private record NoGraph(Hub hub, Repository repository, ModelYaml yaml) {

        private BrokenModelException exception() {
            HubName name = repository.name();
            if (yaml.file() != null) {
                return new BrokenModelException(
                        "%s: model.yaml says 'file: %s', which the repository does not have; its graphs are %s."
                                .formatted(name, yaml.file(), graphs(repository.reachable())));
            }
            List<String> graphs = graphs(repository.reachable());
            if (!graphs.isEmpty()) {
                return new BrokenModelException(
                        "%s: the repository has no model.onnx, but %s; serve one of them from a folder of your own, with a model.yaml that has the lines 'repository: %s' and 'file: NAME'."
                                .formatted(name, graphs, name));
            }
            return new BrokenModelException(
                    "%s: the repository has no ONNX graph; %sexport it with 'optimum-cli export onnx --model %s DIR', and set headroom.models to DIR."
                            .formatted(
                                    name,
                                    exported()
                                            .map(other ->
                                                    "serve " + other + ", which has one of a model of that name, or ")
                                            .orElse(""),
                                    name.repository()));
        }

        private static List<String> graphs(Set<String> paths) {
            return paths.stream()
                    .filter(path -> path.endsWith(".onnx"))
                    .limit(10)
                    .toList();
        }

        /** A repository of those who export others' models by a convention of names; empty where none has a graph. */
        private Optional<String> exported() {
            String last = repository.name().lastPart();
            return Stream.of("onnx-community/%s-ONNX", "Xenova/%s", "onnx-community/%s")
                    .map(convention -> convention.formatted(last))
                    .filter(other -> HubName.of(other)
                            .filter(name -> !graphs(hub.peek(name)).isEmpty())
                            .isPresent())
                    .findFirst();
        }
    }
}
