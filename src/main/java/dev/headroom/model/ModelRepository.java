package dev.headroom.model;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** The folder of models: each folder in it is one model, described by its model.yaml or by its exporter's files. */
public record ModelRepository(Path folder) {

    private static final ObjectMapper YAML = new ObjectMapper(
                    new YAMLFactory().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION))
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT);

    /**
     * Reads all models, sorted by name.
     *
     * @throws BrokenModelException when the folder or one of its models cannot be served
     */
    public List<ModelSpec> scan() {
        if (!Files.isDirectory(folder)) {
            throw new BrokenModelException(
                    "The models folder %s %s; set headroom.models to the folder that holds your models."
                            .formatted(folder.toAbsolutePath(), Files.exists(folder) ? "is a file" : "does not exist"));
        }
        try (Stream<Path> folders = Files.list(folder)) {
            List<ModelSpec> models = folders.filter(Files::isDirectory)
                    .filter(model -> !isTheFileSystems(model.getFileName().toString()))
                    .sorted()
                    .flatMap(model -> graphs(model).stream())
                    .toList();
            if (models.isEmpty()) {
                throw new BrokenModelException(("The models folder %s holds no model; put a folder with model.onnx"
                                + " into it, or set headroom.models to another one.")
                        .formatted(folder.toAbsolutePath()));
            }
            ModelNames.checkUnique(models);
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
        try {
            return describe(folder);
        } catch (InvalidPathException e) {
            throw new BrokenModelException("%s: model.yaml names a file that cannot be one (%s); correct its name."
                    .formatted(folder, e.getReason()));
        }
    }

    private static List<ModelSpec> describe(Path folder) {
        ModelYaml yaml = yaml(folder);
        HuggingFaceFolder exported = new HuggingFaceFolder(folder);
        String name = ModelNames.ofFolder(folder);
        Optional<DualEncoder> two = DualEncoder.of(folder, yaml, exported);
        if (two.isPresent()) {
            return two.get().towers().stream()
                    .map(tower -> spec(
                            name + "/" + tower.name(),
                            tower.graph(),
                            new TaskDescription(folder, yaml, exported, new ArrayList<>()),
                            tower::task))
                    .toList();
        }
        GraphFiles graph = Optional.ofNullable(yaml.file())
                .map(file -> GraphFiles.of(folder, folder.resolve(file)))
                .or(() -> exported.graph("model"))
                .orElseThrow(() -> new BrokenModelException(
                        ("%s: there is no model.onnx and no onnx/model*.onnx; export the model to ONNX into this"
                                        + " folder, or name its file in model.yaml with the line 'file: <name>.onnx'.")
                                .formatted(folder)));
        return List.of(spec(
                name,
                graph,
                new TaskDescription(folder, yaml, exported, new ArrayList<>()),
                description -> description.task(graph)));
    }

    /** The description of one graph of a folder, with its task. */
    private static ModelSpec spec(
            String name, GraphFiles graph, TaskDescription description, Function<TaskDescription, TaskSpec> itsTask) {
        Path folder = description.folder();
        ModelYaml yaml = description.yaml();
        TaskSpec task = itsTask.apply(description);
        YamlNumbers numbers = new YamlNumbers(folder, yaml);
        return new ModelSpec(
                name,
                ModelNames.of(folder, yaml),
                graph,
                task,
                numbers.memory(task.elementsPerItem()),
                numbers.weight(),
                numbers.batch(),
                List.copyOf(description.remarks()));
    }

    private static ModelYaml yaml(Path folder) {
        Path file = folder.resolve("model.yaml");
        try {
            ModelYaml written = Files.exists(file) ? YAML.readValue(file.toFile(), ModelYaml.class) : null;
            return written == null ? YAML.convertValue(Map.of(), ModelYaml.class) : written;
        } catch (UnrecognizedPropertyException e) {
            throw new BrokenModelException(
                    "%s: model.yaml has the field %s, which is not known; the fields there are: %s."
                            .formatted(folder, e.getPropertyName(), e.getKnownPropertyIds()));
        } catch (JsonProcessingException e) {
            throw new BrokenModelException("%s: model.yaml is not as docs/models.md describes it (%s); correct it."
                    .formatted(folder, problem(e)));
        } catch (IOException e) {
            throw new BrokenModelException(
                    "%s: model.yaml cannot be read (%s); check its permissions.".formatted(folder, e.getMessage()));
        }
    }

    /** The problem without the names of Java's types. */
    private static String problem(JsonProcessingException e) {
        String message = e.getOriginalMessage().lines().findFirst().orElse("unreadable");
        String problem =
                switch (e) {
                    case ValueInstantiationException value
                    when value.getCause() != null -> value.getCause().getMessage();
                    case InvalidFormatException value -> "'%s' is no value".formatted(value.getValue());
                    case MismatchedInputException _ when message.startsWith("Missing") -> "a field is missing";
                    case MismatchedInputException _ -> "there is a value of another kind";
                    default -> message;
                };
        return problem + where(e);
    }

    private static String where(JsonProcessingException e) {
        Stream<String> path = e instanceof JsonMappingException mapping
                ? mapping.getPath().stream().map(JsonMappingException.Reference::getFieldName)
                : Stream.of();
        return path.filter(Objects::nonNull)
                .reduce((outer, inner) -> outer + "." + inner)
                .map(field -> ", at " + field)
                .orElseGet(() -> e.getLocation() == null
                        ? ""
                        : ", line " + e.getLocation().getLineNr());
    }
}
