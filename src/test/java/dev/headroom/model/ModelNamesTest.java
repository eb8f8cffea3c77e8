package dev.headroom.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.model.file.BrokenModelException;
import dev.headroom.session.WordModels;
import dev.headroom.task.DualEncoders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelNamesTest {

    @TempDir
    Path models;

    private void words(String name, String yaml) throws IOException {
        WordModels.embedder(models.resolve(name));
        Path file = models.resolve(name).resolve("model.yaml");
        Files.writeString(file, (Files.exists(file) ? Files.readString(file) : "") + yaml);
    }

    private String refusal() {
        return assertThrows(BrokenModelException.class, () -> new ModelRepository(models).scan())
                .getMessage();
    }

    @Test
    void aModelHasTheNameOfItsFolderAndItsAliases() throws IOException {
        words("minilm", "aliases: [sentence-transformers/all-MiniLM-L6-v2, text-embedding-3-small, minilm]\n");
        ModelSpec model = new ModelRepository(models).scan().getFirst();
        assertEquals("minilm", model.name());
        assertEquals(
                List.of("minilm", "sentence-transformers/all-MiniLM-L6-v2", "text-embedding-3-small"), model.names());
    }

    @Test
    void twoModelsOfOneNameAreRefusedByBothNames() throws IOException {
        words("a", "aliases: [shared/name]\n");
        words("b", "aliases: [other, shared/name]\n");
        assertEquals(
                "The models a and b both have the name 'shared/name'; change the aliases in the model.yaml of one of them, or the name of its folder.",
                refusal());
    }

    @Test
    void anAliasThatIsAFoldersNameOrAGraphsIsRefused() throws IOException {
        words("a", "aliases: [clip/text]\n");
        DualEncoders.copy("clip", models.resolve("clip"));
        assertTrue(refusal().startsWith("The models a and clip both have the name 'clip/text';"));
        words("b", "aliases: [a]\n");
        assertTrue(refusal().startsWith("The models a and b both have the name 'a';"));
    }

    @Test
    void anAliasThatIsTheNameOfAGraphOfItsOwnIsRefused() throws IOException {
        DualEncoders.copy("clip", models.resolve("clip"));
        Files.writeString(models.resolve("clip/model.yaml"), "aliases: [clip/image]\n");
        assertEquals(
                "The model clip has the alias 'clip/image', which is the name of one of its graphs; change it in its model.yaml.",
                refusal());
    }

    @ParameterizedTest
    @ValueSource(strings = {"''", "/a", "a/", "a//b", "'a b'", "a/infer", "a/versions/1", "../a", "a\u00a0b"})
    void whatIsNoNameIsRefused(String alias) throws IOException {
        words("a", "aliases: [%s]\n".formatted(alias));
        assertTrue(refusal().contains("which can be no name"));
    }
}
