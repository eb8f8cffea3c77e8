package dev.headroom.task;

import dev.headroom.model.GraphTail;
import dev.headroom.model.Layer;
import dev.headroom.model.ModelRepository;
import dev.headroom.model.ModelSpec;
import dev.headroom.model.Pooling;
import dev.headroom.model.TaskSpec;
import dev.headroom.session.BatchOutput;
import dev.headroom.session.ExecutionProvider.Cpu;
import dev.headroom.session.OnnxModel;
import dev.headroom.session.RunFailedException;
import dev.headroom.task.image.ImageLimits;
import dev.headroom.tensor.Form;
import dev.headroom.tensor.Row;
import dev.headroom.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** A folder's model and task without queue and batcher: the test decides which rows are a batch. */
final class OpenedModel implements AutoCloseable {

    final ModelSpec spec;
    private final OnnxModel model;
    private final Task task;

    OpenedModel(Path folder) {
        this(ModelRepository.graphs(folder).getFirst());
    }

    /** A model of texts whose vectors come about in another way. */
    static ModelSpec with(ModelSpec found, List<Pooling> poolings, List<Layer> layers) {
        TaskSpec.Embed task = (TaskSpec.Embed) found.task();
        TaskSpec.Vectors vectors = new TaskSpec.Vectors(poolings, true, layers, OptionalInt.empty(), Optional.empty());
        return new ModelSpec(
                found.name(),
                found.names(),
                found.graph(),
                new TaskSpec.Embed(task.text(), vectors, task.prompts(), task.ports()),
                found.memory(),
                found.weight(),
                found.batch(),
                found.remarks());
    }

    /** The folder's model as a GPU opens it: what the graph can do it does. */
    static OpenedModel pooledInGraph(Path folder) {
        return new OpenedModel(ModelRepository.graphs(folder).getFirst().pooledInGraph());
    }

    OpenedModel(ModelSpec opened) {
        spec = opened;
        model = OnnxModel.open(spec, new Cpu(1));
        task = new ModelTask(
                        TaskFiles.read(spec.task()), model, Preparation.by(1, 1, new ImageLimits(1_000_000, 1 << 26)))
                .task();
    }

    boolean poolsInGraph() {
        return model.ports().ofTask().name().equals(GraphTail.OUTPUT);
    }

    Row row(Input input, Options options) {
        return input instanceof Input.Tensors(List<Tensor> tensors, List<String> outputs)
                ? Row.of(tensors, outputs)
                : task.row(input, options, () -> false);
    }

    /** The answer to an input in a batch of its own. */
    float[] alone(Input input) throws RunFailedException {
        return together(List.of(input)).getFirst();
    }

    /** The answers to inputs of which all that may share a batch share one. */
    List<float[]> together(List<Input> inputs) throws RunFailedException {
        return together(inputs, Options.USUAL);
    }

    List<float[]> together(List<Input> inputs, Options options) throws RunFailedException {
        Map<Form, List<Integer>> batches = new LinkedHashMap<>();
        List<Row> rows = inputs.stream().map(input -> row(input, options)).toList();
        for (int i = 0; i < rows.size(); i++) {
            batches.computeIfAbsent(rows.get(i).form(), form -> new ArrayList<>())
                    .add(i);
        }
        float[][] answers = new float[rows.size()][];
        for (List<Integer> batch : batches.values()) {
            try (BatchOutput output = model.run(batch.stream().map(rows::get).toList())) {
                for (int i = 0; i < batch.size(); i++) {
                    Row row = rows.get(batch.get(i));
                    answers[batch.get(i)] = values(row, output.rows().get(i), options);
                }
            }
        }
        return List.of(answers);
    }

    private float[] values(Row row, List<Tensor> outputs, Options options) {
        Answer answer = row.form().callers() ? new Answer.Tensors(outputs) : task.read(row, outputs, options);
        return switch (answer) {
            case Answer.Embedding(float[] vector, int _) -> vector;
            case Answer.Score(float score, int _) -> new float[] {score, 1};
            case Answer.Classes(List<Answer.Scored> labels, int _) -> scores(labels);
            case Answer.TokenEmbeddings _, Answer.SparseEmbedding _ ->
                throw new IllegalArgumentException("No single vector was asked for");
            case Answer.Tensors(List<Tensor> tensors) -> {
                float[] all = new float[(int) Tensor.elements(tensors.getFirst().shape())];
                tensors.getFirst().read(0, all);
                yield all;
            }
        };
    }

    private static float[] scores(List<Answer.Scored> labels) {
        List<Answer.Scored> byName =
                labels.stream().sorted((a, b) -> a.label().compareTo(b.label())).toList();
        float[] scores = new float[byName.size()];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = byName.get(i).score();
        }
        return scores;
    }

    @Override
    public void close() {
        model.close();
    }
}
