package dev.headroom.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** The C library of virtual GPUs and its command, compiled once in this process for each choice of options. */
final class VirtualGpuLibrary {

    static final String LIBRARY = "libvgpu.so";
    static final String COMMAND = "vgpuctl";

    /** The names by which CUDA's users load the library. */
    static final List<String> NAMES = List.of(
            "libcudart.so.12",
            "libcublas.so.12",
            "libcublasLt.so.12",
            "libcudnn.so.9",
            "libcurand.so.10",
            "libcuda.so.1",
            "libnvidia-ml.so.1");

    private static final Path SOURCES = Path.of("src/test/resources/device/vgpu");
    private static final Map<List<String>, Path> COMPILED = new ConcurrentHashMap<>();

    private VirtualGpuLibrary() {}

    /**
     * The folder with both.
     *
     * @param options such as {@code -DOLD_DRIVER}; the test aborts where there is no C compiler
     */
    static Path compiled(List<String> options) {
        return COMPILED.computeIfAbsent(options, VirtualGpuLibrary::compile);
    }

    private static Path compile(List<String> options) {
        try {
            Path folder = newFolder("library");
            List<String> library = new ArrayList<>(options);
            library.addAll(List.of("-shared", "-fPIC", "-Wl,-Bsymbolic", "-Wl,-soname," + LIBRARY));
            library.add("-Wl,--version-script=" + SOURCES.resolve("vgpu.map"));
            try (Stream<Path> files = Files.list(SOURCES)) {
                files.map(Path::toString)
                        .filter(file -> file.endsWith(".c") && !file.endsWith(COMMAND + ".c"))
                        .forEach(library::add);
            }
            compile(folder.resolve(LIBRARY), library);
            compile(
                    folder.resolve(COMMAND),
                    List.of(SOURCES.resolve("vgpuctl.c").toString(), "-L" + folder, "-lvgpu", "-Wl,-rpath,$ORIGIN"));
            return folder;
        } catch (IOException e) {
            return abort("no C compiler here: " + e.getMessage());
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void compile(Path to, List<String> arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("cc", "-std=gnu11", "-Wall", "-Wextra", "-Werror"));
        command.addAll(List.of("-o", to.toString()));
        command.addAll(arguments);
        Process compiler = new ProcessBuilder(command).inheritIO().start();
        assertEquals(0, compiler.waitFor(), () -> String.join(" ", command));
    }

    /** A new folder of this name and a number, below target/virtual-gpu. */
    static Path newFolder(String name) throws IOException {
        Path all = Files.createDirectories(Path.of("target/virtual-gpu")).toAbsolutePath();
        return Files.createTempDirectory(all, name + "-");
    }
}
