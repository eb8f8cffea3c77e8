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

    /** The version of CUDA that the build under test is for: 12 or 13. */
    private static final int CUDA = Integer.getInteger("vgpu.cuda", 12);

    /** The names by which CUDA's users load the library. */
    static final List<String> NAMES = List.of(
            "libcudart.so." + CUDA,
            "libcublas.so." + CUDA,
            "libcublasLt.so." + CUDA,
            "libcufft.so." + (CUDA - 1),
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
            library.addAll(List.of("-DCUDA=" + CUDA, "-shared", "-fPIC", "-Wl,-Bsymbolic", "-Wl,-soname," + LIBRARY));
            library.add("-Wl,--version-script=" + versions(folder));
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

    /** The versions of symbols that CUDA's users ask for. */
    private static Path versions(Path folder) throws IOException {
        String versions = Files.readString(SOURCES.resolve("vgpu.map"))
                .replaceAll("(libcudart|libcublas|libcublasLt)\\.so\\.12", "$1.so." + CUDA)
                .replace("libcufft.so.11", "libcufft.so." + (CUDA - 1));
        return Files.writeString(folder.resolve("vgpu.map"), versions);
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
