package dev.headroom.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.model.file.BrokenModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HuggingFaceFolderTest {

    @TempDir
    Path folder;

    @Test
    void aFileIsReadOnce() throws IOException {
        Path config = Files.writeString(folder.resolve("config.json"), "{\"pad_token_id\": 7}");
        HuggingFaceFolder exported = new HuggingFaceFolder(folder);
        assertEquals(OptionalLong.of(7), exported.config().padId());
        Files.writeString(config, "{\"pad_token_id\": 8}");
        assertEquals(OptionalLong.of(7), exported.config().padId());
    }

    @Test
    void aFileThatIsNoJsonIsNamed() throws IOException {
        Files.writeString(folder.resolve("modules.json"), "[");
        String problem = assertThrows(
                        BrokenModelException.class,
                        () -> new HuggingFaceFolder(folder).sentences().modules())
                .getMessage();
        assertTrue(problem.startsWith(folder + ": modules.json is no readable JSON ("), problem);
        assertTrue(problem.endsWith("); export or download the folder again."), problem);
    }
}
