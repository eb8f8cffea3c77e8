package dev.headroom.model;

import dev.headroom.measured.MemoryProfile;
import dev.headroom.plan.ModelDemand;
import dev.headroom.plan.PrecisionRule;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A model as its folder describes it.
 *
 * @param name the folder's name, under which requests ask for the model
 * @param graph the graph's files, of which one is served
 * @param task what the model does
 * @param memory what the folder says that the model takes of its device
 * @param weight how much of the device it gets beside other models that want it too, as a ratio to their weights
 */
public record ModelSpec(String name, GraphFiles graph, TaskSpec task, Optional<MemoryProfile> memory, int weight) {

    /** The file that is served. */
    public Path onnx() {
        return graph.file();
    }

    /**
     * The same model with the file that the rule chooses: to be asked first, since what it demands and its fingerprint
     * follow from that file.
     *
     * @throws BrokenModelException when that file is not whole
     * @throws dev.headroom.settings.PlanRefusedException when the operator wants a file that is not there
     */
    public ModelSpec by(PrecisionRule rule) {
        return new ModelSpec(name, graph.by(rule, name), task, memory, weight);
    }

    /**
     * What the model asks of a plan.
     *
     * @throws BrokenModelException when a file of its weights is missing or too short
     */
    public ModelDemand demand() {
        OnnxFile file = OnnxFile.read(onnx());
        return new ModelDemand(
                name,
                graph.served(),
                file.weightBytes(),
                task.elementsPerItem(),
                task.padded() ? file.rows().bytesPerElement() : file.rows().bytesPerElement(task.elementsPerItem()),
                memory,
                Optional.empty());
    }

    /** What tells this model's content from another's, whatever its files are called. */
    public String fingerprint() {
        return OnnxFile.read(onnx()).fingerprint();
    }
}
