package dev.headroom;

import dev.headroom.device.Bytes;
import dev.headroom.device.Host;
import dev.headroom.settings.Environment;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.spi.ConfigSource;

/**
 * What a process takes as given once it has started: it has read its settings, and sized its heap and its threads. A process that
 * is restored elsewhere has to find the same.
 *
 * @param environment its variables
 * @param settings the digest of all settings that no variable gives, wherever Quarkus finds them
 * @param cores the processors that it may use
 * @param memoryBytes the memory of its container, its heap included
 * @param nanos the time by {@link System#nanoTime}
 */
record Surroundings(Environment environment, String settings, int cores, long memoryBytes, long nanos) {

    /** Sources that the JVM has read once. */
    private static final Set<String> OF_THE_PROCESS = Set.of("EnvConfigSource", "SysPropConfigSource");

    /** Machines of one kind differ by less than a 32nd of their memory. */
    private static final int TOLERANCE = 32;

    /**
     * The surroundings of this process.
     *
     * @param environment the variables that it has been given
     * @param settings its settings, just read
     */
    static Surroundings of(Environment environment, Config settings) {
        Host host = Host.read();
        return new Surroundings(
                environment,
                digest(settings),
                host.cores(),
                host.memoryBytes() + Runtime.getRuntime().maxMemory(),
                System.nanoTime());
    }

    /** A digest, because a file may hold more than anybody should keep. */
    private static String digest(Config settings) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (ConfigSource source : settings.getConfigSources()) {
                if (!OF_THE_PROCESS.contains(source.getName())) {
                    String text = source.getOrdinal() + " " + new TreeMap<>(source.getProperties());
                    digest.update(text.getBytes(StandardCharsets.UTF_8));
                }
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-256", e);
        }
    }

    /**
     * What forbids a process of other surroundings to go on in these, in one sentence; empty where it may.
     *
     * @param before where it has started
     */
    Optional<String> refusal(Surroundings before) {
        List<String> reasons = new ArrayList<>();
        List<String> variables = environment.differences(before.environment);
        if (!variables.isEmpty()) {
            reasons.add("other settings are in the environment (%s)".formatted(String.join(", ", variables)));
        }
        if (!settings.equals(before.settings)) {
            reasons.add("other settings are in a file, such as config/application.properties");
        }
        if (cores > before.cores) {
            reasons.add("%d cores are here and were %d there".formatted(cores, before.cores));
        }
        if (memoryBytes < before.memoryBytes - before.memoryBytes / TOLERANCE) {
            reasons.add("%s of memory are here and were %s there"
                    .formatted(Bytes.text(memoryBytes), Bytes.text(before.memoryBytes)));
        }
        if (nanos < before.nanos) {
            reasons.add("this machine is up for a shorter time than that one was, so that timers would stand still");
        }
        return reasons.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", reasons));
    }
}
