package dev.headroom.function.access;

import io.quarkus.runtime.configuration.ConfigurationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;

/**
 * A file of keys, one a line, that is read again when it changes. The last good keys stay in force while the file is missing,
 * unreadable or without keys.
 */
final class ApiKeyFile {

    private static final Logger LOG = Logger.getLogger(ApiKeyFile.class);

    private static final long BETWEEN_LOOKS = Duration.ofSeconds(1).toNanos();

    private final Path path;
    private final LongSupplier nanoTime;
    private final AtomicLong looked;
    private volatile Stamp stamp;
    private volatile ApiKeys keys;
    private volatile boolean warned;

    /** Identifies a version of the file. Kubernetes changes a mounted secret by pointing a link to another file. */
    private record Stamp(Path target, FileTime modified, Object inode, long size) {

        static Stamp of(Path path) throws IOException {
            BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
            return new Stamp(path.toRealPath(), attributes.lastModifiedTime(), attributes.fileKey(), attributes.size());
        }
    }

    /**
     * Reads the file.
     *
     * @param nanoTime the clock
     * @throws ConfigurationException when it cannot be read or holds no keys
     */
    ApiKeyFile(Path path, LongSupplier nanoTime) {
        this.path = path;
        this.nanoTime = nanoTime;
        this.looked = new AtomicLong(nanoTime.getAsLong());
        try {
            stamp = Stamp.of(path);
            keys = read();
        } catch (IOException e) {
            throw new ConfigurationException(
                    "headroom.auth.api-keys-file is %s, which cannot be read (%s): mount it there, or leave it out."
                            .formatted(path, e.getClass().getSimpleName()));
        }
    }

    /** The keys in force. Looks at the file at most once a second. */
    ApiKeys keys() {
        long last = looked.get();
        long now = nanoTime.getAsLong();
        if (now - last >= BETWEEN_LOOKS && looked.compareAndSet(last, now)) {
            look();
        }
        return keys;
    }

    private void look() {
        try {
            Stamp found = Stamp.of(path);
            if (!found.equals(stamp)) {
                keys = read();
                stamp = found;
                LOG.infof("%s has changed; its keys hold from now on.", path);
            }
            warned = false;
        } catch (IOException | ConfigurationException e) {
            warn(e);
        }
    }

    /** Warns once, until the file is good again. */
    private void warn(Exception why) {
        if (!warned) {
            warned = true;
            String reason = why instanceof IOException ? "It cannot be read (%s).".formatted(why) : why.getMessage();
            LOG.warnf("The keys in %s are not taken, and those before hold: %s", path, reason);
        }
    }

    private ApiKeys read() throws IOException {
        List<String> lines = Files.readAllLines(path).stream()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                .toList();
        return ApiKeys.of(lines, path.toString());
    }
}
