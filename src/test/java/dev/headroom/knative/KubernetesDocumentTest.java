package dev.headroom.knative;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Checks what docs/kubernetes.md tells an operator to write and to apply. */
class KubernetesDocumentTest {

    private static final Path DOCUMENT = Path.of("docs/kubernetes.md");

    private static List<String> found(String pattern) throws IOException {
        return Pattern.compile(pattern, Pattern.DOTALL)
                .matcher(Files.readString(DOCUMENT))
                .results()
                .map(match -> match.group(1))
                .toList();
    }

    static List<String> kustomizations() throws IOException {
        List<String> all = found("```yaml\n(.*?)```");
        assertEquals(2, all.size());
        return all;
    }

    @ParameterizedTest
    @MethodSource("kustomizations")
    void whatIsToBeWrittenRendersWithTheImageThatItNames(String kustomization) throws IOException {
        Rendered rendered = Renderings.own("document", kustomization);
        Set<String> images = new TreeSet<>();
        for (Manifest resource : rendered.resources()) {
            assertEquals(resource.plain(), resource.roundTrip(), resource.name());
            assertEquals("inference", resource.text("/metadata/namespace"), resource.name());
            images.addAll(resource.tree().findValuesAsText("image"));
        }
        assertEquals(Set.of("registry.example.org/headroom:1"), images);
    }

    @Test
    void pathsThatItNamesAreThere() throws IOException {
        List<String> paths = found("[ `/]((?:knative|kubernetes|kserve|components)/[a-z0-9./-]+)");
        assertTrue(paths.size() > 15, paths::toString);
        paths.stream()
                .filter(path -> !path.startsWith("knative/mine"))
                .forEach(path -> assertTrue(
                        Files.exists(path.startsWith("knative/") ? Path.of(path) : Rendered.ROOT.resolve(path)), path));
    }

    @Test
    void everyExampleForKServeIsInItsTable() throws IOException {
        Set<String> told = new TreeSet<>(found("\\| `([a-z-]+\\.yaml)` \\|"));
        Set<String> there = new TreeSet<>(Rendered.names("kserve/examples"));
        there.remove("kustomization.yaml");
        assertEquals(there, told);
    }
}
