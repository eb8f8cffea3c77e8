package dev.headroom.measured;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import org.jboss.logging.Logger;

/**
 * Writes files that are there whole or not at all, also when the process is killed meanwhile: a half file has another name until
 * it is whole. Any thread may call.
 */
final class AtomicFile {

    private static final Logger LOG = Logger.getLogger(AtomicFile.class);

    private static final String HALF = ".";
    private static final String HALF_END = ".tmp";
    private static final Duration SURELY_ABANDONED = Duration.ofHours(1);

    private AtomicFile() {}

    /** Writes nothing, and fails as {@link #write} would. */
    static void tryIn(Path folder) throws IOException {
        Files.delete(Files.createTempFile(folder, HALF, HALF_END));
    }

    /** Writes a file in the place of the one that is there. */
    static void write(Path file, byte[] content) throws IOException {
        Path whole = Files.createTempFile(file.getParent(), HALF, HALF_END);
        try {
            try (FileOutputStream out = new FileOutputStream(whole.toFile())) { // a channel would heed an interrupt
                out.write(content);
                out.getFD().sync();
            }
            Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(whole);
        }
    }

    /** Deletes the half files of processes that were killed while they wrote; a young one may still be written to. */
    static void clear(Path dir) {
        Instant old = Instant.now().minus(SURELY_ABANDONED);
        try (DirectoryStream<Path> halves = Files.newDirectoryStream(dir, HALF + "*" + HALF_END)) {
            for (Path half : halves) {
                if (Files.getLastModifiedTime(half).toInstant().isBefore(old)) {
                    Files.deleteIfExists(half);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            LOG.debugf(e, "%s is not cleared of what killed processes left", dir);
        }
    }
}
