package dev.headroom;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headroom.task.References;
import dev.headroom.task.References.Reference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** The service from the files of the image alone, in what a container would give it. */
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ImageIT {

    private static final ObjectMapper JSON = new ObjectMapper();

    private ImageContainer container;
    private ServiceProcess service;

    @BeforeAll
    void start() throws Exception {
        container = ImageContainer.permitted().orElse(null);
        Assumptions.assumeTrue(
                container != null,
                "neither root nor user namespaces here, or not the C library of an x86-64 Debian or Ubuntu");
        assertTrue(Files.isDirectory(ImageContainer.LAYOUT), "./mvnw package makes " + ImageContainer.LAYOUT);
        service = container.start().listening();
    }

    @AfterAll
    void end() {
        if (service != null) {
            service.close();
        }
    }

    @Test
    void embeds() throws Exception {
        Reference reference = References.all().getFirst();
        String request = JSON.writeValueAsString(Map.of("inputs", reference.text()));
        JsonNode output = JSON.readTree(service.infer(request).join().body()).at("/outputs/0/embedding");
        assertTrue(
                References.cosine(JSON.convertValue(output, float[].class), reference.vector()) >= 0.999,
                output.toString());
    }

    @Test
    void isNobodyInParticular() throws IOException {
        Map<String, String> status = Files.readAllLines(process("status")).stream()
                .map(line -> line.split(":\\s*", 2))
                .collect(Collectors.toMap(field -> field[0], field -> field[1].strip()));
        assertEquals("0000000000000000", status.get("CapEff"), "capabilities");
        assertEquals("1", status.get("NoNewPrivs"));
        if (container == ImageContainer.OF_ROOT) {
            assertEquals("10001\t10001\t10001\t10001", status.get("Uid"));
            assertEquals("10001\t10001\t10001\t10001", status.get("Gid"));
            assertEquals("", status.get("Groups"));
        }
    }

    /** Nothing else could have been written to; and neither a shell nor any other program is there. */
    @Test
    void seesNothingButLibrariesAndItsOwnFolder() throws IOException {
        Set<String> writable = Files.readAllLines(process("mountinfo")).stream()
                .map(line -> line.split(" "))
                .filter(mount -> mount[5].startsWith("rw"))
                .map(mount -> mount[4])
                .filter(folder -> !folder.matches("/(proc|sys|dev)(/.*)?"))
                .collect(Collectors.toSet());
        assertEquals(Set.of("/tmp"), writable);
        assertEquals(Set.of("dev", "etc", "headroom", "lib64", "proc", "sys", "tmp", "usr"), names(process("root")));
        assertEquals(Set.of("lib"), names(process("root/usr")));
        assertEquals(Set.of(), names(process("root/etc")));
    }

    @Test
    void unpacksNothing() throws IOException {
        try (Stream<Path> files = Files.walk(process("root/tmp"))) {
            assertEquals(List.of(), files.filter(Files::isRegularFile).toList());
        }
        List<String> fromTmp = Files.readAllLines(process("maps")).stream()
                .filter(line -> line.contains("/image-root/tmp/"))
                .toList();
        assertEquals(List.of(), fromTmp, "loaded from /tmp, and deleted since");
    }

    @Test
    void endsAtSigterm() throws Exception {
        try (ServiceProcess other = container.start().listening()) {
            other.terminate();
            assertEquals(0, other.exitStatus(), other.log());
            assertFalse(other.log().contains("ERROR"), other.log());
            assertFalse(other.log().contains("WARN"), other.log());
        }
    }

    private Path process(String file) {
        return Path.of("/proc", Long.toString(service.pid()), file);
    }

    private static Set<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).collect(Collectors.toSet());
        }
    }
}
