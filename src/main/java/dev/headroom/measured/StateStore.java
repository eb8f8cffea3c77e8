package dev.headroom.measured;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.headroom.device.Bytes;
import dev.headroom.settings.PlanRefusedException;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Keeps the findings of earlier starts: a JSON file for each model on each device. A file that cannot be read or
 * written is a warning; only a folder that is none fails a start. Any thread may call; none waits for another, and two
 * that write the same file leave one of both whole.
 *
 * @param folder {@code headroom.state-dir}; empty: nothing is kept
 * @param type the class of the findings
 * @param name their name, in the file's name and in the log
 */
public record StateStore<T>(Optional<Path> folder, Class<T> type, String name) {

    private static final Logger LOG = Logger.getLogger(StateStore.class);

    private static final int VERSION = 2;
    private static final int MOST_BYTES = 1 << 20;
    private static final String FOREIGN = "it was not written for this model on this device, or by another version";

    private static final ObjectMapper JSON = new ObjectMapper()
            .registerModules(new Jdk8Module(), new JavaTimeModule())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    /** The file's content. The key in it tells which model on which device the file is for. */
    @RegisterForReflection
    record Stored<T>(int version, StateKey key, T content) {}

    /**
     * Makes the folder where it is not there yet, so that a start warns of what the first write would meet.
     *
     * @throws PlanRefusedException when it is no folder and cannot become one
     */
    public static void prepare(Optional<Path> folder) {
        folder.ifPresent(StateStore::prepare);
    }

    private static void prepare(Path folder) {
        if (!Files.isDirectory(folder)) {
            create(folder);
        }
        try {
            AtomicFile.tryIn(folder);
        } catch (IOException e) {
            LOG.warnf(
                    "headroom.state-dir is %s, which cannot be written (%s): what earlier starts kept there is used, and what"
                            + " this one learns is lost with it. Make it writable for the user of this process, or set another.",
                    folder, e);
        }
    }

    private static void create(Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new PlanRefusedException(
                    "headroom.state-dir is %s, which %s: set it to a folder that can be written, or leave it out."
                            .formatted(folder, Files.exists(folder) ? "is a file" : "cannot be created (" + e + ")"));
        }
    }

    /** The store of calibrations. */
    public static StateStore<Calibration> calibrations(Optional<Path> folder) {
        return new StateStore<>(folder, Calibration.class, "calibration");
    }

    /** The store of learned limits. */
    public static StateStore<LearnedLimits> limits(Optional<Path> folder) {
        return new StateStore<>(folder, LearnedLimits.class, "limits");
    }

    /** The store of openings. */
    public static StateStore<Opening> openings(Optional<Path> folder) {
        return new StateStore<>(folder, Opening.class, "opening");
    }

    /** Returns the findings; empty where there are none, or the file is damaged or for something else. */
    public Optional<T> load(StateKey key) {
        return folder.map(dir -> file(dir, key)).flatMap(file -> load(file, key));
    }

    Path file(Path dir, StateKey key) {
        return dir.resolve("%s.%s.json".formatted(key.fileName(), name));
    }

    /** All findings in the folder, of whatever device, by their keys. */
    public Map<StateKey, T> all() {
        if (folder.isEmpty() || !Files.isDirectory(folder.get())) {
            return Map.of();
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder.get(), "*." + name + ".json")) {
            Map<StateKey, T> all = new HashMap<>();
            files.forEach(file -> read(file).ifPresent(stored -> all.put(stored.key, stored.content)));
            return all;
        } catch (IOException | DirectoryIteratorException e) {
            ignored(folder.get(), e.getMessage());
            return Map.of();
        }
    }

    private Optional<T> load(Path file, StateKey key) {
        Optional<Stored<T>> stored = read(file);
        if (stored.filter(one -> !key.equals(one.key)).isPresent()) {
            ignored(file, FOREIGN);
            return Optional.empty();
        }
        return stored.map(Stored::content);
    }

    private Optional<Stored<T>> read(Path file) {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            ignored(file, "it is no regular file");
            return Optional.empty();
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] content = in.readNBytes(MOST_BYTES + 1);
            if (content.length > MOST_BYTES) {
                throw new IOException("it has more than " + Bytes.text(MOST_BYTES));
            }
            JavaType whole = JSON.getTypeFactory().constructParametricType(Stored.class, type);
            Stored<T> stored = JSON.readValue(content, whole);
            if (stored == null || stored.version != VERSION || stored.key == null || stored.content == null) {
                throw new IOException(FOREIGN);
            }
            return Optional.of(stored);
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
        LOG.warnf("%s is ignored, and what it should hold is found out anew: %s", file, reason);
    }

    /**
     * Keeps findings. The file is there whole or not at all, also when the process is killed meanwhile.
     *
     * @return true if nothing is left to do
     */
    public boolean save(StateKey key, T content) {
        if (folder.isEmpty()) {
            return true;
        }
        try {
            Files.createDirectories(folder.get());
            AtomicFile.clear(folder.get());
            AtomicFile.write(file(folder.get(), key), JSON.writeValueAsBytes(new Stored<>(VERSION, key, content)));
            return true;
        } catch (IOException e) {
            LOG.warnf(
                    "The %s of %s: not kept, and to be found out again at the next start: %s. Set"
                            + " headroom.state-dir to a folder that can be written.",
                    name, key.model(), e);
            return false;
        }
    }

    /** Deletes the findings. */
    public void forget(StateKey key) {
        folder.ifPresent(dir -> {
            try {
                Files.deleteIfExists(file(dir, key));
            } catch (IOException e) {
                LOG.warnf("%s was not deleted: %s", file(dir, key), e);
            }
        });
    }
}
