package dev.headroom.knative;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Checks what docs/deploy.md tells an operator to write and to switch on. */
class DeployDocumentTest {

    private static final Path DOCUMENT = Path.of("docs/deploy.md");
    private static final Pattern BLOCK = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);
    private static final Pattern ROW = Pattern.compile("\\| `(overlays|components)/([a-z0-9-]+)` \\|.*\\| (.*) \\|");
    private static final Pattern PATCHES = Pattern.compile("\\Apatches:");

    /** Alone, or what is to be added to an operator's own. */
    static List<String> kustomizations() throws IOException {
        return BLOCK.matcher(Files.readString(DOCUMENT))
                .results()
                .map(block -> PATCHES.matcher(block.group(1)).replaceFirst("""
                                apiVersion: kustomize.config.k8s.io/v1beta1
                                kind: Kustomization
                                resources:
                                  - ../overlays/nvidia-gpu
                                patches:"""))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("kustomizations")
    void whatIsToBeWrittenRenders(String kustomization) throws IOException {
        Rendered rendered = Renderings.own("document", kustomization);
        for (Manifest resource : rendered.resources()) {
            assertEquals(resource.plain(), resource.roundTrip(), resource.name());
        }
        assertEquals(List.of(), new KnativeWebhook(rendered.service()).refusals());
        if (kustomization.contains("images:")) {
            assertEquals(
                    "registry.example.org/headroom:1",
                    rendered.service().text("/spec/template/spec/containers/0/image"));
            assertEquals("inference", rendered.service().text("/metadata/namespace"));
        }
    }

    @Test
    void thereIsSuchAKustomizationForEachOfThem() throws IOException {
        assertEquals(5, kustomizations().size());
    }

    @Test
    void theTableNamesEachFolderAndTheFlagsThatItNeeds() throws IOException {
        Map<String, Set<String>> told = new HashMap<>();
        ROW.matcher(Files.readString(DOCUMENT))
                .results()
                .forEach(row -> told.put(
                        (row.group(1).equals("components") ? "cpu+" : "") + row.group(2), flags(row.group(3))));
        Map<String, Set<String>> needed = Stream.concat(
                        Rendered.names("overlays").stream(),
                        Rendered.names("components").stream().map("cpu+"::concat))
                .collect(Collectors.toMap(name -> name, DeployDocumentTest::needed));
        assertEquals(needed, told);
    }

    private static Set<String> flags(String cell) {
        return cell.equals("none")
                ? Set.of()
                : Arrays.stream(cell.split(", "))
                        .map(flag -> flag.replace("`", ""))
                        .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> needed(String rendered) {
        try {
            return new KnativeWebhook(Renderings.of(rendered).service()).flags();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void pathsThatItNamesAreThere() throws IOException {
        Pattern path = Pattern.compile("(?:-f |`)((?:base|components|overlays|sources|knative/sources)/[a-z0-9./-]+)");
        List<String> paths = path.matcher(Files.readString(DOCUMENT))
                .results()
                .map(match -> match.group(1))
                .filter(name -> !name.contains("l40s"))
                .toList();
        assertTrue(paths.size() > 10, paths::toString);
        paths.forEach(name -> assertTrue(
                Files.exists(name.startsWith("knative/") ? Path.of(name) : Rendered.ROOT.resolve(name)), name));
    }
}
