package dev.headroom.plan;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Calibrations of earlier starts: a JSON file for each model on each device. Nothing here ever fails a start: what
 * cannot be read or written is a warning.
 *
 * @param folder {@code headroom.state-dir}; empty: nothing is kept
 */
public record CalibrationStore(Optional<Path> folder) {

    private static final Logger LOG = Logger.getLogger(CalibrationStore.class);

    private static final int VERSION = 1;
    private static final int MOST_BYTES = 1 << 20;

    private static final ObjectMapper JSON = new ObjectMapper()
            .registerModules(new Jdk8Module(), new JavaTimeModule())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    /** The file's content. The key stands in it too, so that a file is known for what it is. */
    @RegisterForReflection
    record Stored(int version, CalibrationKey key, Calibration calibration) {}

    /** What was measured before; empty where nothing was, or what is there is damaged or for something else. */
    public Optional<Calibration> load(CalibrationKey key) {
        return folder.map(dir -> dir.resolve(key.fileName())).flatMap(file -> load(file, key));
    }

    private static Optional<Calibration> load(Path file, CalibrationKey key) {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            ignored(file, "it is no regular file");
            return Optional.empty();
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] content = in.readNBytes(MOST_BYTES + 1);
            if (content.length > MOST_BYTES) {
                throw new IOException("it has more than " + Bytes.text(MOST_BYTES));
            }
            Stored stored = JSON.readValue(content, Stored.class);
            if (stored == null || stored.version != VERSION || !key.equals(stored.key) || stored.calibration == null) {
                throw new IOException("it was not written for this model on this device, or by another version");
            }
            return Optional.of(stored.calibration);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (JsonProcessingException e) {
            ignored(file, "it is damaged: " + e.getOriginalMessage());
        } catch (AccessDeniedException e) {
            ignored(file, "it may not be read");
        } catch (IOException e) {
            ignored(file, e.getMessage());
        }
        return Optional.empty();
    }

    private static void ignored(Path file, String reason) {
        LOG.warnf("The calibration in %s is ignored, and measured anew: %s", file, reason);
    }

    /** Keeps a calibration; a file is there whole or not at all, also when the process is killed meanwhile. */
    public void save(CalibrationKey key, Calibration calibration) {
        folder.ifPresent(dir -> {
            try {
                Files.createDirectories(dir);
                replace(dir.resolve(key.fileName()), JSON.writeValueAsBytes(new Stored(VERSION, key, calibration)));
            } catch (IOException e) {
                LOG.warnf(
                        "The calibration of %s was not kept, and will be measured again at the next start: %s. Set"
                                + " headroom.state-dir to a folder that can be written.",
                        key.model(), e);
            }
        });
    }

    private static void replace(Path file, byte[] content) throws IOException {
        Path whole = Files.createTempFile(file.getParent(), ".", ".tmp");
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
}
