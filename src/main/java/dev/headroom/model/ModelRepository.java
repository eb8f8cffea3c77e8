package dev.headroom.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.headroom.measured.MemoryProfile;
import dev.headroom.settings.SettingRules;
import io.quarkus.runtime.configuration.MemorySizeConverter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/** The folder of models: each folder in it is one model, described by its model.yaml or by its exporter's files. */
public record ModelRepository(Path folder) {

    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory())
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT);

    private static final int MOST_WEIGHT = 1000;

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
                    .map(ModelRepository::read)
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
     * Reads the model in this folder.
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
        HuggingFaceFolder exported = new HuggingFaceFolder(folder);
        GraphFiles graph = Optional.ofNullable(yaml.file())
                .map(file -> GraphFiles.of(folder, folder.resolve(file)))
                .or(exported::graph)
                .orElseThrow(() -> new BrokenModelException(
                        ("%s: there is no model.onnx and no onnx/model*.onnx; export the model to ONNX into this"
                                        + " folder, or name its file in model.yaml with the line 'file: <name>.onnx'.")
                                .formatted(folder)));
        List<String> remarks = new ArrayList<>();
        TaskSpec task = new TaskDescription(folder, yaml, exported, remarks).task(graph);
        return new ModelSpec(
                folder.toAbsolutePath().normalize().getFileName().toString(),
                graph,
                task,
                memory(folder, yaml, task.elementsPerItem()),
                weight(folder, yaml),
                batch(folder, yaml),
                List.copyOf(remarks));
    }

    private static OptionalInt batch(Path folder, ModelYaml yaml) {
        if (yaml.batch() == null) {
            return OptionalInt.empty();
        }
        if (yaml.batch() < 1 || yaml.batch() > SettingRules.MOST_ITEMS) {
            throw new BrokenModelException(
                    "%s: model.yaml says 'batch: %d'; set it to the most items of a batch, between 1 and %,d, or leave it out to have it derived."
                            .formatted(folder, yaml.batch(), SettingRules.MOST_ITEMS));
        }
        return OptionalInt.of(yaml.batch());
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
            // refused below
        }
        throw new BrokenModelException(
                "%s: model.yaml says 'memory.%s: %s', which is no size; write it as 90MiB or 2GiB."
                        .formatted(folder, field, text));
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
