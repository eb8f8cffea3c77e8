package dev.headroom.generation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.task.TextTokenizer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The text of tokens that come one after another. */
class TextStreamTest {

    private static final int[] NO_PROMPT = {};

    private static final String TEXT = """
            Once upon a time, a dog didn't run .  Grüße aus Köln, 日本語の文, 😀😃🎉👩‍👩‍👧 and 𝔘!
            {"name": "cat",\t"list": [1, 2.5e3]} \uFFFD end""";

    /** Tells tokens, and checks each piece. */
    private static String told(TextTokenizer tokenizer, int[] prompt, int... tokens) {
        TextStream stream = new TextStream(tokenizer::decode, prompt, Stopping.AT_ENDS);
        StringBuilder text = new StringBuilder();
        for (int token : tokens) {
            text.append(whole(stream.add(token)));
        }
        return text.append(whole(stream.finish())).toString();
    }

    private static String whole(String piece) {
        assertTrue(StandardCharsets.UTF_8.newEncoder().canEncode(piece), () -> "half a character: " + piece);
        return piece;
    }

    @ParameterizedTest
    @EnumSource(Tokenizers.class)
    void thePiecesOfATextAreTheText(Tokenizers kind) {
        TextTokenizer tokenizer = kind.open();
        int[] tokens = tokenizer.encode(TEXT.repeat(3), true);
        assertEquals(tokenizer.decode(tokens), told(tokenizer, NO_PROMPT, tokens));
    }

    @ParameterizedTest
    @EnumSource(Tokenizers.class)
    void thePiecesOfRandomTokensAreTheirText(Tokenizers kind) {
        TextTokenizer tokenizer = kind.open();
        Random random = new Random(kind.ordinal());
        for (int round = 0; round < 300; round++) {
            int[] tokens = IntStream.generate(() -> random.nextInt(tokenizer.vocabulary()))
                    .filter(id -> tokenizer.byteOf(id).isEmpty())
                    .limit(1 + random.nextInt(60))
                    .toArray();
            assertEquals(tokenizer.decode(tokens), told(tokenizer, NO_PROMPT, tokens), () -> Arrays.toString(tokens));
        }
    }

    @Test
    void thePiecesOfRandomCharactersInBytesAreTheirText() {
        TextTokenizer tokenizer = Tokenizers.BYTE_FALLBACK.open();
        Random random = new Random(9);
        for (int round = 0; round < 300; round++) {
            StringBuilder text = new StringBuilder();
            while (text.length() < 40) {
                int bits = 4 + random.nextInt(17);
                text.appendCodePoint(codePoint(random.nextInt(1 << bits)));
            }
            int[] tokens = tokenizer.encode(text.toString(), true);
            assertEquals(tokenizer.decode(tokens), told(tokenizer, NO_PROMPT, tokens), text::toString);
        }
    }

    private static int codePoint(int any) {
        return any < ' ' || any >= 0xD800 && any < 0xE000 || any > 0x10FFFF ? 'x' : any;
    }

    @Test
    void bytesThatAreNoCharactersAreToldAndNothingIsLost() {
        TextTokenizer tokenizer = Tokenizers.BYTE_FALLBACK.open();
        Random random = new Random(11);
        for (int round = 0; round < 300; round++) {
            int[] tokens = IntStream.generate(() -> random.nextInt(tokenizer.vocabulary()))
                    .limit(1 + random.nextInt(60))
                    .toArray();
            told(tokenizer, NO_PROMPT, tokens);
        }
    }

    @ParameterizedTest
    @EnumSource(Tokenizers.class)
    void specialTokensBetweenChangeNothing(Tokenizers kind) {
        TextTokenizer tokenizer = kind.open();
        int special = IntStream.range(0, tokenizer.vocabulary())
                .filter(id -> tokenizer.piece(id, true).isEmpty()
                        && !tokenizer.piece(id, false).isEmpty())
                .findFirst()
                .orElseThrow();
        List<Integer> tokens = new ArrayList<>();
        for (int token : tokenizer.encode(TEXT, true)) {
            for (int i = 0; i < token % 7; i++) {
                tokens.add(special);
            }
            tokens.add(token);
        }
        int[] mixed = tokens.stream().mapToInt(Integer::intValue).toArray();
        assertEquals(tokenizer.decode(mixed), told(tokenizer, NO_PROMPT, mixed));
    }

    @ParameterizedTest
    @EnumSource(Tokenizers.class)
    void aContinuationKeepsTheSpaceBeforeItsFirstWord(Tokenizers kind) {
        TextTokenizer tokenizer = kind.open();
        int[] prompt = tokenizer.encode("once upon a", false);
        int[] all = tokenizer.encode("once upon a time the dog", false);
        String text = told(tokenizer, prompt, Arrays.copyOfRange(all, prompt.length, all.length));
        assertEquals(" time the dog", text);
        assertTrue(told(tokenizer, NO_PROMPT, tokenizer.encode("time", false)).startsWith("t"));
    }

    @Test
    void holdsAnEmojiBackUntilItsBytesAreWhole() {
        TextTokenizer tokenizer = Tokenizers.BYTE_LEVEL.open();
        int[] emoji = tokenizer.encode("😀", false);
        assertEquals(2, emoji.length);
        TextStream stream = new TextStream(tokenizer::decode, NO_PROMPT, Stopping.AT_ENDS);
        assertEquals("", stream.add(emoji[0]));
        assertEquals("😀", stream.add(emoji[1]));
        assertEquals("", stream.add(emoji[0]));
        assertEquals("\uFFFD", stream.finish());
    }

    @ParameterizedTest
    @EnumSource(Tokenizers.class)
    void eachTokenDecodesFewTokens(Tokenizers kind) {
        TextTokenizer tokenizer = kind.open();
        int[] most = {0};
        TokenDecoder decoder = ids -> {
            most[0] = Math.max(most[0], ids.length);
            return tokenizer.decode(ids);
        };
        TextStream stream = new TextStream(decoder, tokenizer.encode(TEXT, false), Stopping.AT_ENDS);
        for (int token : tokenizer.encode((TEXT + "<|user|>".repeat(9) + " ".repeat(50)).repeat(20), false)) {
            stream.add(token);
        }
        int half = tokenizer.encode("😀", false)[0];
        IntStream.range(0, 500).forEach(_ -> stream.add(half));
        assertTrue(most[0] <= 12, () -> "decoded " + most[0]);
    }

    @Test
    void stopsBeforeAStopTextAcrossTokens() {
        TextTokenizer tokenizer = Tokenizers.BYTE_LEVEL.open();
        TextStream stream = new TextStream(tokenizer::decode, NO_PROMPT, Stopping.at(List.of("the house", "\n\n")));
        StringBuilder text = new StringBuilder();
        for (int token : tokenizer.encode("the cat, the hill, the house, the dog", false)) {
            text.append(stream.add(token));
        }
        assertTrue(stream.stopped());
        assertEquals("the cat, the hill, ", text + stream.finish());
    }

    @Test
    void looksForNoStopTextAmongTheFirstTokens() {
        TextTokenizer tokenizer = Tokenizers.BYTE_LEVEL.open();
        int[] stop = tokenizer.encode("the house", false);
        TextStream stream =
                new TextStream(tokenizer::decode, NO_PROMPT, new Stopping(List.of("the house"), stop.length, false));
        String text = "";
        for (int token : tokenizer.encode("the house the house", false)) {
            text += stream.add(token);
        }
        assertTrue(stream.stopped());
        assertEquals("the house ", text);
    }

    @Test
    void tellsWhatItHeldBackWhenNoStopTextCame() {
        TextTokenizer tokenizer = Tokenizers.BYTE_LEVEL.open();
        TextStream stream = new TextStream(tokenizer::decode, NO_PROMPT, Stopping.at(List.of("the house")));
        String text = "";
        for (int token : tokenizer.encode("to the ho", false)) {
            text += stream.add(token);
        }
        assertEquals("to ", text);
        assertFalse(stream.stopped());
        assertEquals("the ho", stream.finish());
    }

    @Test
    void halfACharacterInTheEndMayCompleteAStopText() {
        TextTokenizer tokenizer = Tokenizers.BYTE_LEVEL.open();
        TextStream stream = new TextStream(tokenizer::decode, NO_PROMPT, Stopping.at(List.of("\uFFFD")));
        assertEquals("", stream.add(tokenizer.encode("😀", false)[0]));
        assertEquals("", stream.finish());
        assertTrue(stream.stopped());
    }
}
