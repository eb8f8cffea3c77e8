package dev.headroom;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Runs the image's {@code serve} as a container engine would with Dockerfile.checkpoint: with process ids and a {@code /tmp} of its
 * own, the two capabilities that CRIU needs and no others, and within so much memory.
 *
 * @param folder the image's folder, in which a checkpoint is made
 * @param environment the variables of all its processes
 */
public record CheckpointContainer(Path folder, Map<String, String> environment) {

    private static final String NONE = "none";

    private static final Path ENTER = Path.of("src/test/resources/image-container/enter-checkpoint.sh");

    /** Where the kernel's first and second version of control groups limit memory, and by which file. */
    private static final Map<Path, String> LIMITS = Map.of(
            Path.of("/sys/fs/cgroup/memory"), "memory.limit_in_bytes",
            Path.of("/sys/fs/cgroup"), "memory.max");

    /** A copy of the image's folder by hard links, because the AOT cache knows the times of its files. */
    public static CheckpointContainer of(String name, Map<String, String> environment)
            throws IOException, InterruptedException {
        return of(ImageContainer.LAYOUT, name, environment);
    }

    /** The same of another build's folder. */
    static CheckpointContainer of(Path image, String name, Map<String, String> environment)
            throws IOException, InterruptedException {
        Path folder = Path.of("target", name).toAbsolutePath();
        check("rm", "-rf", folder.toString());
        check("cp", "-al", image.toString(), folder.toString());
        return new CheckpointContainer(folder, environment);
    }

    private static void check(String... command) throws IOException, InterruptedException {
        int status = new ProcessBuilder(command).inheritIO().start().waitFor();
        if (status != 0) {
            throw new IOException("%s ended with status %d".formatted(List.of(command), status));
        }
    }

    /** True if CRIU can restore a process here. */
    public static boolean permitted() throws InterruptedException {
        try {
            return new ProcessBuilder(entered(List.of("try"))).start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    /** A control group with this limit of its memory; empty where this machine lets nobody make one. */
    static Optional<Path> group(String name, long bytes) {
        return LIMITS.entrySet().stream()
                .filter(limit -> Files.isWritable(limit.getKey()))
                .flatMap(limit -> group(limit.getKey().resolve(name), limit.getValue(), bytes))
                .findFirst();
    }

    private static Stream<Path> group(Path group, String limit, long bytes) {
        try {
            Files.createDirectories(group);
            if (!Files.exists(group.resolve(limit))) {
                Files.delete(group); // no controller of memory is here
                return Stream.empty();
            }
            Files.writeString(group.resolve(limit), Long.toString(bytes));
            return Stream.of(group);
        } catch (IOException e) {
            return Stream.empty();
        }
    }

    /** Makes the checkpoint; the process has ended when its log has. */
    ServiceProcess make(Optional<Path> group, Map<String, String> more) throws IOException {
        return ServiceProcess.started(new ProcessBuilder(command(group, "checkpoint", more)));
    }

    /**
     * Makes the checkpoint.
     *
     * @throws IOException where that fails
     */
    public void make() throws IOException, InterruptedException {
        check(command(Optional.empty(), "checkpoint", Map.of()).toArray(String[]::new));
    }

    /** Serves, from the checkpoint where it fits. */
    ServiceProcess serve(Optional<Path> group, Map<String, String> more) throws IOException {
        return ServiceProcess.started(new ProcessBuilder(command(group, NONE, more)));
    }

    /** The command that serves. */
    public List<String> serving() {
        return command(Optional.empty(), NONE, Map.of());
    }

    private List<String> command(Optional<Path> group, String argument, Map<String, String> more) {
        List<String> arguments =
                new ArrayList<>(List.of(group.map(Path::toString).orElse(NONE), folder.toString(), argument));
        Stream.of(environment, more)
                .flatMap(variables -> variables.entrySet().stream())
                .forEach(variable -> arguments.add(variable.getKey() + "=" + variable.getValue()));
        return entered(arguments);
    }

    private static List<String> entered(List<String> arguments) {
        List<String> command = new ArrayList<>(
                List.of("unshare", "--pid", "--fork", "--mount-proc", "--kill-child", "sh", ENTER.toString()));
        command.addAll(arguments);
        return command;
    }
}
