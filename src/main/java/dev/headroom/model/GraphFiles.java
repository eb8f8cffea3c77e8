package dev.headroom.model;

import dev.headroom.model.file.PresentFile;
import dev.headroom.plan.Precision;
import dev.headroom.plan.PrecisionRule;
import dev.headroom.plan.PrecisionSetting;
import dev.headroom.plan.Source;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The files of a model's graph, of which one is served.
 *
 * @param folder the model's folder
 * @param files the graph's file in each available precision, at least one
 * @param served the precision that is served, and the reason
 * @param tail nodes that are appended to the graph when it is opened
 */
public record GraphFiles(Path folder, Map<Precision, Path> files, PrecisionSetting served, Optional<GraphTail> tail) {

    private static final String REMEDY = "put the ONNX graph there";

    /** The file that model.yaml names, and {@code X_fp16.onnx} and {@code X_bf16.onnx} where they lie beside {@code X.onnx}. */
    public static GraphFiles of(Path folder, Path file) {
        GraphNames names = GraphNames.beside(file.toString(), other -> Files.isRegularFile(Path.of(other)));
        return of(folder, file, names.others().stream().map(Path::of).toList());
    }

    /**
     * All files, of which the graph's own is served until the device is known.
     *
     * @param file the graph's file; its name tells its precision
     * @param others the same graph in other precisions
     * @throws BrokenModelException when the file is missing or not whole
     */
    public static GraphFiles of(Path folder, Path file, List<Path> others) {
        Map<Precision, Path> files = new EnumMap<>(Precision.class);
        others.forEach(other -> files.put(Precision.of(other.toString()), other));
        Precision own = Precision.of(file.toString());
        files.put(own, PresentFile.of(folder, file, REMEDY));
        String name = file.getFileName().toString();
        return new GraphFiles(
                folder,
                files,
                new PrecisionSetting(own, name, Source.DEFAULT, "the device is not known yet"),
                Optional.empty());
    }

    /**
     * The same files, of which the rule chooses the served one.
     *
     * @throws BrokenModelException when the chosen file is not whole
     */
    GraphFiles by(PrecisionRule rule, String model) {
        Map<Precision, String> names = files.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, file -> file.getValue().getFileName().toString()));
        GraphFiles chosen = new GraphFiles(folder, files, rule.choose(model, names), Optional.empty());
        PresentFile.of(folder, chosen.file(), REMEDY);
        return chosen;
    }

    /** The same files with nodes that are appended to the graph. */
    GraphFiles with(Optional<GraphTail> appended) {
        return new GraphFiles(folder, files, served, appended);
    }

    /** The file that is served. */
    Path file() {
        return files.get(served.value());
    }
}
