package dev.headroom.task;

import dev.headroom.model.TaskSpec;
import dev.headroom.request.Failure;
import dev.headroom.request.Item;
import dev.headroom.request.RequestFailedException;
import dev.headroom.request.Urgency;
import dev.headroom.task.Pipeline.Entry;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A model as requests ask for it: one graph, or the two of a dual encoder, one for texts and one for images.
 *
 * @param name the name that was asked for
 * @param graphs the pipelines of its graphs, one or two
 */
public record NamedModel(String name, List<Pipeline> graphs) {

    /** Copies the list. */
    public NamedModel {
        graphs = List.copyOf(graphs);
    }

    /**
     * Starts on a request's inputs, each by the graph for it. All are admitted, or none.
     *
     * @return an item for each input, in their order
     * @throws RequestFailedException when the request is not admitted
     */
    public List<Item<Answer>> run(List<Entry> entries, Options options, Urgency urgency) {
        if (graphs.size() == 1) {
            return graphs.getFirst().run(entries, options, urgency);
        }
        Map<Pipeline, List<Integer>> places = new LinkedHashMap<>();
        for (int i = 0; i < entries.size(); i++) {
            places.computeIfAbsent(graphFor(entries.get(i)), graph -> new ArrayList<>())
                    .add(i);
        }
        List<Item<Answer>> items = new ArrayList<>(entries.size());
        entries.forEach(entry -> items.add(null));
        List<Part> parts = new ArrayList<>();
        places.forEach((graph, at) -> {
            List<Entry> own = at.stream().map(entries::get).toList();
            Part part = new Part(graph, graph.part(own, options, urgency));
            parts.add(part);
            for (int i = 0; i < at.size(); i++) {
                items.set(at.get(i), part.inputs.items().get(i));
            }
        });
        graphs.getFirst().entrance().enter(items, () -> admit(parts));
        return List.copyOf(items);
    }

    /** The inputs of a request that one graph runs. */
    private record Part(Pipeline graph, RequestPart inputs) {}

    /** Admits all parts of a request or none; returns what begins on them. */
    private static Runnable admit(List<Part> parts) {
        List<Admitted> admitted = new ArrayList<>();
        try {
            parts.forEach(part -> admitted.add(part.graph.admit(part.inputs)));
        } catch (RuntimeException | Error e) {
            Failure failure = new Failure.Abandoned("The other inputs of the request were not admitted.");
            admitted.forEach(part -> part.withdrawal().accept(failure));
            throw e;
        }
        return () -> admitted.forEach(part -> part.start().run());
    }

    private Pipeline graphFor(Entry entry) {
        boolean image =
                switch (entry.input()) {
                    case Input.Image _, Input.Reference _ -> true;
                    case Input.Text _, Input.Pair _, Input.Tokens _, Input.Tensors _ -> false;
                };
        return image ? doing(TaskSpec.Image.class).orElseThrow() : forTexts();
    }

    /** The graph for texts, where there are two. */
    public Pipeline forTexts() {
        return doing(TaskSpec.OfText.class).orElse(graphs.getFirst());
    }

    /** The graph with this task; empty where none has it. */
    public Optional<Pipeline> doing(Class<? extends TaskSpec> task) {
        return graphs.stream().filter(graph -> task.isInstance(graph.spec())).findFirst();
    }

    /**
     * Its one graph, for a protocol that speaks of graphs.
     *
     * @throws RequestFailedException when it has two
     */
    public Pipeline graph() {
        if (graphs.size() == 1) {
            return graphs.getFirst();
        }
        throw new RequestFailedException(
                new Failure.UnknownModel("model '%s' has two graphs, and one is asked for here: ask for one of %s."
                        .formatted(name, graphs.stream().map(Pipeline::name).toList())));
    }
}
