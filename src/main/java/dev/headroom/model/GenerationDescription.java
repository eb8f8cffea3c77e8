package dev.headroom.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.headroom.model.TaskSpec.Text;
import dev.headroom.model.file.BrokenModelException;
import dev.headroom.model.onnx.DecoderGraph;
import java.nio.file.Path;
import java.util.Optional;

/** Finds how a model continues texts, in model.yaml, in its exporter's files and in the graph. */
record GenerationDescription(Path folder, ModelYaml yaml, HuggingFaceFolder exported) {

    /**
     * The task.
     *
     * @param graph the graph's files
     * @throws BrokenModelException when the files lack a setting that the task needs
     */
    TaskSpec.Generate task(GraphFiles graph) {
        DecoderGraph decoder = ports(exported, folder, graph.file());
        GenerationSettings settings = new GenerationJson(
                        exported.read("generation_config.json"), exported.read("genai_config.json"), exported.config())
                .settings();
        int stated = Optional.ofNullable(yaml.maxLength()).orElse(settings.contextLength());
        int context = decoder.context(stated, exported.config().originalContext());
        if (context < 2) {
            throw new BrokenModelException(
                    "%s: no file says how many tokens the model reads at most; set max_length in model.yaml."
                            .formatted(folder));
        }
        if (settings.ends().isEmpty()) {
            throw new BrokenModelException(
                    "%s: no file says which token ends a text; add eos_token_id to generation_config.json."
                            .formatted(folder));
        }
        Text text = new TextDescription(folder, yaml, exported).generated(context);
        return new TaskSpec.Generate(text, decoder, settings, ChatFiles.of(folder, exported), yaml.ports());
    }

    /**
     * The ports of another file of the same graph, whose keys and values may have another precision.
     *
     * @throws BrokenModelException when the graph is not one that generates text
     */
    static DecoderGraph ports(Path folder, Path graph) {
        return ports(new HuggingFaceFolder(folder), folder, graph);
    }

    private static DecoderGraph ports(HuggingFaceFolder exported, Path folder, Path graph) {
        JsonNode genai = exported.read("genai_config.json").path("model").path("decoder");
        return new DecoderPorts(folder, exported.header(graph), exported.config(), genai).read();
    }
}
