package dev.headroom.knative;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The resources that an operator would apply.
 *
 * @param name which overlay, and with which components
 */
record Rendered(String name, List<Manifest> resources) {

    static final Path ROOT = Path.of("knative");

    /** An overlay with these components. */
    static Rendered overlay(Kustomize kustomize, String overlay, String... components) throws IOException {
        String name = Stream.concat(Stream.of(overlay), Stream.of(components)).collect(Collectors.joining("+"));
        return own(kustomize, name, """
                apiVersion: kustomize.config.k8s.io/v1beta1
                kind: Kustomization
                resources:
                  - ../overlays/%s
                components: %s
                """.formatted(
                overlay, Stream.of(components).map("../components/"::concat).toList()));
    }

    /** An operator's own kustomization, as if it lay in a folder of {@code knative}. */
    static Rendered own(Kustomize kustomize, String name, String kustomization) throws IOException {
        Path folder = Files.createDirectories(Path.of("target/kustomize", name));
        Path up = folder.toAbsolutePath().relativize(ROOT.toAbsolutePath());
        Files.writeString(folder.resolve("kustomization.yaml"), kustomization.replace("../", up + "/"));
        return new Rendered(name, Manifest.all(kustomize.build(folder)));
    }

    /** The examples of sources. */
    static Rendered sources(Kustomize kustomize) throws IOException {
        return new Rendered("sources", Manifest.all(kustomize.build(ROOT.resolve("sources"))));
    }

    /** The names of the folders in one of {@code knative}'s. */
    static List<String> names(String folder) {
        try (Stream<Path> folders = Files.list(ROOT.resolve(folder))) {
            return folders.map(path -> path.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Manifest the(String kind, String name) {
        return resources.stream()
                .filter(resource ->
                        resource.kind().equals(kind) && resource.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("%s has no %s %s".formatted(this.name, kind, name)));
    }

    /** Headroom's own Service. */
    Manifest service() {
        return the("Service", "headroom");
    }

    @Override
    public String toString() {
        return name;
    }
}
