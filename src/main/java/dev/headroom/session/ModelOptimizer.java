package dev.headroom.session;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import dev.headroom.model.ModelRepository;
import dev.headroom.model.ModelSpec;
import dev.headroom.model.file.BrokenModelException;
import dev.headroom.model.onnx.OnnxFile;
import dev.headroom.plan.Precision;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * Writes a copy of a model's folder that opens faster. ONNX Runtime's basic optimisations, which suit every provider
 * and processor, are applied to the graph. The weights get a file of their own, which is mapped instead of read and
 * copied.
 */
public final class ModelOptimizer {

    private static final Logger LOG = Logger.getLogger(ModelOptimizer.class);

    private static final String WEIGHTS = "_data";

    /** Smaller tensors, such as shapes, stay in the graph's file, because ONNX Runtime reads them when it optimises. */
    private static final String LEAST_EXTERNAL_BYTES = "1024";

    private final Path folder;
    private final Path target;

    /**
     * Prepares to copy one folder to another.
     *
     * @param folder the model's folder; it stays as it is
     * @param target a folder that does not exist yet
     */
    public ModelOptimizer(Path folder, Path target) {
        this.folder = folder;
        this.target = target;
    }

    /**
     * Writes the whole folder or nothing. A file in half precision is copied unchanged, because ONNX Runtime would
     * change its graph for this CPU.
     *
     * @throws BrokenModelException when the model cannot be read, or the folder cannot be written
     */
    public void write() {
        write(Optional.empty());
    }

    /**
     * The same, with files in half precision.
     *
     * @param half adds them to the written folder, before it gets its place
     * @throws BrokenModelException when it is thrown by that, too; then nothing is left
     */
    public void write(Consumer<Path> half) {
        write(Optional.of(half));
    }

    private void write(Optional<Consumer<Path>> half) {
        List<ModelSpec> graphs = ModelRepository.graphs(folder);
        if (Files.exists(target)) {
            throw new BrokenModelException(
                    "%s: is there already; name a folder that is not, or delete it first.".formatted(target));
        }
        if (target.toAbsolutePath()
                .normalize()
                .startsWith(folder.toAbsolutePath().normalize())) {
            throw new BrokenModelException(
                    "%s: lies in the folder of the model, which is copied; name one beside it.".formatted(target));
        }
        Path part =
                target.toAbsolutePath().resolveSibling("." + target.getFileName() + ".part"); // not a valid model name
        try {
            delete(part);
            Path whole = Files.createDirectories(part.resolve(target.getFileName()));
            checkRoom(part, half.isPresent());
            write(graphs, whole);
            half.ifPresent(addition -> addition.accept(whole));
            Files.move(whole, target);
        } catch (IOException | UncheckedIOException e) {
            throw new BrokenModelException("%s: cannot be written (%s); check its permissions and the room on its disk."
                    .formatted(target, e.getMessage()));
        } finally {
            deleteQuietly(part);
        }
    }

    /** Refuses to fill a disk. The files are about as large as those that there are, and half of that more with half precision. */
    private void checkRoom(Path part, boolean half) throws IOException {
        long bytes = 0;
        for (Path file : files(folder)) {
            bytes += Files.size(file);
        }
        long wanted = half ? bytes + bytes / 2 : bytes;
        long free = Files.getFileStore(part).getUsableSpace();
        if (free < wanted) {
            throw new BrokenModelException(
                    "%s: takes about %d MiB, and %d MiB are free on that disk; make room, or name a folder on another one."
                            .formatted(target, wanted >> 20, free >> 20));
        }
    }

    private void write(List<ModelSpec> graphs, Path part) throws IOException {
        Set<Path> optimized = new HashSet<>();
        for (ModelSpec graph : graphs) {
            Path full = graph.graph().files().get(Precision.FULL);
            if (full != null) {
                optimized.add(full);
                optimized.addAll(OnnxFile.read(full).external());
                optimize(full, part.resolve(folder.relativize(full)));
            }
        }
        copyOthers(optimized, part);
    }

    private static void optimize(Path graph, Path to) throws IOException {
        Files.createDirectories(to.getParent());
        OrtRuntime.environment(); // loads the library that the options need
        try (SessionOptions options = new SessionOptions()) {
            options.setOptimizationLevel(OptLevel.BASIC_OPT);
            options.setOptimizedModelFilePath(to.toString());
            options.addConfigEntry(
                    "session.optimized_model_external_initializers_file_name", to.getFileName() + WEIGHTS);
            options.addConfigEntry(
                    "session.optimized_model_external_initializers_min_size_in_bytes", LEAST_EXTERNAL_BYTES);
            try (OrtSession _ = OrtRuntime.environment().createSession(graph.toString(), options)) {
                // opening the session writes the graph
            }
        } catch (OrtException e) {
            throw new BrokenModelException(
                    "%s: ONNX Runtime cannot optimise %s (%s); export or download the file again."
                            .formatted(graph.getParent(), graph.getFileName(), RunFailures.oneLine(e)));
        }
    }

    private void copyOthers(Set<Path> optimized, Path part) throws IOException {
        for (Path file : files(folder)) {
            Path to = part.resolve(folder.relativize(file));
            if (!optimized.contains(file) && !Files.exists(to)) {
                Files.createDirectories(to.getParent());
                Files.copy(file, to);
            }
        }
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder, FileVisitOption.FOLLOW_LINKS)) {
            return all.filter(Files::isRegularFile).toList();
        }
    }

    /** Deletes a leftover folder; a failure does no harm. */
    private static void deleteQuietly(Path folder) {
        try {
            delete(folder);
        } catch (IOException | UncheckedIOException e) {
            LOG.debugf(e, "%s was not deleted", folder);
        }
    }

    /** Deletes a folder with its files, if it exists. */
    private static void delete(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (Stream<Path> all = Files.walk(folder)) {
                for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }
}
