package dev.headroom.function.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.LoggedLines;
import io.quarkus.runtime.configuration.ConfigurationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ApiKeyFileTest {

    private static final String OLD = "old-key-0123456789";
    private static final String NEW = "new-key-9876543210";

    @TempDir
    Path folder;

    private long now = -5;

    private ApiKeyFile open(Path path) {
        return new ApiKeyFile(path, () -> now);
    }

    private void aSecondPasses() {
        now += Duration.ofSeconds(1).toNanos();
    }

    @Test
    void readsOneKeyALineWithoutCommentsAndBlankLines() throws IOException {
        Path path = Files.writeString(folder.resolve("keys"), "# of the shop\n" + OLD + "\r\n\n  " + NEW + "  \n");
        ApiKeyFile file = open(path);
        assertTrue(file.keys().hold(OLD));
        assertTrue(file.keys().hold(NEW));
        assertFalse(file.keys().hold("# of the shop"));
    }

    @Test
    void aChangeHoldsOnceASecondIsOver() throws IOException {
        Path path = Files.writeString(folder.resolve("keys"), OLD);
        ApiKeyFile file = open(path);
        Files.writeString(path, NEW + "\n");
        assertTrue(file.keys().hold(OLD));
        aSecondPasses();
        assertTrue(file.keys().hold(NEW));
        assertFalse(file.keys().hold(OLD));
    }

    @Test
    void followsALinkThatIsTurnedToAnotherFolderAsKubernetesDoesIt() throws IOException {
        Path first = Files.createDirectory(folder.resolve("..1"));
        Path second = Files.createDirectory(folder.resolve("..2"));
        Files.writeString(first.resolve("keys"), OLD);
        Files.writeString(second.resolve("keys"), NEW);
        Files.setLastModifiedTime(second.resolve("keys"), Files.getLastModifiedTime(first.resolve("keys")));
        Path data = Files.createSymbolicLink(folder.resolve("..data"), first);
        ApiKeyFile file = open(Files.createSymbolicLink(folder.resolve("keys"), Path.of("..data/keys")));
        Files.delete(data);
        Files.createSymbolicLink(data, second);
        aSecondPasses();
        assertTrue(file.keys().hold(NEW));
    }

    @Test
    void aFileThatIsGoneOrEmptyKeepsTheKeysAndWarnsOnce() throws IOException {
        Path path = Files.writeString(folder.resolve("keys"), OLD);
        ApiKeyFile file = open(path);
        LoggedLines logged = new LoggedLines(ApiKeyFile.class);
        Files.delete(path);
        for (int i = 0; i < 3; i++) {
            aSecondPasses();
            assertTrue(file.keys().hold(OLD));
        }
        Files.writeString(path, "# nothing yet\n");
        aSecondPasses();
        assertTrue(file.keys().hold(OLD));
        assertEquals(1, warnings(logged));
        Files.writeString(path, NEW);
        aSecondPasses();
        assertTrue(file.keys().hold(NEW));
        Files.delete(path);
        aSecondPasses();
        assertTrue(file.keys().hold(NEW));
        logged.close();
        assertEquals(2, warnings(logged));
    }

    private static long warnings(LoggedLines logged) {
        return logged.lines().stream().filter(line -> line.startsWith("WARN")).count();
    }

    @Test
    void theStartIsRefusedWithoutAKey() throws IOException {
        Path missing = folder.resolve("missing");
        assertEquals(
                "headroom.auth.api-keys-file is %s, which cannot be read (NoSuchFileException): mount it there, or leave it out."
                        .formatted(missing),
                assertThrows(ConfigurationException.class, () -> open(missing)).getMessage());
        Path empty = Files.writeString(folder.resolve("empty"), "\n");
        assertThrows(ConfigurationException.class, () -> open(empty));
    }
}
