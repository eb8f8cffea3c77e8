package dev.headroom.half;

import dev.headroom.model.GraphFiles;
import dev.headroom.model.ModelRepository;
import dev.headroom.model.ModelSpec;
import dev.headroom.model.TaskSpec;
import dev.headroom.model.file.BrokenModelException;
import dev.headroom.model.onnx.OnnxFile;
import dev.headroom.plan.Precision;
import dev.headroom.session.ExecutionProvider.Cpu;
import dev.headroom.session.Model;
import dev.headroom.session.OnnxModel;
import dev.headroom.task.Likeness;
import dev.headroom.task.PrecisionCheck;
import dev.headroom.task.TaskFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Adds a file in half precision to each graph of a folder, and holds it against full precision on the CPU. */
public final class HalfModels {

    /** A row's vector in half precision has at least this cosine with that in full precision. */
    static final double LEAST_COSINE = 0.9995;

    /** A score in half precision differs by at most this share of the largest score: the error that such a cosine stands for. */
    static final double MOST_DIFFERENCE = 0.03;

    private final Precision precision;
    private final Consumer<String> told;

    /**
     * Files in half precision.
     *
     * @param precision one in 16 bits
     * @param told takes a line for each of them: its size and how it compares
     */
    public HalfModels(Precision precision, Consumer<String> told) {
        this.precision = precision;
        this.told = told;
    }

    /**
     * Adds the files to a folder that {@link dev.headroom.session.ModelOptimizer} wrote.
     *
     * @throws BrokenModelException when a graph is not one that half precision can be made of, or answers otherwise then
     * @throws UncheckedIOException when a file cannot be written
     */
    public void add(Path folder) {
        ModelRepository.graphs(folder).forEach(model -> add(folder, model));
    }

    private void add(Path folder, ModelSpec model) {
        Map<Precision, Path> files = model.graph().files();
        if (files.containsKey(precision)) {
            throw new BrokenModelException(
                    "%s: there is a %s already; take it out of the folder, or leave out --precision."
                            .formatted(model.name(), files.get(precision).getFileName()));
        }
        if (!files.containsKey(Precision.FULL)) {
            throw new BrokenModelException(
                    "%s: its graph %s has 16 bits already; begin with the graph in full precision."
                            .formatted(model.name(), model.onnx().getFileName()));
        }
        if (model.task() instanceof TaskSpec.Generate) {
            throw new BrokenModelException(
                    "%s: it generates text, whose steps are not held against full precision here; export its graph in %s precision."
                            .formatted(model.name(), precision));
        }
        HalfFile file = new HalfFile(
                model,
                HalfType.of(precision),
                Path.of(precision.beside(model.onnx().toString())));
        TaskFiles task = TaskFiles.read(model.task());
        Cpu cpu = new Cpu(Runtime.getRuntime().availableProcessors());
        try (Model full = OnnxModel.open(model, cpu)) {
            Map<String, Integer> left = file.write(PrecisionCheck.probe(task, full));
            checkFound(folder, model, file.file());
            Likeness likeness = likeness(task, full, runnable(folder, model, file, cpu), cpu);
            check(model, likeness);
            told.accept(line(model.onnx(), file.file(), likeness, left));
            Files.delete(file.rounding());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The graphs that are held against full precision: the file's own where a CPU runs it, and the one that rounds as a GPU does. */
    private List<ModelSpec> runnable(Path folder, ModelSpec model, HalfFile file, Cpu cpu) {
        ModelSpec made = model.with(GraphFiles.of(folder, file.file()));
        ModelSpec rounding = model.with(GraphFiles.of(folder, file.rounding()));
        if (precision == Precision.HALF) {
            return List.of(made, rounding);
        }
        checkLoads(made, cpu);
        return List.of(rounding);
    }

    private Likeness likeness(TaskFiles task, Model full, List<ModelSpec> others, Cpu cpu) {
        List<Model> opened = new ArrayList<>();
        try {
            others.forEach(other -> opened.add(open(other, cpu)));
            return new PrecisionCheck(task, full, opened).run();
        } finally {
            opened.forEach(Model::close);
        }
    }

    private Model open(ModelSpec model, Cpu cpu) {
        try {
            return OnnxModel.open(model, cpu);
        } catch (BrokenModelException e) {
            throw new BrokenModelException(
                    "%s: no file in %s precision can be made of its graph that ONNX Runtime loads; serve it in full precision. %s"
                            .formatted(model.name(), precision, e.getMessage()));
        }
    }

    /** Passes where ONNX Runtime loads a file in bfloat16, or says that a CPU has no kernel for it: it comes to that in a sound graph alone. */
    private void checkLoads(ModelSpec model, Cpu cpu) {
        try (Model _ = open(model, cpu)) {
            // no node of it computes in bfloat16
        } catch (BrokenModelException e) {
            if (!e.getMessage().contains("NOT_IMPLEMENTED")) {
                throw e;
            }
        }
    }

    /** Passes where the folder gives the file for the model. */
    private void checkFound(Path folder, ModelSpec model, Path file) {
        boolean found = ModelRepository.graphs(folder).stream()
                .filter(other -> other.name().equals(model.name()))
                .anyMatch(other -> file.equals(other.graph().files().get(precision)));
        if (!found) {
            throw new BrokenModelException(
                    "%s: its graph is %s, beside which no %s is looked for; name the graph in model.yaml with the line 'file: ...'."
                            .formatted(model.name(), model.onnx().getFileName(), file.getFileName()));
        }
    }

    private void check(ModelSpec model, Likeness likeness) {
        if (likeness.cosine().orElse(1) < LEAST_COSINE || likeness.difference().orElse(0) > MOST_DIFFERENCE) {
            throw new BrokenModelException(
                    "%s: %s precision changes its answers too much: %s; serve it in full precision."
                            .formatted(model.name(), precision, measure(likeness)));
        }
    }

    private static String measure(Likeness likeness) {
        List<String> measures = new ArrayList<>();
        likeness.cosine()
                .ifPresent(cosine -> measures.add(format("least cosine %.6f (wanted %s)", cosine, LEAST_COSINE)));
        likeness.difference()
                .ifPresent(share -> measures.add(
                        format("scores apart by %.4f of the largest (allowed %s)", share, MOST_DIFFERENCE)));
        measures.add("%d rows of up to %d elements".formatted(likeness.rows(), likeness.longest()));
        return String.join(", ", measures);
    }

    private static String line(Path full, Path half, Likeness likeness, Map<String, Integer> left) throws IOException {
        String stayed = left.entrySet().stream()
                .map(operator -> operator.getValue() + " " + operator.getKey())
                .collect(Collectors.joining(", "));
        return format("%s: %,d bytes, %s: %,d bytes", half.getFileName(), bytes(half), full.getFileName(), bytes(full))
                + "; against it " + measure(likeness)
                + (stayed.isEmpty() ? "" : "; in full precision stay " + stayed);
    }

    private static String format(String text, Object... values) {
        return String.format(Locale.ROOT, text, values);
    }

    /** The bytes of a graph's file and those of its weights beside it. */
    private static long bytes(Path graph) throws IOException {
        long bytes = Files.size(graph);
        for (Path file : OnnxFile.read(graph).external()) {
            bytes += Files.size(file);
        }
        return bytes;
    }
}
