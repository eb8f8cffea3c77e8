package dev.headroom.task;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.headroom.model.file.BrokenModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A tokeniser that makes text of tokens. */
class TextTokenizerTest {

    private static final Path BYTE_LEVEL = Path.of("src/test/resources/generation/byte-level-tokenizer.json");
    private static final Path WORD_PIECES = Path.of("models/all-minilm-l6-v2/all-minilm-l6-v2-tokenizer.json");

    @TempDir
    Path folder;

    @Test
    void neverCutsALongText() {
        TextTokenizer tokenizer = TextTokenizer.open(WORD_PIECES);
        assertEquals(20_000, tokenizer.encode("house ".repeat(20_000), false).length);
        assertEquals(20_002, tokenizer.encode("house ".repeat(20_000), true).length);
    }

    @Test
    void aPieceIsTheTextWithinAText() {
        TextTokenizer words = TextTokenizer.open(WORD_PIECES);
        int[] ids = words.encode("embeddings", false);
        assertEquals(" em", words.piece(ids[0], true));
        assertEquals("bed", words.piece(ids[1], true));
        assertEquals(" [SEP]", words.piece(102, false));
        assertEquals("", words.piece(102, true));
        TextTokenizer bytes = TextTokenizer.open(BYTE_LEVEL);
        assertEquals("\uFFFD", bytes.piece(bytes.encode("😀", false)[0], true));
        assertEquals("<|user|>", bytes.piece(1, false));
        assertEquals("", bytes.piece(bytes.vocabulary() + 5, false));
    }

    @Test
    void specialTokensInATextBecomeTokens() {
        TextTokenizer tokenizer = TextTokenizer.open(BYTE_LEVEL);
        assertArrayEquals(new int[] {1, 2}, tokenizer.encode("<|user|><|assistant|>", false));
        assertEquals("<|user|>", tokenizer.decode(new int[] {1}, false));
        assertEquals("", tokenizer.decode(new int[] {1}));
    }

    @Test
    void knowsTheTokensOfSingleBytesWhereItFallsBackToThem() throws IOException {
        String file = """
                {"version": "1.0", "added_tokens": [], "decoder": {"type": "Sequence", "decoders": [%s{"type": "Fuse"}]},
                 "model": {"type": "Unigram", "unk_id": 0, "byte_fallback": true, "vocab": [["<unk>", 0.0], ["a", -1.0], ["<0xE2>", 0.0]]}}""";
        Path falling = Files.writeString(folder.resolve("a.json"), file.formatted("{\"type\": \"ByteFallback\"}, "));
        Path named = Files.writeString(folder.resolve("b.json"), file.formatted(""));
        assertEquals(OptionalInt.of(0xE2), TextTokenizer.open(falling).byteOf(2));
        assertEquals(OptionalInt.empty(), TextTokenizer.open(falling).byteOf(1));
        assertEquals(OptionalInt.empty(), TextTokenizer.open(named).byteOf(2));
    }

    @Test
    void saysWhichFileIsNoTokenizer() throws IOException {
        Path file = Files.writeString(folder.resolve("tokenizer.json"), "{}");
        String message = assertThrows(BrokenModelException.class, () -> TextTokenizer.open(file))
                .getMessage();
        assertEquals(true, message.contains("tokenizer.json is no tokeniser that can be read"), message);
    }
}
