package dev.headroom.model.file;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Checks that a file of a model's folder is there, and is not only Git LFS's pointer to it. */
public final class PresentFile {

    private PresentFile() {}

    /**
     * Returns the file after the check.
     *
     * @param remedy the remedy for a missing file
     * @throws BrokenModelException when it is missing, empty, only a pointer, or cannot be read
     */
    public static Path of(Path folder, Path file, String remedy) {
        String name = folder.relativize(file).toString();
        if (!Files.isRegularFile(file)) {
            throw new BrokenModelException("%s: the file %s is missing; %s.".formatted(folder, name, remedy));
        }
        try (InputStream content = Files.newInputStream(file)) {
            String start = new String(content.readNBytes(40), StandardCharsets.US_ASCII);
            if (start.isEmpty() || start.startsWith("version https://git-lfs")) {
                throw new BrokenModelException("%s: the file %s is %s; run 'git lfs pull' or download it again."
                        .formatted(folder, name, start.isEmpty() ? "empty" : "only Git LFS's pointer to the real one"));
            }
            return file;
        } catch (IOException e) {
            throw new BrokenModelException("%s: the file %s cannot be read (%s); check its permissions."
                    .formatted(folder, name, e.getMessage()));
        }
    }
}
