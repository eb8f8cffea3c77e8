package dev.headroom.model;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The file of a graph among those of a folder or repository, told by their names as exporters give them.
 *
 * @param file the graph's file, relative to the folder
 * @param half the same graph in half precision, where there is one; the file itself if there is no other
 * @param reduced true if there is neither full nor half precision, but quantised variants alone
 */
record GraphNames(String file, Optional<String> half, boolean reduced) {

    /** The folder in which exporters put variants. */
    static final String FOLDER = "onnx/";

    /** The end of the name of a file in half precision. */
    static final String HALF = "_fp16.onnx";

    /** Ends of names, the most exact first: optimised, then quantised to 8 bits. All others come behind these. */
    private static final List<String> ORDER =
            List.of("_o1", "_o2", "_o3", "_quantized", "_int8", "_uint8", "_qint8", "_quint8");

    private static final int OPTIMISED = 3;

    /**
     * Finds {@code name.onnx}, else an optimised variant, else {@code name_fp16.onnx}, else a quantised variant: the first two in the folder, else
     * in {@code onnx}, and variants in {@code onnx} alone.
     */
    static Optional<GraphNames> of(String name, Collection<String> files) {
        Optional<String> half = first(name + HALF, files);
        return first(name + ".onnx", files)
                .or(() -> variants(name, files)
                        .filter(file -> half.isEmpty() || rank(name, file) < OPTIMISED)
                        .min(Comparator.comparingInt((String file) -> rank(name, file))
                                .thenComparing(file -> file)))
                .or(() -> half)
                .map(file -> new GraphNames(file, half, half.isEmpty() && isReduced(name, file)));
    }

    /** The file that model.yaml names, with {@code X_fp16.onnx} where that lies beside {@code X.onnx}. */
    static GraphNames beside(String file, Collection<String> files) {
        return new GraphNames(
                file, Optional.of(file.replaceFirst("(\\.onnx)?$", HALF)).filter(files::contains), false);
    }

    private static Optional<String> first(String file, Collection<String> files) {
        return Stream.of(file, FOLDER + file).filter(files::contains).findFirst();
    }

    private static Stream<String> variants(String name, Collection<String> files) {
        return files.stream()
                .filter(file -> file.startsWith(FOLDER + name)
                        && file.endsWith(".onnx")
                        && file.indexOf('/', FOLDER.length()) < 0
                        && !file.endsWith(HALF));
    }

    private static boolean isReduced(String name, String file) {
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
