package dev.headroom;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** The bill of materials against the jars that the image's one jar is made of. */
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
        assertEquals(List.of(), unnamed(named));
    }

    /** What scanners go by that look into jars: the image has no jar of that name any more. */
    @Test
    void theOneJarNamesThemToo() throws IOException {
        try (JarFile image = new JarFile(
                ImageContainer.LAYOUT.resolve("app/lib/main/headroom.jar").toFile())) {
            List<String> named = new ArrayList<>();
            for (JarEntry entry : image.stream()
                    .filter(e -> e.getName().matches("META-INF/maven/.*/pom.properties"))
                    .toList()) {
                Properties maven = new Properties();
                maven.load(image.getInputStream(entry));
                named.add("%s.%s-%s".formatted(maven.get("groupId"), maven.get("artifactId"), maven.get("version")));
            }
            assertEquals(List.of(), unnamed(named));
        }
    }

    private static List<String> unnamed(Collection<String> named) throws IOException {
        List<String> jars = jars();
        assertTrue(jars.size() > 100, jars.toString());
        return jars.stream()
                .filter(jar -> named.stream().noneMatch(jar::startsWith))
                .toList();
    }

    private static List<String> jars() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("target/quarkus-app/lib"))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".jar"))
                    .toList();
        }
    }
}
