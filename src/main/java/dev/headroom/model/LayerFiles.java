package dev.headroom.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.headroom.model.file.CheckedJson;
import dev.headroom.model.file.PresentFile;
import dev.headroom.model.file.SafetensorsFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;

/**
 * The files of a module of sentence-transformers behind the pooling: config.json and model.safetensors.
 *
 * @param json its config.json
 */
record LayerFiles(Path files, CheckedJson json) {

    private static final String VECTOR = "sentence_embedding";

    private static final Set<String> DENSE = Set.of(
            "in_features",
            "out_features",
            "bias",
            "activation_function",
            "use_residual",
            "module_input_name",
            "module_output_name");

    /**
     * The files in a folder.
     *
     * @throws BrokenModelException when there is no config.json
     */
    static LayerFiles of(Path files) {
        return new LayerFiles(
                files,
                CheckedJson.read(PresentFile.of(
                        files.getParent(), files.resolve("config.json"), "modules.json names it: download it again")));
    }

    /** A Dense layer with its weights. */
    Layer.Dense dense() {
        check(DENSE);
        checkNames();
        int inputs = json.count("in_features");
        int outputs = json.count("out_features");
        boolean bias = json.flag("bias", true);
        DenseActivation activation = activation();
        boolean residual = json.flag("use_residual", false);
        SafetensorsFile weights = weights();
        Set<String> names = new TreeSet<>(Set.of("linear.weight"));
        if (bias) {
            names.add("linear.bias");
        }
        if (residual && inputs != outputs) {
            names.add("residual.weight");
        }
        weights.checkNames(names);
        return new Layer.Dense(
                inputs,
                outputs,
                weights.floats("linear.weight", outputs, inputs),
                bias ? weights.floats("linear.bias", outputs) : new float[outputs],
                activation,
                residual ? residual(weights, inputs, outputs) : new float[0]);
    }

    private static float[] residual(SafetensorsFile weights, int inputs, int outputs) {
        if (inputs != outputs) {
            return weights.floats("residual.weight", outputs, inputs);
        }
        float[] identity = new float[inputs * inputs];
        for (int i = 0; i < inputs; i++) {
            identity[i * inputs + i] = 1;
        }
        return identity;
    }

    /** A LayerNorm with its weights. */
    Layer.LayerNorm layerNorm() {
        check(Set.of("dimension"));
        int dimension = json.count("dimension");
        SafetensorsFile weights = weights();
        weights.checkNames(Set.of("norm.weight", "norm.bias"));
        return new Layer.LayerNorm(weights.floats("norm.weight", dimension), weights.floats("norm.bias", dimension));
    }

    /** Checks that the module reads the vector and gives it back. */
    void checkNames() {
        for (String field : Set.of("module_input_name", "module_output_name")) {
            json.text(field).filter(name -> !name.equals(VECTOR)).ifPresent(name -> {
                throw json.broken(
                        field,
                        "is %s, and %s alone is served; serve the model with the line 'task: tensors' in model.yaml"
                                .formatted(name, VECTOR));
            });
        }
    }

    private void check(Set<String> known) {
        json.checkFields(
                known,
                "is %s, which is not known; export the model with an output 'sentence_embedding', which holds the layer");
    }

    private DenseActivation activation() {
        JsonNode written = json.object().path("activation_function");
        if (written.isMissingNode()) {
            return DenseActivation.TANH;
        }
        return DenseActivation.named(written.asText())
                .orElseThrow(() -> json.broken(
                        "activation_function",
                        "is %s, which is not served; export the model with an output '%s', which holds the layer"
                                .formatted(written.asText(), VECTOR)));
    }

    private SafetensorsFile weights() {
        boolean old = Files.isRegularFile(files.resolve("pytorch_model.bin"));
        return SafetensorsFile.read(PresentFile.of(
                files.getParent(),
                files.resolve("model.safetensors"),
                old
                        ? "pytorch_model.bin beside it is not read: load the model with sentence-transformers and save it with save_pretrained, which writes model.safetensors"
                        : "it holds the layer's weights: download it, or export the model with an output '%s'"
                                .formatted(VECTOR)));
    }
}
