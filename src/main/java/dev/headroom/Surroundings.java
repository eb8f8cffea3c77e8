package dev.headroom;

import dev.headroom.device.Bytes;
import dev.headroom.device.Host;
import dev.headroom.settings.Environment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a process takes as given once it has started: it has read its settings, and sized its heap and its threads. A process that
 * is restored elsewhere has to find the same.
 *
 * @param environment its variables
 * @param files the content of the files of settings, one for each place where Quarkus looks; empty where there is none
 * @param cores the processors that it may use
 * @param memoryBytes the memory of its container, its heap included
 * @param nanos the time by {@link System#nanoTime}
 */
record Surroundings(Environment environment, List<String> files, int cores, long memoryBytes, long nanos) {

    private static final List<Path> FILES = List.of(Path.of("config/application.properties"), Path.of(".env"));

    /** Machines of one kind differ by less than a 32nd of their memory. */
    private static final int TOLERANCE = 32;

    /** The surroundings of this process, with the environment that it has been given. */
    static Surroundings of(Environment environment) {
        Host host = Host.read();
        return new Surroundings(
                environment,
                FILES.stream().map(Surroundings::content).toList(),
                host.cores(),
                host.memoryBytes() + Runtime.getRuntime().maxMemory(),
                System.nanoTime());
    }

    private static String content(Path file) {
        try {
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            return "";
        } catch (IOException e) {
            return e.toString(); // unreadable files are alike where they are unreadable for the same reason
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
        if (!files.equals(before.files)) {
            reasons.add("other settings are in %s or %s".formatted(FILES.getFirst(), FILES.getLast()));
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
