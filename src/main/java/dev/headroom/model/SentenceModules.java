package dev.headroom.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.headroom.model.file.BrokenModelException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The file modules.json of sentence-transformers: the steps from a text to its vector, in their order.
 *
 * @param all all modules; the first reads the text
 */
record SentenceModules(Path folder, List<Module> all) {

    private static final String REMEDY =
            "export the model with an output 'sentence_embedding', which holds all modules, or serve it with the line 'task: tensors' in model.yaml";

    /** The modules that a graph stands for, with which the list begins. */
    private static final Set<String> READERS = Set.of("Transformer", "CLIPModel");

    private static final Set<String> SPARSE_READERS = Set.of("Transformer", "MLMTransformer");
    private static final String SPLADE = "SpladePooling";

    /**
     * A module.
     *
     * @param type the last name of its class
     * @param path the folder of its files, relative to the model's; may be empty
     */
    record Module(String type, String path) {}

    /** The modules; empty where there is no such file. */
    static Optional<SentenceModules> of(Path folder, JsonNode json) {
        if (json.isMissingNode()) {
            return Optional.empty();
        }
        if (!json.isArray() || json.isEmpty()) {
            throw broken(folder, "lists no modules; download it again");
        }
        List<Module> modules = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (JsonNode module : json) {
            String type = module.path("type").asText();
            if (type.isEmpty()) {
                throw broken(folder, "has an entry without a type; download it again");
            }
            if (module.has("name") && !names.add(module.get("name").asText())) {
                throw broken(
                        folder,
                        "has two entries with the name %s, of which sentence-transformers reads one; give each its own name"
                                .formatted(module.get("name")));
            }
            modules.add(new Module(
                    type.substring(type.lastIndexOf('.') + 1),
                    module.path("path").isTextual() ? module.get("path").asText() : ""));
        }
        SentenceModules read = new SentenceModules(folder, List.copyOf(modules));
        read.inside(modules.getFirst());
        return Optional.of(read);
    }

    /** The folder of the files of the module that reads the text, relative to the model's; may be empty. */
    String readerPath() {
        return all.getFirst().path();
    }

    /** True if vectors get the length 1 in the end. */
    boolean normalizes() {
        return all.getLast().type().equals("Normalize");
    }

    /** True if they make the weights of tokens, most of which are 0. */
    boolean sparse() {
        return all.stream().anyMatch(module -> module.type().equals(SPLADE));
    }

    /**
     * The step from the greatest scores of the vocabulary's tokens to their weights.
     *
     * @throws BrokenModelException when there are other modules than a reader and its SpladePooling, or it is one that is not served
     */
    Layer saturation() {
        if (!SPARSE_READERS.contains(all.getFirst().type()) || all.size() != 2) {
            throw broken(
                    "has the modules %s, and a Transformer with its SpladePooling is served; serve it with the line 'task: tensors' in model.yaml"
                            .formatted(all.stream().map(Module::type).toList()));
        }
        return SpladePoolingJson.read(files(all.getLast())).saturation();
    }

    /** The folder of the pooling's files; empty where there is no pooling. */
    Optional<Path> pooling() {
        return all.stream()
                .filter(module -> module.type().equals("Pooling"))
                .findFirst()
                .map(this::files);
    }

    /** The folders of the Dense layers' files. */
    List<Path> denseFiles() {
        return all.stream()
                .filter(module -> module.type().equals("Dense"))
                .map(this::files)
                .toList();
    }

    /**
     * The steps behind the pooling.
     *
     * @throws BrokenModelException when there is a module that is not served, or one in another place than those
     */
    List<Layer> layers() {
        if (!READERS.contains(all.getFirst().type())) {
            throw unserved(all.getFirst());
        }
        List<Layer> layers = new ArrayList<>();
        boolean pooled = pooling().isEmpty();
        for (Module module : all.subList(1, all.size())) {
            boolean pools = module.type().equals("Pooling");
            if (pools == pooled) {
                throw broken("has %s %s its Pooling; %s"
                        .formatted(module.type(), pools ? "again behind" : "before", REMEDY));
            }
            pooled = true;
            if (!pools) {
                layer(module).ifPresent(layers::add);
            }
        }
        return layers;
    }

    private Optional<Layer> layer(Module module) {
        return switch (module.type()) {
            case "Dense" -> Optional.of(LayerFiles.of(files(module)).dense());
            case "LayerNorm" -> Optional.of(LayerFiles.of(files(module)).layerNorm());
            case "Normalize" -> Optional.of(normalize(files(module)));
            case "Dropout" -> Optional.empty(); // drops in training only
            default -> throw unserved(module);
        };
    }

    /** Older versions write no file for it. */
    private Layer normalize(Path files) {
        if (files.resolve("config.json").toFile().isFile()) {
            LayerFiles.of(files).checkNames();
        }
        return new Layer.Normalize();
    }

    private Path files(Module module) {
        if (module.path().isEmpty()) {
            throw broken("has no path for %s; download it again".formatted(module.type()));
        }
        return inside(module);
    }

    private Path inside(Module module) {
        try {
            Path files = folder.resolve(module.path());
            if (files.normalize().startsWith(folder.normalize())) {
                return files;
            }
        } catch (InvalidPathException e) {
            // refused below
        }
        throw broken("has no path in the folder for %s; download it again".formatted(module.type()));
    }

    private BrokenModelException unserved(Module module) {
        return broken("has the module %s, which is not served; %s".formatted(module.type(), REMEDY));
    }

    private BrokenModelException broken(String problem) {
        return broken(folder, problem);
    }

    private static BrokenModelException broken(Path folder, String problem) {
        return new BrokenModelException("%s: modules.json %s.".formatted(folder, problem));
    }
}
