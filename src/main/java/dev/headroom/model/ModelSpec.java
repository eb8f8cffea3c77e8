package dev.headroom.model;

import dev.headroom.measured.MemoryProfile;
import dev.headroom.model.onnx.GraphEdit;
import dev.headroom.model.onnx.LastScores;
import dev.headroom.model.onnx.OnnxFile;
import dev.headroom.model.onnx.RowSizes;
import dev.headroom.plan.GenerationDemand;
import dev.headroom.plan.ModelDemand;
import dev.headroom.plan.PrecisionRule;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The description of a model, read from its folder.
 *
 * @param name the name in the plan, the log and the metrics: the folder's, or that of one graph of two, such as
 *     {@code clip/text}
 * @param names the names under which requests ask for the model: the folder's, then those of model.yaml. The two graphs
 *     of a dual encoder have the same
 * @param graph the graph's files, of which one is served
 * @param task the model's task
 * @param memory the device memory that model.yaml declares
 * @param weight its share of the device beside busy other models, as a ratio to their weights
 * @param batch the most items of a batch that model.yaml sets; empty where the plan derives it
 * @param remarks sentences on all that was taken where the folder does not decide
 * @param origin the place on the Hub that it comes from; empty for a folder of the operator's
 * @param residence when it is open
 */
public record ModelSpec(
        String name,
        List<String> names,
        GraphFiles graph,
        TaskSpec task,
        Optional<MemoryProfile> memory,
        int weight,
        OptionalInt batch,
        List<String> remarks,
        Optional<HubOrigin> origin,
        Residence residence) {

    /** A model in a folder of the operator's that does not say when it is open. */
    public ModelSpec(
            String name,
            List<String> names,
            GraphFiles graph,
            TaskSpec task,
            Optional<MemoryProfile> memory,
            int weight,
            OptionalInt batch,
            List<String> remarks) {
        this(name, names, graph, task, memory, weight, batch, remarks, Optional.empty(), Residence.USUAL);
    }

    /** The file that is served. */
    public Path onnx() {
        return graph.file();
    }

    /**
     * The same model with the file that the rule chooses; pooled in the graph on a GPU. Comes before {@link #demand} and
     * {@link #fingerprint}, which read that file.
     *
     * @throws BrokenModelException when that file is not whole
     * @throws dev.headroom.settings.PlanRefusedException when the operator wants a missing file
     */
    public ModelSpec by(PrecisionRule rule) {
        GraphFiles files = graph.by(rule, name);
        boolean other = !files.file().equals(onnx());
        TaskSpec described = other && task instanceof TaskSpec.Generate generate
                ? generate.with(GenerationDescription.ports(files.folder(), files.file()))
                : task;
        ModelSpec chosen = with(files, described);
        return rule.device().gpu() ? chosen.pooledInGraph() : chosen;
    }

    /**
     * The same model whose graph also does what the folder says behind it, as far as ONNX can say it. A CPU would gain nothing
     * (docs/benchmarks.md), and a GPU then sends a vector for each item instead of one for each token.
     */
    public ModelSpec pooledInGraph() {
        return with(graph.with(GraphTail.of(task, OnnxFile.read(onnx()))));
    }

    /**
     * How the graph of a model that generates text comes to score the last token alone.
     *
     * @throws ClassCastException when the task is another one
     */
    public LastScores lastScores(boolean gpu) {
        return LastScores.of(onnx(), ((TaskSpec.Generate) task).graph(), gpu);
    }

    /** The change of the graph when it is opened. */
    public Optional<GraphEdit> edit(boolean gpu) {
        return generates() ? lastScores(gpu).edit() : graph.tail().map(tail -> GraphEdit.behind(tail.bytes()));
    }

    /** The same model with other files of its graph. */
    public ModelSpec with(GraphFiles files) {
        return with(files, task);
    }

    private ModelSpec with(GraphFiles files, TaskSpec described) {
        return new ModelSpec(name, names, files, described, memory, weight, batch, remarks, origin, residence);
    }

    /**
     * The model's demand, for the plan.
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
                bytesPerElement(file.rows()),
                memory,
                batch,
                file.mixesRows(),
                Optional.empty());
    }

    /** Why sequences change each other's tokens where they run together; empty where they do not, or the folder sets a batch. */
    public Optional<String> mixing() {
        return batch.isEmpty()
                        && task instanceof TaskSpec.Generate generate
                        && generate.graph().mixesRows()
                ? Optional.of(
                        "the graph quantises the tokens of a run together (DynamicQuantizeLinear), so that a token's"
                                + " numbers would change with those beside it")
                : Optional.empty();
    }

    /**
     * The demand of a model that generates text, for the plan.
     *
     * @throws BrokenModelException when a file of its weights is missing or too short
     * @throws ClassCastException when the task is another one
     */
    public GenerationDemand generationDemand() {
        TaskSpec.Generate generate = (TaskSpec.Generate) task;
        return new GenerationDemand(
                name,
                weightBytes(),
                generate.graph().bytesPerToken(),
                generate.graph().shared() ? 1 : 2,
                generate.scoreBytes(),
                lastScores(false).ofAllTokens(),
                generate.text().maxLength());
    }

    /** True if it generates text, and does not run batches. */
    public boolean generates() {
        return task instanceof TaskSpec.Generate;
    }

    private long bytesPerElement(RowSizes sizes) {
        RowSizes rows = graph.tail().map(tail -> sizes.pooledTo(tail.width())).orElse(sizes);
        return task.padded() ? rows.bytesPerElement() : rows.bytesPerElement(task.elementsPerItem());
    }

    /** Bytes that its weights take in memory. */
    public long weightBytes() {
        return OnnxFile.read(onnx()).weightBytes();
    }

    /** True if an operator of the model needs cuDNN on a GPU. */
    public boolean needsCudnn() {
        return OnnxFile.read(onnx()).needsCudnn();
    }

    /** The fingerprint of the model's content, independent of the names of its files. */
    public String fingerprint() {
        return OnnxFile.read(onnx()).fingerprint();
    }
}
