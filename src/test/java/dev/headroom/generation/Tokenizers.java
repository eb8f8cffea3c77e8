package dev.headroom.generation;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.headroom.task.TextTokenizer;
import java.nio.file.Files;
import java.nio.file.Path;

/** The tokenisers of the tests, one of each kind of decoder. */
public enum Tokenizers {
    /** GPT-2's kind, with merges that end within the bytes of an emoji. */
    BYTE_LEVEL("src/test/resources/generation/byte-level-tokenizer.json"),
    WORD_PIECES("models/all-minilm-l6-v2/all-minilm-l6-v2-tokenizer.json"),
    /** Llama's kind, which falls back to bytes. */
    BYTE_FALLBACK("src/test/resources/generation/byte-fallback-tokenizer.json"),
    STORIES("../shared/generation/folders/stories260k-genai/tokenizer.json");

    private final Path file;

    Tokenizers(String file) {
        this.file = Path.of(file);
    }

    public TextTokenizer open() {
        assumeTrue(Files.exists(file), () -> file + " is missing, so that its tokeniser is not tested");
        return TextTokenizer.open(file);
    }
}
