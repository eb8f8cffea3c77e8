package dev.headroom.model;

import dev.headroom.hub.Repository;
import dev.headroom.model.SentenceModules.Module;
import dev.headroom.model.Tower.Kind;
import dev.headroom.plan.Precision;
import dev.headroom.plan.PrecisionRule;
import dev.headroom.plan.PrecisionSetting;
import dev.headroom.plan.Source;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Chooses the files of a repository that a model needs, by their names alone. Weights of PyTorch and programs are never among
 * them.
 *
 * @param model the model's name, for the messages
 * @param paths all files of the repository
 * @param reachable those that can be had now
 * @param graph the graph that model.yaml names; empty where names decide
 * @param single true if one graph is served even where there are two for texts and images
 * @param modules the modules of sentence-transformers, whose folders are needed
 */
record HubFiles(
        String model,
        Set<String> paths,
        Set<String> reachable,
        Optional<String> graph,
        boolean single,
        List<Module> modules) {

    /** The files that say which others are needed. */
    private static final List<String> FIRST = List.of("model.yaml", "modules.json");

    /** The files of a folder that describe a model. */
    private static final Pattern DESCRIPTION = Pattern.compile(
            "config\\.json|tokenizer\\.json|tokenizer_config\\.json|special_tokens_map\\.json|generation_config\\.json|genai_config\\.json|chat_template\\.(jinja|json)|additional_chat_templates/tool_use\\.jinja|added_tokens\\.json|modules\\.json|model\\.yaml|config_sentence_transformers\\.json|sentence_[a-z-]+_config\\.json|preprocessor_config\\.json|processor_config\\.json|1_Pooling/config\\.json");

    /** The chosen graphs, with the reasons. */
    record Choice(List<PrecisionSetting> graphs, List<String> files) {}

    /** The files of a repository that say which others are needed. */
    static List<String> first(Repository repository) {
        return FIRST.stream().filter(repository.paths()::contains).toList();
    }

    /**
     * Chooses the files for a device.
     *
     * @throws dev.headroom.settings.PlanRefusedException when the operator wants a missing precision
     */
    Choice by(PrecisionRule rule) {
        return choice(names().stream().map(names -> setting(names, rule)).toList());
    }

    /** Chooses the files for all devices: graphs in full precision and in 16 bits. */
    Choice forAnyDevice() {
        return choice(names().stream()
                .flatMap(names -> names.byPrecision().entrySet().stream())
                .map(file -> new PrecisionSetting(file.getKey(), file.getValue(), Source.DEFAULT, "for any device"))
                .toList());
    }

    private Choice choice(List<PrecisionSetting> graphs) {
        return new Choice(
                graphs,
                Stream.of(
                                descriptions().stream(),
                                graphs.stream().map(PrecisionSetting::file),
                                graphs.stream().flatMap(graph -> weights(graph.file()).stream()))
                        .flatMap(files -> files)
                        .distinct()
                        .toList());
    }

    /** The graphs: one, or the two of a model of texts and images; none where there is none of a known name. */
    private List<GraphNames> names() {
        if (graph.isPresent()) {
            return reachable.contains(graph.get())
                    ? List.of(GraphNames.beside(graph.get(), reachable::contains))
                    : List.of();
        }
        List<GraphNames> both = Stream.of(Kind.values())
                .map(kind -> GraphNames.of(kind.file, reachable))
                .flatMap(Optional::stream)
                .toList();
        return both.size() == Kind.values().length && !single
                ? both
                : GraphNames.of("model", reachable).map(List::of).orElse(List.of());
    }

    private PrecisionSetting setting(GraphNames names, PrecisionRule rule) {
        if (names.quantised()) {
            return new PrecisionSetting(
                    Precision.FULL,
                    names.file(),
                    Source.DEFAULT,
                    "the repository has no graph in full precision or in 16 bits; the answers of a quantised one may depend on the others in a batch");
        }
        return rule.choose(model, names.byPrecision());
    }

    /** The files of weights that exporters put beside a graph. The graph itself may name others. */
    private List<String> weights(String file) {
        Pattern beside = Pattern.compile(Pattern.quote(file.replaceFirst("\\.onnx$", "")) + "(\\.onnx)?[._]data[^/]*");
        return matching(beside);
    }

    /** The graph stands for the first module, whose weights are not needed. */
    private List<String> descriptions() {
        List<String> files = new ArrayList<>(matching(DESCRIPTION));
        for (Module module : modules) {
            if (!module.path().isEmpty()) {
                String folder = Pattern.quote(module.path().replaceFirst("/+$", "") + "/");
                boolean reader = module.equals(modules.getFirst());
                files.addAll(matching(
                        Pattern.compile(folder + (reader ? "[^/]+\\.json" : "([^/]+\\.json|model\\.safetensors)"))));
            }
        }
        return files;
    }

    private List<String> matching(Pattern pattern) {
        return paths.stream().filter(path -> pattern.matcher(path).matches()).toList();
    }

    /** The files of these names, relative to the graph's folder, that the repository has. */
    static List<String> beside(String graph, Collection<String> names, Set<String> paths) {
        String folder = graph.substring(0, graph.lastIndexOf('/') + 1);
        return names.stream()
                .map(name -> folder + name.replaceFirst("^(\\./)+", ""))
                .filter(paths::contains)
                .toList();
    }
}
