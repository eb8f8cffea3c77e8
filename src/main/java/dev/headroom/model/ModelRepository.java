package dev.headroom.model;

import dev.headroom.model.file.BrokenModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** The folder of models: each folder in it is one model, described by its model.yaml or by its exporter's files. */
public record ModelRepository(Path folder) {

    /** A folder with one of these is a model's. */
    private static final List<String> OF_A_MODEL = List.of("model.yaml", "config.json", "model.onnx");

    /**
     * Reads all models, sorted by name.
     *
     * @throws BrokenModelException when the folder or one of its models cannot be served
     */
    public List<ModelSpec> scan() {
        List<ModelSpec> models =
                folders().stream().flatMap(model -> graphs(model).stream()).toList();
        ModelNames.checkUnique(models);
        return models;
    }

    /**
     * The folders of its models, sorted by name: those in the folder, or the folder itself where it holds a model's files.
     *
     * @throws BrokenModelException when there are none
     */
    List<Path> folders() {
        if (!Files.isDirectory(folder)) {
            throw new BrokenModelException(
                    "The models folder %s %s; set headroom.models to the folder that holds your models."
                            .formatted(folder.toAbsolutePath(), Files.exists(folder) ? "is a file" : "does not exist"));
        }
        if (OF_A_MODEL.stream().anyMatch(file -> Files.isRegularFile(folder.resolve(file)))) {
            return List.of(folder);
        }
        try (Stream<Path> folders = Files.list(folder)) {
            List<Path> models = folders.filter(Files::isDirectory)
                    .filter(model -> !isTheFileSystems(model.getFileName().toString()))
                    .sorted()
                    .toList();
            if (models.isEmpty()) {
                throw new BrokenModelException(("The models folder %s holds no model; put a folder with model.onnx"
                                + " into it, or set headroom.models to another one.")
                        .formatted(folder.toAbsolutePath()));
            }
            return models;
        } catch (IOException e) {
            throw new BrokenModelException("The models folder %s cannot be read (%s); check its permissions."
                    .formatted(folder.toAbsolutePath(), e.getMessage()));
        }
    }

    /** True for folders that a mounted volume contains by itself. */
    private static boolean isTheFileSystems(String name) {
        return name.startsWith(".") || name.equals("lost+found");
    }

    /**
     * Reads the graphs in this folder: one, or the two of a dual encoder.
     *
     * @throws BrokenModelException when it cannot be served
     */
    public static List<ModelSpec> graphs(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new BrokenModelException(
                    "%s: there is no such folder; name the one that holds the model's files.".formatted(folder));
        }
        ModelYaml yaml = ModelYamlFile.read(folder);
        if (yaml.repository() != null) {
            throw new BrokenModelException(
                    "%s: model.yaml says 'repository: %s', so that the model's files are elsewhere; run 'pull %s', and name the folder that it prints."
                            .formatted(folder, yaml.repository(), yaml.repository()));
        }
        return graphs(new ModelFolder(ModelNames.ofFolder(folder), folder, yaml, Optional.empty()));
    }

    /** The same for a folder whose model.yaml has been read. */
    static List<ModelSpec> graphs(ModelFolder model) {
        try {
            return describe(model);
        } catch (InvalidPathException e) {
            throw new BrokenModelException("%s: model.yaml names a file that cannot be one (%s); correct its name."
                    .formatted(model.files(), e.getReason()));
        }
    }

    private static List<ModelSpec> describe(ModelFolder model) {
        Path folder = model.files();
        ModelYaml yaml = model.yaml();
        HuggingFaceFolder exported = new HuggingFaceFolder(folder);
        Optional<DualEncoder> two = DualEncoder.of(folder, yaml, exported);
        if (two.isPresent()) {
            return two.get().towers().stream()
                    .map(tower -> spec(
                            model,
                            model.name() + "/" + tower.name(),
                            tower.graph(),
                            new TaskDescription(folder, yaml, exported, new ArrayList<>()),
                            tower::task))
                    .toList();
        }
        GraphFiles graph = model.named()
                .or(() -> exported.graph("model"))
                .orElseThrow(() -> new BrokenModelException(
                        ("%s: there is no model.onnx and no onnx/model*.onnx; export the model to ONNX into this"
                                        + " folder, or name its file in model.yaml with the line 'file: <name>.onnx'.")
                                .formatted(folder)));
        return List.of(spec(
                model,
                model.name(),
                graph,
                new TaskDescription(folder, yaml, exported, new ArrayList<>()),
                description -> description.task(graph)));
    }

    /** The description of one graph of a folder, with its task. */
    private static ModelSpec spec(
            ModelFolder model,
            String name,
            GraphFiles graph,
            TaskDescription description,
            Function<TaskDescription, TaskSpec> itsTask) {
        TaskSpec task = itsTask.apply(description);
        YamlNumbers numbers = new YamlNumbers(model.files(), model.yaml());
        return new ModelSpec(
                name,
                ModelNames.of(model),
                graph,
                task,
                numbers.memory(task.elementsPerItem()),
                numbers.weight(),
                numbers.batch(),
                List.copyOf(description.remarks()),
                model.origin(),
                numbers.residence());
    }
}
