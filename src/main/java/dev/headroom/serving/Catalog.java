package dev.headroom.serving;

import dev.headroom.task.NamedModel;
import dev.headroom.task.Pipeline;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The models that requests may ask for, by their names; each may be open or closed.
 *
 * @param models each model under the name of its folder, in alphabetical order
 * @param byName each model under the name of its folder and under each alias
 * @param graphs the pipelines by the names of their graphs; a dual encoder has two
 */
public record Catalog(List<NamedModel> models, Map<String, NamedModel> byName, Map<String, Pipeline> graphs) {

    /** No models. */
    public static final Catalog EMPTY = new Catalog(List.of(), Map.of(), Map.of());

    /** These models, open or not. */
    static Catalog of(List<HostedModel> models) {
        Map<String, Pipeline> graphs = new TreeMap<>();
        Map<String, NamedModel> named = new TreeMap<>();
        for (HostedModel model : models) {
            List<Pipeline> own =
                    model.graphs().stream().map(ServedModel::pipeline).toList();
            own.forEach(pipeline -> graphs.put(pipeline.name(), pipeline));
            model.graphs().getFirst().names().forEach(name -> named.put(name, new NamedModel(name, own)));
        }
        List<NamedModel> folders =
                models.stream().map(HostedModel::name).sorted().map(named::get).toList();
        return new Catalog(folders, named, graphs);
    }

    /** The model of this name, which may be that of one graph; empty where there is none. */
    public Optional<NamedModel> named(String name) {
        return Optional.ofNullable(byName.get(name))
                .or(() -> Optional.ofNullable(graphs.get(name)).map(graph -> new NamedModel(name, List.of(graph))));
    }

    /** The names that stand for one graph each, in alphabetical order. */
    public Set<String> ofOneGraph() {
        Set<String> names = new TreeSet<>(graphs.keySet());
        byName.values().stream()
                .filter(model -> model.graphs().size() == 1)
                .map(NamedModel::name)
                .forEach(names::add);
        return names;
    }
}
