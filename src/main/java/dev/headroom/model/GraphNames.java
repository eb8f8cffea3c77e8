package dev.headroom.model;

import dev.headroom.plan.Precision;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The file of a graph among those of a folder or repository, told by their names as exporters give them.
 *
 * @param file the graph's file, relative to the folder
 * @param others the same graph in 16 bits; the file itself is among them if there is no other
 * @param quantised true if there is no graph in full precision or 16 bits, but quantised variants alone
 */
record GraphNames(String file, List<String> others, boolean quantised) {

    /** The folder in which exporters put variants. */
    static final String FOLDER = "onnx/";

    /** Ends of names, the most exact first: optimised, then quantised to 8 bits. All others come behind these. */
    private static final List<String> ORDER =
            List.of("_o1", "_o2", "_o3", "_quantized", "_int8", "_uint8", "_qint8", "_quint8");

    private static final int OPTIMISED = 3;

    /**
     * Finds {@code name.onnx}, else an optimised variant, else {@code name_fp16.onnx}, else a quantised variant, else {@code name_bf16.onnx}: all
     * but variants in the folder, else in {@code onnx}, and variants in {@code onnx} alone.
     */
    static Optional<GraphNames> of(String name, Collection<String> files) {
        List<String> others = Precision.REDUCED.stream()
                .flatMap(precision -> first(precision.beside(name), files).stream())
                .toList();
        boolean half = others.stream().anyMatch(other -> Precision.of(other) == Precision.HALF); // runs on any device
        return first(name + ".onnx", files)
                .or(() -> variants(name, files)
                        .filter(file -> !half || rank(name, file) < OPTIMISED)
                        .min(Comparator.comparingInt((String file) -> rank(name, file))
                                .thenComparing(file -> file)))
                .or(() -> others.stream().findFirst())
                .map(file -> new GraphNames(file, others, others.isEmpty() && isQuantised(name, file)));
    }

    /**
     * The file that model.yaml names, with {@code X_fp16.onnx} and {@code X_bf16.onnx} where they lie beside {@code X.onnx}.
     *
     * @param file its name or path
     * @param isThere true for those of a file that is there
     */
    static GraphNames beside(String file, Predicate<String> isThere) {
        return new GraphNames(
                file,
                Precision.REDUCED.stream()
                        .map(precision -> precision.beside(file))
                        .filter(isThere)
                        .toList(),
                false);
    }

    /** The names of all its files by their precision. */
    Map<Precision, String> byPrecision() {
        Map<Precision, String> names = new EnumMap<>(Precision.class);
        others.forEach(other -> names.put(Precision.of(other), other));
        names.put(Precision.of(file), file);
        return names;
    }

    private static Optional<String> first(String file, Collection<String> files) {
        return Stream.of(file, FOLDER + file).filter(files::contains).findFirst();
    }

    private static Stream<String> variants(String name, Collection<String> files) {
        return files.stream()
                .filter(file -> file.startsWith(FOLDER + name)
                        && file.endsWith(".onnx")
                        && file.indexOf('/', FOLDER.length()) < 0
                        && Precision.of(file) == Precision.FULL);
    }

    private static boolean isQuantised(String name, String file) {
        return !file.endsWith(name + ".onnx") && rank(name, file) >= OPTIMISED;
    }

    private static int rank(String name, String file) {
        String end = file.substring(FOLDER.length() + name.length()).toLowerCase(Locale.ROOT);
        for (int i = 0; i < ORDER.size(); i++) {
            if (end.startsWith(ORDER.get(i))) {
                return i;
            }
        }
        return ORDER.size();
    }
}
