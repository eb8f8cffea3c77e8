package dev.headroom.session;

import dev.headroom.model.ModelRepository;
import dev.headroom.model.ModelSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assumptions;

/**
 * A real small Llama, stories260K, in the forms that exporters write, and what llama2.c says with it. It lies beside the project
 * and not in it; tests that need it are skipped where it is missing.
 */
public final class Stories {

    /** The two forms: keys and values in shared memory, and concatenated. */
    public static final List<String> FORMS = List.of("stories260k-genai", "stories260k-optimum");

    private static final Path FOLDER = Path.of("../shared/generation");
    private static final int BEGIN = 1;

    private Stories() {}

    /** True if it is there. */
    public static boolean present() {
        return Files.isDirectory(FOLDER);
    }

    /** The folder of a form. */
    public static Path folder(String form) {
        Assumptions.assumeTrue(
                Files.isDirectory(FOLDER), () -> FOLDER.toAbsolutePath() + " is missing, so that this is not tested");
        return FOLDER.resolve("folders").resolve(form);
    }

    /** The model of a form. */
    public static ModelSpec spec(String form) {
        return ModelRepository.graphs(folder(form)).getFirst();
    }

    /** Texts by llama2.c, greedy, as tokens with the one that begins them. */
    public static List<int[]> golden() {
        folder(FORMS.getFirst());
        try {
            return Files.readAllLines(FOLDER.resolve("golden.txt")).stream()
                    .map(line -> line.split("\\|", -1)[2].strip())
                    .map(ids -> IntStream.concat(
                                    IntStream.of(BEGIN),
                                    Arrays.stream(ids.split(" +")).mapToInt(Integer::parseInt))
                            .toArray())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
