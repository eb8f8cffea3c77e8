package dev.headroom.model;

import dev.headroom.plan.Precision;
import dev.headroom.plan.PrecisionRule;
import dev.headroom.plan.PrecisionSetting;
import dev.headroom.plan.Source;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The files of a model's graph, of which one is served.
 *
 * @param folder the model's folder
 * @param files the file in each precision that is there, at least one
 * @param served which of them is served, and why
 */
public record GraphFiles(Path folder, Map<Precision, Path> files, PrecisionSetting served) {

    private static final String HALF = "_fp16.onnx";
    private static final String REMEDY = "put the ONNX graph there";

    /** The file that model.yaml names, with {@code X_fp16.onnx} where that lies beside {@code X.onnx}. */
    public static GraphFiles of(Path folder, Path file) {
        String half = String.valueOf(file.getFileName()).replaceFirst("(\\.onnx)?$", HALF);
        return of(folder, file, Optional.of(file.resolveSibling(half)).filter(Files::isRegularFile));
    }

    /**
     * Both files. Until a device is known that in full precision is served.
     *
     * @param file the graph's file; one that is called {@code X_fp16.onnx} is all there is
     * @param half the same graph in half precision, where there is one
     * @throws BrokenModelException when the file is not there or not whole
     */
    public static GraphFiles of(Path folder, Path file, Optional<Path> half) {
        Map<Precision, Path> files = new EnumMap<>(Precision.class);
        Precision own = file.toString().endsWith(HALF) ? Precision.HALF : Precision.FULL;
        half.ifPresent(other -> files.put(Precision.HALF, other));
        files.put(own, PresentFile.of(folder, file, REMEDY));
        String name = file.getFileName().toString();
        return new GraphFiles(
                folder, files, new PrecisionSetting(own, name, Source.DEFAULT, "the device is not known yet"));
    }

    /**
     * The same files, served as the rule says.
     *
     * @throws BrokenModelException when the file to be served is not whole
     */
    GraphFiles by(PrecisionRule rule, String model) {
        Map<Precision, String> names = files.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, file -> file.getValue().getFileName().toString()));
        GraphFiles chosen = new GraphFiles(folder, files, rule.choose(model, names));
        PresentFile.of(folder, chosen.file(), REMEDY);
        return chosen;
    }

    /** The file that is served. */
    Path file() {
        return files.get(served.value());
    }
}
