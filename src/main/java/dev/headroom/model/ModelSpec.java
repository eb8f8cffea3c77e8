package dev.headroom.model;

import dev.headroom.plan.MemoryProfile;
import dev.headroom.plan.ModelDemand;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A model as its folder describes it.
 *
 * @param name the folder's name, under which requests ask for the model
 * @param onnx the graph's file
 * @param task what the model does
 * @param memory what the folder says that the model takes of its device
 */
public record ModelSpec(String name, Path onnx, TaskSpec task, Optional<MemoryProfile> memory) {

    /**
     * What the model asks of a plan.
     *
     * @throws BrokenModelException when a file of its weights is missing or too short
     */
    public ModelDemand demand() {
        OnnxFile file = OnnxFile.read(onnx);
        return new ModelDemand(
                name, file.weightBytes(), task.elementsPerItem(), file.bytesPerElement(), memory, Optional.empty());
    }

    /** What tells this model's content from another's, whatever its files are called. */
    public String fingerprint() {
        return OnnxFile.read(onnx).fingerprint();
    }
}
