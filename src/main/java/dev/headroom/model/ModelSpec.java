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

    /** What the model asks of a plan. */
    public ModelDemand demand() {
        return new ModelDemand(name, onnx.toFile().length(), task.elementsPerItem(), memory);
    }
}
