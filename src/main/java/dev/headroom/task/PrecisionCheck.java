package dev.headroom.task;

import dev.headroom.model.TaskSpec;
import dev.headroom.model.file.BrokenModelException;
import dev.headroom.session.BatchOutput;
import dev.headroom.session.Model;
import dev.headroom.session.RunFailedException;
import dev.headroom.session.RunFailedException.Kind;
import dev.headroom.task.image.ImageLimits;
import dev.headroom.tensor.Form;
import dev.headroom.tensor.Port;
import dev.headroom.tensor.Ports;
import dev.headroom.tensor.Row;
import dev.headroom.tensor.Tensor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * Holds a model in 16 bits against the same in full precision, by made-up rows of all lengths: each alone, where all outputs of
 * floats are compared, and then together, the shorter ones padded, where the answers are.
 */
public final class PrecisionCheck {

    /** After a row that took longer no longer one is tried: the longest might take hours. */
    private static final Duration LONGEST_RUN = Duration.ofMinutes(1);

    /** Elements of a text that shares a batch, and of one that shows how large values become: more take much memory. */
    private static final long FEW = 256;

    /** The rows of a model whose rows have one length. */
    private static final int OF_ONE_LENGTH = 5;

    private final ModelTask full;
    private final List<ModelTask> others;
    private final Likeness.Tally tally = new Likeness.Tally();

    /**
     * A check of opened models, which it leaves open.
     *
     * @param others each is held against the one in full precision
     * @throws BrokenModelException when the task cannot be done with one of them
     */
    public PrecisionCheck(TaskFiles files, Model full, List<Model> others) {
        this.full = task(files, full);
        this.others = others.stream().map(other -> task(files, other)).toList();
    }

    private static ModelTask task(TaskFiles files, Model model) {
        return new ModelTask(files, model, Preparation.by(1, 1, new ImageLimits(1, 1))); // decodes nothing
    }

    /** A row that shows how large a model's values become. */
    public static Row probe(TaskFiles files, Model model) {
        Task task = task(files, model).task();
        return task.sample(0, Math.min(task.rows().longest(), FEW / 2));
    }

    /**
     * Compares the models.
     *
     * @throws BrokenModelException when one of them does not run on those rows, or full precision has no finite answer
     */
    public Likeness run() {
        try {
            List<Row> rows = alone();
            Map<Form, List<Row>> batches = rows.stream()
                    .filter(row -> row.tokens() <= FEW || !(full.spec() instanceof TaskSpec.OfText))
                    .collect(Collectors.groupingBy(Row::form));
            for (List<Row> batch : batches.values()) {
                compare(batch, batch);
            }
            return tally.likeness();
        } catch (RunFailedException | IllegalArgumentException | IllegalStateException e) {
            throw new BrokenModelException(
                    "%s: it does not run on made-up rows (%s), so that its precision is not proven."
                            .formatted(full.model().name(), e.getMessage()));
        }
    }

    /** Compares rows of all lengths, each alone; as long ones as memory and time allow. */
    private List<Row> alone() throws RunFailedException {
        List<Row> rows = new ArrayList<>();
        for (long length : lengths()) {
            Row row = full.task().sample(rows.size(), length);
            long start = System.nanoTime();
            try {
                compareAll(row);
            } catch (RunFailedException e) {
                if (e.kind() != Kind.OUT_OF_MEMORY || rows.isEmpty()) {
                    throw e;
                }
                break;
            }
            rows.add(row);
            tally.row(row.elements());
            if (System.nanoTime() - start > LONGEST_RUN.toNanos()) {
                break;
            }
        }
        return rows;
    }

    /** About two lengths for each doubling, and the longest. */
    private List<Long> lengths() {
        long longest = full.task().rows().longest();
        if (!(full.spec() instanceof TaskSpec.OfText)) {
            return Collections.nCopies(OF_ONE_LENGTH, longest);
        }
        return LongStream.iterate(1, length -> length <= longest, length -> 2 * length)
                .flatMap(length -> LongStream.of(length, length + length / 2, longest))
                .filter(length -> length <= longest)
                .sorted()
                .distinct()
                .boxed()
                .toList();
    }

    /** Compares a row's answer, and its other outputs where a caller may ask for them. */
    private void compareAll(Row row) throws RunFailedException {
        Ports ports = full.model().ports();
        if (row.form().callers() || !ports.once().isEmpty()) {
            compare(List.of(row), List.of(row));
            return;
        }
        String answer = ports.ofTask().name();
        Stream<String> others = ports.outputs().stream().map(Port::name).filter(name -> !name.equals(answer));
        List<String> all = Stream.concat(Stream.of(answer), others).toList();
        compare(List.of(row), List.of(Row.of(row.inputs(), all)));
    }

    /**
     * Compares rows.
     *
     * @param batch the same rows as they are run; the first of their outputs is the task's, unless they are tensors
     */
    private void compare(List<Row> rows, List<Row> batch) throws RunFailedException {
        try (BatchOutput one = full.model().run(batch)) {
            for (ModelTask other : others) {
                try (BatchOutput output = other.model().run(batch)) {
                    for (int i = 0; i < rows.size(); i++) {
                        compare(rows.get(i), one.rows().get(i), output.rows().get(i), other);
                    }
                }
            }
        }
    }

    private void compare(Row row, List<Tensor> one, List<Tensor> output, ModelTask other) {
        if (row.form().callers()) {
            compare(one, output, false);
            return;
        }
        if (makesVectors()) {
            tally.addVectors(vector(full, row, one), vector(other, row, output));
        } else {
            compare(one.subList(0, 1), output.subList(0, 1), true);
        }
        compare(one.subList(1, one.size()), output.subList(1, output.size()), false);
    }

    /** True if an answer is a vector; else it is scores, which are compared before their activation. */
    private boolean makesVectors() {
        return switch (full.spec()) {
            case TaskSpec.OfVectors _ -> true;
            case TaskSpec.Image image -> image.labels().isEmpty();
            case TaskSpec.Classify _, TaskSpec.Rerank _, TaskSpec.Generate _, TaskSpec.Tensors _ -> false;
        };
    }

    private void compare(List<Tensor> one, List<Tensor> other, boolean scores) {
        for (int i = 0; i < one.size(); i++) {
            if (Vectors.FLOATS.contains(one.get(i).datatype())) {
                tally.add(one.get(i), other.get(i), scores);
            }
        }
    }

    /** The answer's vector; numbers that are not finite where there is none. */
    private static float[] vector(ModelTask model, Row row, List<Tensor> outputs) {
        try {
            Answer answer = model.task().read(row, outputs, Options.USUAL);
            return answer instanceof Answer.SparseEmbedding sparse
                    ? sparse.vector(Math.toIntExact(
                            outputs.getFirst().shape()[outputs.getFirst().shape().length - 1]))
                    : ((Answer.Embedding) answer).vector();
        } catch (IllegalStateException e) {
            float[] none =
                    new float[Math.toIntExact(Tensor.elements(outputs.getFirst().shape()))];
            Arrays.fill(none, Float.NaN);
            return none;
        }
    }
}
