package dev.headroom.task;

import dev.headroom.model.GraphTail;
import dev.headroom.model.Layer;
import dev.headroom.model.TaskSpec;
import dev.headroom.model.file.BrokenModelException;
import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import dev.headroom.tensor.Datatype;
import dev.headroom.tensor.Port;
import dev.headroom.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/** A model's output as an item's vector. */
final class Vectors {

    /** The types of elements that are read. */
    static final Set<Datatype> FLOATS = Set.of(Datatype.FP32, Datatype.FP16, Datatype.BF16);

    private final TaskSpec.Vectors spec;
    private final Poolings poolings;
    private volatile int most; // 0 before the first vector

    Vectors(TaskSpec.Vectors spec) {
        this.spec = spec;
        this.poolings = new Poolings(spec.poolings());
    }

    /**
     * Vectors of a loaded model.
     *
     * @param read the output that the task reads
     * @throws BrokenModelException when the folder's layers are for another output
     */
    static Vectors of(TaskSpec.Vectors spec, Port read) {
        if (read.name().equals(GraphTail.OUTPUT)) {
            return new Vectors(spec.behindGraph());
        }
        boolean weighted = spec.layers().stream().anyMatch(layer -> !(layer instanceof Layer.Normalize));
        spec.output()
                .filter(output -> !output.equals(read.name())
                        || weighted && !spec.poolings().isEmpty() && read.shape().length == 2)
                .ifPresent(output -> {
                    throw new BrokenModelException(
                            "The layers of modules.json fit the graph's output %s as its file declares it, and %s of shape %s is read; name the right one with the line 'output: ...' in model.yaml."
                                    .formatted(output, read.name(), Arrays.toString(read.shape())));
                });
        return new Vectors(spec);
    }

    /** Bytes that a vector takes, as a value and as JSON together; known once the model has run. */
    long bytes() {
        return most * AnswerMemory.NUMBER;
    }

    /**
     * Checks the dimensions before the model runs.
     *
     * @throws RequestFailedException when the request asks for more dimensions than there are
     */
    void check(Options options) {
        int dimensions = options.dimensions().orElse(1);
        if (dimensions < 1 || most > 0 && dimensions > most) {
            throw new RequestFailedException(Failure.Invalid.of(
                    "dimensions",
                    "is %d; send 1 to %d, or leave it out for all %d.".formatted(dimensions, most, most)));
        }
    }

    /**
     * The item's vector.
     *
     * @param output the item's share of the output: [padded tokens, dimensions], or [dimensions] where the graph pools
     * @param prompt the number of tokens in the beginning that are not pooled
     * @param tokens the number of tokens without padding
     */
    float[] read(Tensor output, int prompt, int tokens, Options options) {
        float[] vector =
                output.shape().length == 2 ? pooled(output, prompt, tokens) : read(output, "[tokens, dimensions]");
        boolean asked = options.normalize().isPresent() || options.dimensions().isPresent();
        for (Layer layer : asked && spec.normalize() ? withoutLast() : spec.layers()) {
            vector = Layers.behind(layer, vector);
        }
        checkFinite(vector);
        most = vector.length;
        check(options);
        OptionalInt kept = options.dimensions().isPresent() ? options.dimensions() : spec.dimensions();
        float[] cut = Arrays.copyOf(vector, Math.min(kept.orElse(vector.length), vector.length));
        boolean normalize = options.normalize().orElse(spec.normalize());
        return asked && normalize ? Layers.normalized(cut) : cut; // the folder's own cut shortens vectors
    }

    /** The layers without the last one, which normalises. */
    private List<Layer> withoutLast() {
        return spec.layers().subList(0, spec.layers().size() - 1);
    }

    private float[] pooled(Tensor values, int prompt, int tokens) {
        checkType(values, false, "[tokens, dimensions]");
        if (spec.poolings().isEmpty()) {
            throw new IllegalStateException(
                    "The output has a vector for each token, and its folder describes a graph that pools; export it again");
        }
        float[] vector = poolings.pooled(values, prompt, tokens);
        checkFinite(vector);
        return vector;
    }

    /**
     * The values of an item whose output has one dimension.
     *
     * @param wanted the expected shape, for the message
     * @throws IllegalStateException when the output is another, or holds values that are not finite
     */
    static float[] read(Tensor output, String wanted) {
        checkType(output, output.shape().length > 1, wanted);
        float[] values = new float[Math.toIntExact(Tensor.elements(output.shape()))];
        output.read(0, values);
        checkFinite(values);
        return values;
    }

    private static void checkType(Tensor output, boolean wrongShape, String wanted) {
        if (wrongShape || !FLOATS.contains(output.datatype())) {
            throw new IllegalStateException("The output is %s of shape %s for each item; float or float16 %s is served"
                    .formatted(output.datatype().javaType, Arrays.toString(output.shape()), wanted));
        }
    }

    /**
     * Checks that all numbers are finite: half precision ends at 65,504, so that models may overflow in it.
     *
     * @throws IllegalStateException when one is not
     */
    static void checkFinite(float[] vector) {
        for (float value : vector) {
            if (!Float.isFinite(value)) {
                throw new IllegalStateException(
                        "The output holds %s; if the model is served in half precision set headroom.precision to full"
                                .formatted(value));
            }
        }
    }
}
