package dev.headroom.task;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import dev.headroom.model.ModelRepository;
import dev.headroom.model.TaskSpec;
import dev.headroom.model.file.BrokenModelException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The tokens of long texts, of which only the beginning is read, are those of the whole text. */
class TokenizerTest {

    private static final int MOST = 64;
    private static final Path WORD_PIECES = Path.of("models/all-minilm-l6-v2");

    @TempDir
    Path folder;

    /** Tokenisers of each kind. */
    enum Kind {
        WORD_PIECES(""),
        BYTES_WITH_MERGES("""
                {"version": "1.0", "added_tokens": [], "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true},
                 "model": {"type": "BPE", "vocab": {%s}, "merges": ["a b", "b a", "ab ab", "c d", "cd cd", "Ġ a"]}}"""),
        UNIGRAMS("""
                {"version": "1.0", "added_tokens": [], "normalizer": {"type": "NFKC"},
                 "pre_tokenizer": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": false},
                 "model": {"type": "Unigram", "unk_id": 0, "vocab": [["<unk>", 0.0], ["▁", -2.0], ["a", -3.0], ["b", -3.5], ["ab", -4.0],
                   ["abab", -7.0], ["ba", -4.5], ["▁a", -4.0], ["c", -3.0], ["d", -3.0], ["cd", -5.0], ["▁▁", -3.0], ["dc", -5.5]]}}""");

        private final String file;

        Kind(String file) {
            this.file = file;
        }

        Path tokenizer(Path folder) throws IOException {
            if (this == WORD_PIECES) {
                return WORD_PIECES_FILE;
            }
            String bytes = this == BYTES_WITH_MERGES ? file.formatted(byteVocabulary()) : file;
            return Files.writeString(folder.resolve("tokenizer.json"), bytes);
        }
    }

    private static final Path WORD_PIECES_FILE = WORD_PIECES.resolve("all-minilm-l6-v2-tokenizer.json");

    /** A token for each byte as GPT-2 writes them, and for each merge. */
    private static String byteVocabulary() {
        StringBuilder vocabulary = new StringBuilder();
        int id = 0;
        int beyond = 256;
        for (int b = 0; b < 256; b++) {
            boolean shown = b >= '!' && b <= '~' || b >= 0xA1 && b <= 0xAC || b >= 0xAE;
            char letter = (char) (shown ? b : beyond++);
            String escaped = letter == '"' || letter == '\\' ? "\\" + letter : "" + letter;
            vocabulary.append("\"%s\": %d, ".formatted(escaped, id++));
        }
        for (String merged : new String[] {"ab", "ba", "abab", "cd", "cdcd", "Ġa"}) {
            vocabulary.append("\"%s\": %d, ".formatted(merged, id++));
        }
        return vocabulary.substring(0, vocabulary.length() - 2);
    }

    private static Tokenizer open(Path tokenizer) {
        TaskSpec.OfText task =
                (TaskSpec.OfText) ModelRepository.graphs(WORD_PIECES).getFirst().task();
        return Tokenizer.open(
                new TaskSpec.Text(tokenizer, MOST, 0, false, false, task.text().inputs()));
    }

    @Test
    void aMaximumWithoutRoomForATextIsRefused() {
        TaskSpec.Embed task =
                (TaskSpec.Embed) ModelRepository.graphs(WORD_PIECES).getFirst().task();
        TaskSpec.Text text = task.text();
        TaskSpec.Text two = new TaskSpec.Text(text.tokenizer(), 2, 0, false, false, text.inputs());
        String problem = assertThrows(
                        BrokenModelException.class,
                        () -> TaskFiles.read(new TaskSpec.Embed(two, task.vectors(), task.prompts(), task.ports())))
                .getMessage();
        assertTrue(
                problem.endsWith(
                        ": max_length is 2, and 2 special tokens stand around each text; set it to more in model.yaml."),
                problem);
    }

    private static HuggingFaceTokenizer whole(Path tokenizer) throws IOException {
        return HuggingFaceTokenizer.builder()
                .optTokenizerPath(tokenizer)
                .optMaxLength(MOST)
                .optTruncation(true)
                .optPadding(false)
                .build();
    }

    private static HuggingFaceTokenizer uncut(Path tokenizer) throws IOException {
        return HuggingFaceTokenizer.builder()
                .optTokenizerPath(tokenizer)
                .optTruncation(false)
                .optPadding(false)
                .build();
    }

    private static void assertSame(String text, Encoding wanted, Tokens tokens) {
        assertArrayEquals(wanted.getIds(), tokens.ids(), () -> "of " + text.length() + " characters: " + text);
        assertArrayEquals(wanted.getAttentionMask(), tokens.mask());
        assertArrayEquals(wanted.getTypeIds(), tokens.types());
        assertEquals(wanted.exceedMaxLength(), tokens.truncated(), text);
    }

    /** Texts of several kinds, most of them longer than what is read first. */
    private static String text(Random random) {
        Function<Random, String> unit =
                switch (random.nextInt(8)) {
                    case 0 -> TokenizerTest::word;
                    case 1 -> dice -> word(dice) + " ".repeat(dice.nextInt(3));
                    case 2 -> dice -> Character.toString(0x4E00 + dice.nextInt(0x5000));
                    case 3 -> dice -> Character.toString(dice.nextInt(3) == 0 ? ' ' : 'a' + dice.nextInt(4));
                    case 4 -> dice -> Character.toString('a' + dice.nextInt(4)).repeat(1 + dice.nextInt(300));
                    case 5 -> dice -> dice.nextInt(9) == 0 ? " ".repeat(dice.nextInt(400)) : word(dice) + " ";
                    case 6 ->
                        dice -> Character.toString(0x1F300 + dice.nextInt(600)) + (dice.nextInt(5) == 0 ? "\n" : "");
                    default -> TokenizerTest::anything;
                };
        int length = random.nextInt(4) == 0 ? random.nextInt(600) : 500 + random.nextInt(5000);
        StringBuilder text = new StringBuilder();
        while (text.length() < length) {
            text.append(unit.apply(random));
        }
        return text.toString();
    }

    private static String word(Random random) {
        StringBuilder word = new StringBuilder();
        for (int letters = 1 + random.nextInt(12); letters > 0; letters--) {
            word.append((char) ('a' + random.nextInt(random.nextBoolean() ? 4 : 26)));
        }
        return word.append(random.nextInt(9) == 0 ? ". " : " ").toString();
    }

    /** Any character but surrogates, combining ones and several scripts among them. */
    private static String anything(Random random) {
        int[] starts = {0x20, 0x300, 0x900, 0xAC00, 0x2000, 0x1D400, 0xE000, 0x600};
        return Character.toString(starts[random.nextInt(starts.length)] + random.nextInt(0x60));
    }

    @ParameterizedTest
    @EnumSource
    void theBeginningDecidesWhatTheWholeTextWould(Kind kind) throws IOException {
        Path file = kind.tokenizer(folder);
        Tokenizer tokenizer = open(file);
        Random random = new Random(19);
        try (HuggingFaceTokenizer whole = whole(file)) {
            for (int i = 0; i < 120; i++) {
                String text = text(random);
                assertSame(text, whole.encode(text), tokenizer.encode(text));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void soItDoesOfPairs(Kind kind) throws IOException {
        Path file = kind.tokenizer(folder);
        Tokenizer tokenizer = open(file);
        Random random = new Random(20);
        try (HuggingFaceTokenizer whole = whole(file)) {
            for (int i = 0; i < 40; i++) {
                String first = text(random);
                String second = i % 20 == 0 ? text(random) : word(random).repeat(1 + random.nextInt(20));
                assertSame(first + "|" + second, whole.encode(first, second), tokenizer.encode(first, second));
            }
        }
    }

    /** The tokens of a text's end are the last ones of the whole text, with the special tokens around them. */
    @ParameterizedTest
    @EnumSource
    void theEndDecidesWhatTheWholeTextWould(Kind kind) throws IOException {
        Path file = kind.tokenizer(folder);
        Tokenizer tokenizer = open(file);
        Random random = new Random(21);
        try (HuggingFaceTokenizer whole = uncut(file)) {
            for (int i = 0; i < 120; i++) {
                String text = text(random);
                long[] all = whole.encode(text).getIds();
                int around = kind == Kind.WORD_PIECES ? 1 : 0; // [CLS] and [SEP]
                long[] wanted = LongStream.concat(
                                Arrays.stream(all).limit(around),
                                Arrays.stream(all).skip(Math.max(around, all.length - MOST + around)))
                        .toArray();
                Tokens tokens = tokenizer.encodeEnd(text);
                assertArrayEquals(wanted, tokens.ids(), () -> "of " + text.length() + " characters: " + text);
                assertEquals(all.length > MOST, tokens.truncated(), text);
                assertEquals(wanted.length, Arrays.stream(tokens.mask()).sum());
                assertArrayEquals(new long[wanted.length], tokens.types());
            }
        }
    }

    /** All tokens are found, also those that a model does not read, each at its place in the text. */
    @ParameterizedTest
    @EnumSource
    void tokensOfAWholeTextAreFoundAtTheirPlaces(Kind kind) throws IOException {
        Path file = kind.tokenizer(folder);
        Tokenizer tokenizer = open(file);
        Random random = new Random(22);
        try (HuggingFaceTokenizer whole = uncut(file)) {
            for (int i = 0; i < 60; i++) {
                String text = text(random);
                byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
                List<TextToken> tokens = tokenizer.encodeWhole(text, true).tokens(text);
                assertArrayEquals(
                        whole.encode(text).getIds(),
                        tokens.stream().mapToLong(TextToken::id).toArray());
                for (TextToken token : tokens) {
                    if (!token.special()) {
                        assertEquals(
                                token.text(),
                                new String(bytes, token.start(), token.stop() - token.start(), StandardCharsets.UTF_8));
                    }
                }
            }
        }
    }

    @Test
    void specialTokensAreLeftOutWhereTheyAreNotWanted() {
        Tokenizer tokenizer = open(WORD_PIECES_FILE);
        String text = "river ".repeat(MOST);
        List<TextToken> bare = tokenizer.encodeWhole(text, false).tokens(text);
        List<TextToken> whole = tokenizer.encodeWhole(text, true).tokens(text);
        assertEquals(MOST, bare.size());
        assertEquals(new TextToken(101, "[CLS]", true, null, null), whole.getFirst());
        assertEquals(new TextToken(102, "[SEP]", true, null, null), whole.getLast());
        assertEquals(bare, whole.subList(1, MOST + 1));
        assertEquals(
                text.trim(),
                tokenizer.decode(whole.stream().mapToLong(TextToken::id).toArray(), true));
    }

    @Test
    void idsAreWholeWithTheSpecialTokensOfEachText() {
        Tokenizer tokenizer = open(WORD_PIECES_FILE);
        assertTrue(tokenizer.isWhole(new long[] {101, 7, 102}));
        assertTrue(tokenizer.isWhole(new long[] {101, 102}));
        for (long[] other : List.of(new long[] {7}, new long[] {101, 7}, new long[] {7, 102}, new long[] {101})) {
            assertFalse(tokenizer.isWhole(other), Arrays.toString(other));
        }
        assertTrue(tokenizer.encodeWhole("", true).isAround(new long[] {7}), "no text tells which are around it");
    }

    @Test
    void idsOfCallersKeepTheSpecialTokensAtTheEndThatIsNotCut() {
        Tokenizer tokenizer = open(WORD_PIECES_FILE);
        long[] ids = tokenizer
                .encodeWhole("river ".repeat(MOST) + "bank", true)
                .cut(new long[] {101, 7, 8, 9, 102}, 3, false);
        assertArrayEquals(new long[] {101, 7, 102}, ids);
        WholeText one = tokenizer.encodeWhole("a", true);
        assertArrayEquals(new long[] {101, 9, 102}, one.cut(new long[] {101, 7, 8, 9, 102}, 3, true));
        assertArrayEquals(new long[] {8, 9, 10}, one.cut(new long[] {6, 7, 8, 9, 10}, 3, true));
        assertArrayEquals(new long[] {6, 7, 8}, one.cut(new long[] {6, 7, 8, 9, 10}, 3, false));
    }

    /** Spaces alone follow the last token that fits: nothing is cut, however long the text is. */
    @Test
    void spacesAtTheEndAreNoMoreTokens() {
        Tokenizer tokenizer = open(WORD_PIECES_FILE);
        String fits = "river ".repeat(MOST - 2);
        assertEquals(MOST, tokenizer.encode(fits + " ".repeat(5_000)).ids().length);
        assertEquals(false, tokenizer.encode(fits + " ".repeat(5_000)).truncated());
        assertTrue(tokenizer.encode(fits + " ".repeat(5_000) + "end").truncated());
    }
}
