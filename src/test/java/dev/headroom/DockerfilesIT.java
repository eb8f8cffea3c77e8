package dev.headroom;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The container files, as the parser of Dockerfiles' language server reads them, keep the rules of docs/images.md. */
@Timeout(120)
class DockerfilesIT {

    private static NodeProgram reader;

    private record Instruction(
            String keyword,
            List<String> flags,
            List<String> arguments,
            List<String> strings,
            Map<String, String> properties) {}

    private record Dockerfile(List<String> problems, List<Instruction> instructions) {

        Stream<Instruction> all(String keyword) {
            return instructions.stream().filter(i -> i.keyword.equals(keyword));
        }

        Instruction only(String keyword) {
            List<Instruction> found = all(keyword).toList();
            assertEquals(1, found.size(), keyword);
            return found.getFirst();
        }
    }

    @BeforeAll
    static void install() throws IOException, InterruptedException {
        reader = NodeProgram.install("dockerfiles", "read.mjs");
    }

    static Stream<Path> files() throws IOException {
        return Files.list(Path.of("src/main/docker"))
                .filter(file -> file.getFileName().toString().startsWith("Dockerfile."));
    }

    @ParameterizedTest
    @MethodSource("files")
    void keepTheRules(Path path) throws Exception {
        boolean executable = path.endsWith("Dockerfile.native");
        Dockerfile file = read(path);
        assertEquals(List.of(), file.problems);
        assertTrue(file.only("USER").arguments.getFirst().matches("[1-9]\\d*:[1-9]\\d*"), "a number, and not root's");
        assertEquals(List.of("/headroom"), file.only("WORKDIR").arguments);
        assertTrue(file.all("ENV").anyMatch(variable -> variable.arguments.contains("LC_ALL=C.UTF-8")));
        assertEquals(0, file.all("ADD").count(), "ADD unpacks and downloads: COPY");
        assertEquals(0, file.all("HEALTHCHECK").count(), "Kubernetes ignores it");
        assertEntryPointNeedsNoShell(path.getFileName().toString(), file);
        assertLabels(file);
        assertBases(file);
        assertSourcesAreThere(executable, file);
    }

    private static void assertEntryPointNeedsNoShell(String name, Dockerfile file) {
        List<String> entryPoint = file.only("ENTRYPOINT").strings;
        switch (name) {
            case "Dockerfile.native" -> assertEquals("/headroom/headroom", entryPoint.getFirst());
            case "Dockerfile.checkpoint" -> assertEquals(List.of("/headroom/serve"), entryPoint);
            default -> assertEquals(ImageContainer.ENTRY_POINT, entryPoint);
        }
        assertEquals(0, file.all("CMD").count());
        long lastStage = file.instructions.lastIndexOf(file.all("FROM").toList().getLast());
        assertTrue(
                file.instructions.stream().skip(lastStage).noneMatch(i -> i.keyword.equals("RUN")),
                "the last stage has nothing to run it with");
    }

    private static void assertLabels(Dockerfile file) {
        Map<String, String> labels = file.only("LABEL").properties;
        for (String label : List.of("title", "description", "licenses", "base.name")) {
            assertFalse(
                    labels.getOrDefault("org.opencontainers.image." + label, "").isEmpty(), label);
        }
    }

    /** Names without a registry's host, and with a version down to the patch; or an earlier stage. */
    private static void assertBases(Dockerfile file) {
        Set<String> stages = new HashSet<>(Set.of("scratch"));
        file.all("FROM").forEach(from -> {
            String base = from.arguments.getFirst();
            boolean pinned = base.matches("([a-z0-9-]+/)?[a-z0-9-]+:\\d+\\.\\d+(\\.\\d+)?-.+");
            assertTrue(pinned || stages.contains(base), base);
            stages.add(from.arguments.getLast());
        });
    }

    /** Every file from the build is in the image's folder and not excluded by .dockerignore. */
    private static void assertSourcesAreThere(boolean executable, Dockerfile file) throws IOException {
        List<String> sent = Files.readAllLines(Path.of(".dockerignore")).stream()
                .filter(line -> line.startsWith("!"))
                .map(line -> line.substring(1))
                .toList();
        List<String> sources = file.all("COPY")
                .filter(copy -> copy.flags.isEmpty())
                .flatMap(copy -> copy.arguments.subList(0, copy.arguments.size() - 1).stream())
                .toList();
        assertFalse(sources.isEmpty());
        for (String source : sources) {
            assertTrue(sent.stream().anyMatch(source::startsWith), source + " is not in .dockerignore");
            assertTrue(executable && source.equals("target/headroom-*-runner") || exists(source), source);
        }
    }

    private static boolean exists(String source) {
        return source.endsWith("/sbom.json") // absent where Maven is offline: SbomIT
                || Files.exists(Path.of(source)) && Files.isDirectory(Path.of(source)) == source.endsWith("/");
    }

    @ParameterizedTest
    @ValueSource(strings = {"USR 1", "EXPOSE many", "COPY one"})
    void theParserObjects(String line) throws Exception {
        Path broken = reader.folder().resolve("Dockerfile.broken");
        assertNotEquals(List.of(), read(Files.writeString(broken, "FROM scratch\n" + line + "\n")).problems);
    }

    private static Dockerfile read(Path file) throws IOException, InterruptedException {
        return new ObjectMapper().readValue(reader.run(file.toAbsolutePath().toString()), Dockerfile.class);
    }
}
