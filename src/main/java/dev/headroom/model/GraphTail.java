package dev.headroom.model;

import dev.headroom.model.TaskSpec.Vectors;
import dev.headroom.model.onnx.GraphPort;
import dev.headroom.model.onnx.OnnxFile;
import dev.headroom.model.onnx.OnnxNodes;
import java.util.List;
import java.util.Optional;

/**
 * The steps that a folder names behind its graph, as nodes that are appended to the graph when it is opened: the pooling, and the
 * layers up to the last normalisation. That one stays in Java, because a request may leave it out or cut the vector first.
 *
 * @param read the output of the graph that is pooled
 * @param mask the name of the input that masks padding; empty where there is none
 * @param vectors how that output becomes a vector
 */
public record GraphTail(GraphPort read, String mask, Vectors vectors) {

    /** The name of the output that the nodes end in. */
    public static final String OUTPUT = "headroom.embedding";

    private static final String PREFIX = "headroom.";
    private static final String MASK = "attention_mask";

    /** The first version of ONNX's operators in which all that are used are as they still are. */
    private static final long LEAST_OPSET = 11;

    /** The tail of a graph in this file; empty where nothing is left to do, or ONNX cannot say it. */
    static Optional<GraphTail> of(TaskSpec task, OnnxFile file) {
        Optional<Vectors> vectors =
                switch (task) {
                    case TaskSpec.OfVectors texts -> Optional.of(texts.vectors());
                    case TaskSpec.Image image when image.labels().isEmpty() -> Optional.of(image.vectors());
                    case TaskSpec.Image _,
                            TaskSpec.Classify _,
                            TaskSpec.Rerank _,
                            TaskSpec.Generate _,
                            TaskSpec.Tensors _ -> Optional.empty();
                };
        return file.opset() < LEAST_OPSET
                        || !file.opensFromMemory()
                        || file.outputs().stream().anyMatch(port -> port.name().startsWith(PREFIX))
                ? Optional.empty()
                : vectors.flatMap(known -> of(known, task, file));
    }

    private static Optional<GraphTail> of(Vectors vectors, TaskSpec task, OnnxFile file) {
        boolean masked = file.inputs().stream().anyMatch(input -> input.name().equals(MASK));
        return file.outputs().stream()
                .filter(output -> task.ports().output().equals(Optional.of(output.name())))
                .filter(GraphPort::isFloat)
                .map(output -> new GraphTail(output, masked ? MASK : "", vectors))
                .filter(tail -> tail.pools() ? masksPadding(task, masked) : tail.projects())
                .filter(GraphTail::fits)
                .findFirst();
    }

    /** True if the mask, or the lack of padding, tells which tokens are the text's. */
    private static boolean masksPadding(TaskSpec task, boolean masked) {
        if (!(task instanceof TaskSpec.OfVectors texts)) {
            return !masked;
        }
        InputRules rules = texts.text().inputs();
        return texts.vectors().promptPooled() && (masked ? !rules.unmasked() : !rules.padded());
    }

    private boolean pools() {
        return read.sizes().size() == 3 && !vectors.poolings().isEmpty();
    }

    /** True if the graph pools, and layers with weights are behind it. */
    private boolean projects() {
        return read.sizes().size() == 2 && inGraph().stream().anyMatch(layer -> !(layer instanceof Layer.Normalize));
    }

    /** The layers that the nodes compute. */
    private List<Layer> inGraph() {
        List<Layer> layers = vectors.layers();
        return layers.subList(0, layers.size() - vectors.behindGraph().layers().size());
    }

    /** True unless a layer takes vectors of another length, which Java refuses with the reason. */
    private boolean fits() {
        long width = pooledWidth();
        for (Layer layer : inGraph()) {
            if (layer.inputs() > 0 && width > 0 && layer.inputs() != width) {
                return false;
            }
            width = layer.outputs() > 0 ? layer.outputs() : width;
        }
        return true;
    }

    private long pooledWidth() {
        return read.width() * (pools() ? vectors.poolings().size() : 1);
    }

    /** The dimensions of the output; 0 where the file does not tell. */
    long width() {
        return inGraph().stream()
                .mapToLong(Layer::outputs)
                .filter(outputs -> outputs > 0)
                .reduce((_, last) -> last)
                .orElse(pooledWidth());
    }

    /** The bytes that append the nodes to the graph's file. */
    public byte[] bytes() {
        OnnxNodes nodes = new OnnxNodes(PREFIX);
        String vector = PoolingNodes.cast(nodes, read.name(), OnnxNodes.FLOAT);
        if (pools()) {
            vector = PoolingNodes.of(nodes, vector, mask).pooled(vectors.poolings());
        }
        LayerNodes layers = new LayerNodes(nodes);
        for (Layer layer : inGraph()) {
            vector = layers.behind(layer, vector);
        }
        nodes.output(vector, OUTPUT, width());
        return nodes.bytes();
    }
}
