package dev.headroom;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Runs the image's folder as a container engine would with Dockerfile.jvm: a read-only root file system of the C
 * libraries and the folder alone, a small /tmp, user 10001, no privileges and next to no environment.
 */
enum ImageContainer {
    /** By root, who becomes the user. */
    OF_ROOT(List.of("--mount"), "--setgid=10001 --setuid=10001"),
    /** By anybody, where the kernel lets everybody have user namespaces. */
    OF_ANYBODY(List.of("--mount", "--map-root-user"), "--user --map-user=10001 --map-group=10001");

    static final Path LAYOUT = Path.of("target/image/headroom").toAbsolutePath();

    /** The command of the image. */
    static final List<String> ENTRY_POINT = List.of("/headroom/jre/bin/java", "@/headroom/java.args");

    private static final Path LIBRARIES = Path.of("src/main/docker/libraries.txt");

    /** Where its root file system is mounted, in its own namespace. */
    private static final Path ROOT = Path.of("target/image-root").toAbsolutePath();

    private final List<String> namespaces;
    private final String user;

    ImageContainer(List<String> namespaces, String user) {
        this.namespaces = namespaces;
        this.user = user;
    }

    /** The way that this machine permits; empty where it permits none. */
    static Optional<ImageContainer> permitted() throws IOException {
        if (Files.readAllLines(LIBRARIES).stream().map(Path::of).allMatch(Files::exists)) {
            return Stream.of(values()).filter(ImageContainer::works).findFirst();
        }
        return Optional.empty();
    }

    private boolean works() {
        try {
            return new ProcessBuilder(unshare(List.of("mount", "-t", "tmpfs", "test", "/mnt")))
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Starts the image's entry point. */
    ServiceProcess start() throws IOException, URISyntaxException {
        Files.createDirectories(ROOT);
        Path enter = Path.of(
                ImageContainer.class.getResource("/image-container/enter.sh").toURI());
        List<String> command = new ArrayList<>(
                List.of("sh", enter.toString(), ROOT.toString(), LAYOUT.toString(), LIBRARIES.toString(), user));
        command.addAll(ENTRY_POINT);
        return ServiceProcess.started(new ProcessBuilder(unshare(command)));
    }

    private List<String> unshare(List<String> command) {
        List<String> all = new ArrayList<>(List.of("unshare"));
        all.addAll(namespaces);
        all.addAll(command);
        return all;
    }
}
