package dev.headroom.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.headroom.plan.MemoryProfile;
import io.quarkus.runtime.configuration.MemorySizeConverter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The folder of models: each folder in it is one model, described by its model.yaml or by its exporter's files. */
public record ModelRepository(Path folder) {

    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory())
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT);

    private static final int DEFAULT_MAX_LENGTH = 512;
    private static final int LONGEST = 1_000_000;
    private static final int MOST_WEIGHT = 1000;

    /**
     * The models, by name.
     *
     * @throws BrokenModelException when the folder or one of its models cannot be served
     */
    public List<ModelSpec> scan() {
        if (!Files.isDirectory(folder)) {
            throw new BrokenModelException(
                    "The models folder %s does not exist; set headroom.models to the folder that holds your models."
                            .formatted(folder.toAbsolutePath()));
        }
        try (Stream<Path> folders = Files.list(folder)) {
            List<ModelSpec> models = folders.filter(Files::isDirectory)
                    .filter(model -> !isTheFileSystems(model.getFileName().toString()))
                    .sorted()
                    .map(ModelRepository::read)
                    .toList();
            if (models.isEmpty()) {
                throw new BrokenModelException(("The models folder %s holds no model; put a folder with model.onnx and"
                                + " tokenizer.json into it, or set headroom.models to another one.")
                        .formatted(folder.toAbsolutePath()));
            }
            return models;
        } catch (IOException e) {
            throw new BrokenModelException("The models folder %s cannot be read (%s); check its permissions."
                    .formatted(folder.toAbsolutePath(), e.getMessage()));
        }
    }

    /** What a mounted volume brings along. */
    private static boolean isTheFileSystems(String name) {
        return name.startsWith(".") || name.equals("lost+found");
    }

    /**
     * The model in this folder.
     *
     * @throws BrokenModelException when it cannot be served
     */
    public static ModelSpec read(Path folder) {
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

    private static ModelSpec describe(Path folder) {
        ModelYaml yaml = yaml(folder);
        if (!yaml.task().equals("embed")) {
            throw new BrokenModelException("%s: model.yaml says 'task: %s', which is not served; the tasks are: embed."
                    .formatted(folder, yaml.task()));
        }
        HuggingFaceFolder exported = new HuggingFaceFolder(folder);
        GraphFiles graph = Optional.ofNullable(yaml.file())
                .map(file -> GraphFiles.of(folder, folder.resolve(file)))
                .or(exported::graph)
                .orElseThrow(() -> new BrokenModelException(
                        ("%s: there is no model.onnx and no onnx/model*.onnx; export the model to ONNX into this"
                                        + " folder, or name its file in model.yaml with the line 'file: <name>.onnx'.")
                                .formatted(folder)));
        TaskSpec task = embed(folder, yaml, exported);
        return new ModelSpec(
                folder.toAbsolutePath().normalize().getFileName().toString(),
                graph,
                task,
                memory(folder, yaml, task.elementsPerItem()),
                weight(folder, yaml));
    }

    private static int weight(Path folder, ModelYaml yaml) {
        int weight = Optional.ofNullable(yaml.weight()).orElse(1);
        if (weight < 1 || weight > MOST_WEIGHT) {
            throw new BrokenModelException(
                    "%s: model.yaml says 'weight: %d'; set it to between 1 and %d, twice another model's for twice its share of the device."
                            .formatted(folder, weight, MOST_WEIGHT));
        }
        return weight;
    }

    private static TaskSpec embed(Path folder, ModelYaml yaml, HuggingFaceFolder exported) {
        Path tokenizer = folder.resolve(Optional.ofNullable(yaml.tokenizer()).orElse("tokenizer.json"));
        int maxLength =
                Optional.ofNullable(yaml.maxLength()).or(exported::maxLength).orElse(DEFAULT_MAX_LENGTH);
        if (maxLength < 1 || maxLength > LONGEST) {
            throw new BrokenModelException(
                    "%s: model.yaml says 'max_length: %d'; set it to the tokens of the longest text."
                            .formatted(folder, maxLength));
        }
        long padId = Optional.ofNullable(yaml.padId()).orElseGet(exported::padId);
        return new TaskSpec.Embed(
                PresentFile.of(folder, tokenizer, "put the model's tokenizer.json there"),
                new TaskSpec.Text(maxLength, padId),
                Optional.ofNullable(yaml.pooling()).or(exported::pooling).orElse(Pooling.MEAN),
                Optional.ofNullable(yaml.normalize()).orElseGet(exported::normalize),
                Optional.ofNullable(yaml.inputs()).orElse(List.of()),
                Optional.ofNullable(yaml.output()));
    }

    private static Optional<MemoryProfile> memory(Path folder, ModelYaml yaml, long longest) {
        if (yaml.memory() == null) {
            return Optional.empty();
        }
        return Optional.of(MemoryProfile.ofItem(
                bytes(folder, "base", yaml.memory().base()),
                bytes(folder, "per_item", yaml.memory().perItem()),
                longest));
    }

    private static long bytes(Path folder, String field, String text) {
        try {
            long bytes = new MemorySizeConverter()
                    .convert(String.valueOf(text).trim().replaceFirst("(?i)(?<=[KMGT])i?B$", ""))
                    .asLongValue();
            if (bytes > 0) {
                return bytes;
            }
        } catch (IllegalArgumentException | ArithmeticException e) {
            // the message below says it better
        }
        throw new BrokenModelException(
                "%s: model.yaml says 'memory.%s: %s', which is no size; write it as 90MiB or 2GiB."
                        .formatted(folder, field, text));
    }

    private static ModelYaml yaml(Path folder) {
        Path file = folder.resolve("model.yaml");
        if (!Files.exists(file)) {
            return ModelYaml.EMPTY;
        }
        try {
            return Optional.ofNullable(YAML.readValue(file.toFile(), ModelYaml.class))
                    .filter(yaml -> yaml.task() != null)
                    .orElseThrow(() -> new BrokenModelException(
                            "%s: model.yaml does not say what the model does; add the line 'task: embed'."
                                    .formatted(folder)));
        } catch (UnrecognizedPropertyException e) {
            throw new BrokenModelException(
                    "%s: model.yaml has the field %s, which is not known; the fields there are: %s."
                            .formatted(folder, e.getPropertyName(), e.getKnownPropertyIds()));
        } catch (JsonProcessingException e) {
            throw new BrokenModelException("%s: model.yaml is not as docs/models.md describes it (%s); correct it."
                    .formatted(
                            folder, e.getOriginalMessage().lines().findFirst().orElse("unreadable") + where(e)));
        } catch (IOException e) {
            throw new BrokenModelException(
                    "%s: model.yaml cannot be read (%s); check its permissions.".formatted(folder, e.getMessage()));
        }
    }

    private static String where(JsonProcessingException e) {
        if (e instanceof JsonMappingException mapping && !mapping.getPath().isEmpty()) {
            return ", at " + mapping.getPath().getLast().getFieldName();
        }
        return e.getLocation() == null ? "" : ", line " + e.getLocation().getLineNr();
    }
}
