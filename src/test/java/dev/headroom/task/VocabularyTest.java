package dev.headroom.task;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The largest id of a tokenizer.json. */
class VocabularyTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // WordPiece, BPE and WordLevel
                "{\"added_tokens\": [], \"model\": {\"vocab\": {\"a\": 0, \"b\": 2, \"c\": 1}}}|3",
                // Unigram: the ids are the places
                "{\"added_tokens\": [], \"model\": {\"vocab\": [[\"a\", 0.0], [\"b\", -1.5]]}}|2",
                // added beyond the vocabulary
                "{\"added_tokens\": [{\"id\": 7, \"content\": \"x\"}], \"model\": {\"vocab\": {\"a\": 0}}}|8",
                "{\"added_tokens\": [{\"id\": 0, \"content\": \"a\"}], \"model\": {\"vocab\": {\"a\": 0, \"b\": 1}}}|2",
                // words that are called as the fields are
                "{\"model\": {\"vocab\": {\"id\": 3, \"vocab\": 9, \"c\": 1}}}|10",
                // a template's special tokens
                "{\"post_processor\": {\"special_tokens\": {\"[CLS]\": {\"id\": \"[CLS]\", \"ids\": [101]}}}, \"model\": {\"vocab\": {\"a\": 4}}}|5",
                // merges come after the words
                "{\"model\": {\"vocab\": {\"a\": 0, \"b\": 1}, \"merges\": [[\"a\", \"b\"], \"a b\"]}}|2",
                "{}|0",
            })
    void isCountedInEachForm(String tokenizer, long size, @TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("tokenizer.json"), tokenizer);
        assertEquals(size, Vocabulary.size(file));
    }
}
