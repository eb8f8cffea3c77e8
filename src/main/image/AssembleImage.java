import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Lays out, under {@code target/image/headroom}, the one folder that an image consists of, and that runs as it is:
 *
 * <pre>
 * jre/          a runtime with no more modules than are used
 * app/          the packaged service, its jars made one, without their native libraries
 * native/       those libraries, so that no start has to unpack them
 * models/       the models, written anew so that they open faster
 * java.args     the JVM's options
 * serve         the command of an image with a checkpoint
 * headroom.aot  classes, linked in a training run: other runtimes and other jars have no use of it
 * </pre>
 *
 * <p>The build calls it: {@code java src/main/image/AssembleImage.java TARGET MODELS LIBRARIES}, where the last is a folder
 * of libraries that go before those in the jars, if there is such a folder.
 */
final class AssembleImage {

    /** As the service's libraries need them; what javac, jlink and the like need is not among them. */
    private static final String MODULES =
            "java.se,jdk.jfr,jdk.management,jdk.naming.dns,jdk.net,jdk.unsupported,jdk.zipfs";

    private final Path target;
    private final Path image;

    private AssembleImage(Path target) {
        this.target = target;
        this.image = target.resolve("image/headroom");
    }

    public static void main(String... arguments) throws IOException, InterruptedException {
        AssembleImage assembly = new AssembleImage(Path.of(arguments[0]).toAbsolutePath());
        assembly.linkRuntime();
        assembly.copyApplication();
        assembly.replaceLibraries(Path.of(arguments[2]));
        assembly.copyModels(Path.of(arguments[1]));
        for (String file : List.of("java.args", "serve")) {
            Files.copy(
                    Path.of("src/main/image", file),
                    assembly.image.resolve(file),
                    StandardCopyOption.REPLACE_EXISTING,
                    StandardCopyOption.COPY_ATTRIBUTES);
        }
        new TrainingRun(assembly.image, List.of(arguments).subList(3, arguments.length)).record();
    }

    /** The same runtime is kept: linking takes longer than all else. */
    private void linkRuntime() throws IOException, InterruptedException {
        Path runtime = image.resolve("jre");
        Path note = image.resolveSibling("runtime");
        Path jdk = Path.of(System.getProperty("java.home"));
        String wanted = Files.readString(jdk.resolve("release")) + MODULES;
        if (Files.exists(runtime) && Files.exists(note) && Files.readString(note).equals(wanted)) {
            return;
        }
        Files.deleteIfExists(note);
        delete(runtime);
        Files.createDirectories(image);
        run(image, jdk.resolve("bin/jlink").toString(), "--add-modules", MODULES, "--output", runtime.toString(),
                "--strip-debug", "--no-header-files", "--no-man-pages");
        Files.writeString(note, wanted);
    }

    private void copyApplication() throws IOException {
        delete(image.resolve("app"));
        delete(image.resolve("native"));
        OneJar.copy(
                target.resolve("quarkus-app"),
                image.resolve("app"),
                new NativeLibraries(Files.createDirectories(image.resolve("native"))));
    }

    private void replaceLibraries(Path others) throws IOException {
        if (Files.isDirectory(others)) {
            for (Path library : files(others)) {
                Path to = image.resolve("native").resolve(library.getFileName());
                Files.copy(library, to, StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    private void copyModels(Path models) throws IOException, InterruptedException {
        Path to = image.resolve("models");
        delete(to);
        Files.createDirectories(to);
        try (Stream<Path> folders = Files.list(models)) {
            for (Path folder : folders.filter(Files::isDirectory).toList()) {
                run(image, "jre/bin/java", "-Donnxruntime.native.path=native", "-jar", "app/quarkus-run.jar",
                        "optimize", "--model", folder.toAbsolutePath().toString(), "--out",
                        to.resolve(folder.getFileName()).toString());
            }
        }
    }

    private static void run(Path folder, String... command) throws IOException, InterruptedException {
        int status = new ProcessBuilder(command).directory(folder.toFile()).inheritIO().start().waitFor();
        if (status != 0) {
            throw new IOException("%s ended with status %d".formatted(command[0], status));
        }
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile).toList();
        }
    }

    private static void delete(Path folder) throws IOException {
        List<Path> all = new ArrayList<>();
        if (Files.exists(folder)) {
            try (Stream<Path> found = Files.walk(folder)) {
                found.sorted(Comparator.reverseOrder()).forEach(all::add);
            }
        }
        for (Path file : all) {
            Files.delete(file);
        }
    }
}
