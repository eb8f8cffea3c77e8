package dev.headroom.generation.sampling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headroom.generation.Stopping;
import dev.headroom.generation.TextStream;
import dev.headroom.generation.Tokenizers;
import dev.headroom.generation.form.JsonShape;
import dev.headroom.task.TextTokenizer;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Only tokens that continue one JSON object. */
class JsonGuideTest {

    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    /** Random logits of twice the vocabulary, in which the end of things is likely enough to come. */
    private static float[] logits(Random random, int size) {
        float[] logits = new float[2 * size];
        for (int i = 0; i < logits.length; i++) {
            logits[i] = (float) random.nextGaussian() * 3;
        }
        return logits;
    }

    /** A bias for what ends things. */
    private static Map<Integer, Float> ends(TextTokenizer tokenizer) {
        return IntStream.range(0, tokenizer.vocabulary())
                .filter(id -> tokenizer.piece(id, true).matches(" ?[\"}\\]:,]"))
                .boxed()
                .collect(Collectors.toMap(id -> id, _ -> 9f));
    }

    private static Sampling sampling(int seed, Map<Integer, Float> bias) {
        float temperature = seed % 3 == 0 ? 0 : 1;
        float topP = seed % 2 == 0 ? 1 : 0.9f;
        return new Sampling(
                temperature,
                0,
                topP,
                0,
                1,
                0,
                0,
                bias,
                OptionalLong.of(seed),
                -1,
                Optional.of(new JsonShape.AnyObject()));
    }

    @ParameterizedTest
    @EnumSource(Tokenizers.class)
    void whateverTheLogitsAreTheFinishedTextParses(Tokenizers kind) throws JsonProcessingException {
        TextTokenizer tokenizer = kind.open();
        TokenTexts texts = new TokenTexts(tokenizer);
        Map<Integer, Float> bias = ends(tokenizer);
        int finished = 0;
        for (int seed = 0; seed < 30; seed++) {
            String text = generated(tokenizer, texts, sampling(seed, bias));
            if (text != null) {
                finished++;
                assertTrue(JSON.readTree(text).isObject(), text);
            }
        }
        assertTrue(finished > 15, "finished " + finished);
    }

    /** The text of a sequence; null where it is cut by the most tokens. */
    private static String generated(TextTokenizer tokenizer, TokenTexts texts, Sampling sampling) {
        int end = tokenizer.vocabulary();
        Sampler sampler = new Sampler(
                sampling, new int[] {1}, Optional.of(new JsonGuide(texts, Set.of(end), new JsonShape.AnyObject())));
        TextStream stream = new TextStream(tokenizer::decode, tokenizer.encode("a", false), Stopping.AT_ENDS);
        StringBuilder text = new StringBuilder();
        Random random = new Random(sampling.seed().getAsLong());
        float[] logits = logits(random, end + 1);
        for (int i = 0; i < 150; i++) {
            int token = sampler.next(logits, random.nextInt(end + 1), end + 1).token();
            if (token == end) {
                assertTrue(sampler.complete());
                return text + stream.finish();
            }
            text.append(stream.add(token));
        }
        return null;
    }

    @Test
    void theEndComesAfterTheObjectAndNothingElseDoes() {
        TextTokenizer tokenizer = Tokenizers.BYTE_LEVEL.open();
        JsonGuide guide = new JsonGuide(new TokenTexts(tokenizer), Set.of(0), new JsonShape.AnyObject());
        assertFalse(guide.allows(0));
        for (int token : tokenizer.encode("{\"a\": 1}", false)) {
            assertFalse(guide.allows(0));
            assertTrue(guide.allows(token));
            guide.advance(token);
        }
        assertTrue(guide.closed() && guide.allows(0));
        assertFalse(guide.allows(tokenizer.encode(" ", false)[0]));
        assertFalse(guide.allows(1), "a special token has no text");
    }

    @Test
    void partsOfCharactersStandInStringsOnly() {
        TextTokenizer tokenizer = Tokenizers.BYTE_LEVEL.open();
        JsonGuide guide = new JsonGuide(new TokenTexts(tokenizer), Set.of(0), new JsonShape.AnyObject());
        int half = tokenizer.encode("😀", false)[0];
        assertFalse(guide.allows(half));
        for (int token : tokenizer.encode("{\"", false)) {
            guide.advance(token);
        }
        assertTrue(guide.allows(half));
    }

    @Test
    void aRequestForJsonNeedsAGuide() {
        assertThrows(IllegalArgumentException.class, () -> new Sampler(sampling(1, Map.of()), new int[] {1}));
    }

    @Test
    void aVocabularyThatCannotGoOnIsSaidSo() {
        TextTokenizer tokenizer = Tokenizers.BYTE_LEVEL.open();
        JsonGuide guide = new JsonGuide(new TokenTexts(tokenizer), Set.of(0), new JsonShape.AnyObject());
        Sampler sampler = new Sampler(sampling(1, Map.of()), new int[] {1}, Optional.of(guide));
        assertThrows(NoTokenException.class, () -> sampler.next(new float[] {1, 2, 3}, 0, 3));
    }

    @Test
    void bytesMakeWholeCharacters() {
        assertFalse(Utf8Run.WHOLE.allows(0x80));
        assertFalse(Utf8Run.WHOLE.allows(0xC1));
        assertFalse(Utf8Run.WHOLE.allows(0xF5));
        assertFalse(Utf8Run.WHOLE.after(0xE0).allows(0x9F));
        assertFalse(Utf8Run.WHOLE.after(0xED).allows(0xA0));
        assertFalse(Utf8Run.WHOLE.after(0xF4).allows(0x90));
        assertTrue(Utf8Run.WHOLE.after(0xF0).after(0x9F).after(0x98).allows(0x80));
        assertFalse(Utf8Run.WHOLE.after(0xF0).after(0x9F).after(0x98).allows('"'));
        assertEquals(Utf8Run.WHOLE, Utf8Run.WHOLE.after(0xC3).after(0xA9));
    }
}
