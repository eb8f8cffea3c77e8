package dev.headroom.serving;

import dev.headroom.generation.TextModels;
import dev.headroom.model.TaskSpec;
import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import dev.headroom.task.NamedModel;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Finds the model that a request asks for, by its name or by its task.
 *
 * @param catalog the models that run batches
 * @param texts those that generate text, which have doors of their own
 */
record ModelLookup(Catalog catalog, TextModels texts) {

    /** The model of a name, an alias or a graph; without one the only model that is served. */
    NamedModel named(Optional<String> name) {
        List<NamedModel> models = catalog.models();
        if (name.isPresent()) {
            return catalog.named(name.get()).orElseThrow(() -> new RequestFailedException(unknown(name.get())));
        }
        if (models.size() == 1) {
            return models.getFirst();
        }
        throw new RequestFailedException(
                allGenerate()
                        ? otherTask(texts.all().getFirst().name())
                        : Failure.Invalid.of(
                                "model",
                                "is missing, and several are served: set it to one of %s.".formatted(names(models))));
    }

    /** True if the model of this name generates text; without one if all do. */
    boolean generates(Optional<String> name) {
        return name.map(texts.names()::contains).orElseGet(this::allGenerate);
    }

    private boolean allGenerate() {
        return catalog.models().isEmpty() && !texts.names().isEmpty();
    }

    private Failure unknown(String name) {
        return texts.find(name).isPresent()
                ? otherTask(name)
                : Failure.UnknownModel.of(name, catalog.byName().keySet());
    }

    private static Failure otherTask(String name) {
        return Failure.Invalid.of(
                "model",
                "'%s' generates text; ask for that at /v1/chat/completions, /v1/completions, /generate or /infer."
                        .formatted(name));
    }

    /** The model that does this, of a name; without one the only model that does. */
    NamedModel doing(Class<? extends TaskSpec.OfText> task, Optional<String> name) {
        List<NamedModel> models = name.isPresent() ? List.of(named(name)) : catalog.models();
        List<NamedModel> able =
                models.stream().filter(model -> model.doing(task).isPresent()).toList();
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
                                .formatted(TaskSpec.NAMES.get(task), names(able)),
                Optional.of("model")));
    }

    private static List<String> names(List<NamedModel> models) {
        return models.stream().map(NamedModel::name).toList();
    }

    private String tasks() {
        return catalog.graphs().values().stream()
                .map(pipeline -> pipeline.name() + " (" + pipeline.spec().name() + ")")
                .collect(Collectors.joining(", "));
    }
}
