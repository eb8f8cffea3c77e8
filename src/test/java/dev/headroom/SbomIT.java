package dev.headroom;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** The bill of materials against the jars that are in the image. */
class SbomIT {

    private static final Path SBOM = ImageContainer.LAYOUT.resolve("sbom.json");

    @Test
    void namesEveryJar() throws IOException {
        Assumptions.assumeTrue(Files.exists(SBOM), "Maven was offline, and what writes the SBOM runs only online");
        JsonNode sbom = new ObjectMapper().readTree(SBOM.toFile());
        assertEquals("CycloneDX", sbom.path("bomFormat").textValue());
        Set<String> named = new HashSet<>();
        for (JsonNode component : sbom.path("components")) {
            String group = component.path("group").textValue();
            String name = component.path("name").textValue();
            named.add(
                    "%s.%s-%s".formatted(group, name, component.path("version").textValue()));
            assertTrue(
                    component.path("purl").textValue().startsWith("pkg:maven/" + group + "/" + name + "@"),
                    component.toString());
        }
        List<String> jars = jars();
        assertTrue(jars.size() > 100, jars.toString());
        assertEquals(
                List.of(),
                jars.stream()
                        .filter(jar -> named.stream().noneMatch(jar::startsWith))
                        .toList());
    }

    private static List<String> jars() throws IOException {
        try (Stream<Path> files = Files.walk(ImageContainer.LAYOUT.resolve("app/lib"))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".jar"))
                    .toList();
        }
    }
}
