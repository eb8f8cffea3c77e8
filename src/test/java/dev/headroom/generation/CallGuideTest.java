package dev.headroom.generation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.generation.form.CallForm;
import dev.headroom.generation.form.CallForm.Otherwise;
import dev.headroom.generation.form.JsonShape;
import dev.headroom.generation.sampling.JsonGuide;
import dev.headroom.generation.sampling.Sampler;
import dev.headroom.generation.sampling.Sampling;
import dev.headroom.generation.sampling.TokenTexts;
import dev.headroom.task.TextTokenizer;
import dev.headroom.template.calls.CallFrame;
import dev.headroom.template.calls.CallTexts;
import dev.headroom.template.calls.Writing;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Arguments of calls are held to their shape, and the text around them is as free as the request says. */
class CallGuideTest {

    private static final int END = 0;

    /** The tokeniser has a special token of this name. */
    private static final CallFrame FRAME = new CallFrame(
            new CallTexts(
                    "<|user|>\n{\"name\": \"",
                    "\", \"arguments\": ",
                    "}\n</call>",
                    Optional.of("}\n</call>\n<|user|>\n{\"name\": \"")),
            Optional.empty(),
            new Writing(false, false));

    private static final JsonShape CITY = new JsonShape.Members(List.of(
            new JsonShape.Member(List.of("\"city\""), new JsonShape.Words(List.of("\"Bonn\"", "\"Rome\"")), true)));

    private static final List<CallForm.Tool> TOOLS =
            List.of(new CallForm.Tool("weather", CITY), new CallForm.Tool("w", new JsonShape.AnyObject()));

    private final TextTokenizer tokenizer = Tokenizers.BYTE_LEVEL.open();
    private final TokenTexts texts = new TokenTexts(tokenizer);
    private final SpokenTokens spoken = SpokenTokens.of(FRAME, tokenizer, Set.of(END));

    private JsonGuide guide(Otherwise otherwise, boolean several) {
        return new JsonGuide(texts, Set.of(END), new CallForm(FRAME, TOOLS, otherwise, several), spoken.texts());
    }

    /** False if a token of the text is not allowed; those before it are read. */
    private boolean reads(JsonGuide guide, String text) {
        for (int token : tokenizer.encode(text, false)) {
            if (!guide.allows(token)) {
                return false;
            }
            guide.advance(token);
        }
        return true;
    }

    @Test
    void aSpecialTokenOfTheFrameHasAText() {
        assertEquals(Map.of(1, "<|user|>"), spoken.texts());
        int[] tokens = tokenizer.encode("Hi <|user|>\n{\"<|assistant|>", false);
        assertEquals("Hi \n{\"", tokenizer.decode(tokens));
        assertEquals("Hi <|user|>\n{\"", spoken.decode(tokens));
    }

    @Test
    void aTextIsFreeUpToTheArgumentsOfACall() {
        JsonGuide guide = guide(new Otherwise.Text(), true);
        assertTrue(guide.allows(END) && guide.allows(2), "the end, and a special token that is no part of a call");
        assertTrue(reads(guide, "Let me see 😀.\n<|user|>\n{ \"name\":\"unknown\", \"arguments\": [}"));
        assertTrue(reads(guide, "<|user|>{\"name\": \"weather\", \"arguments\": {\"city\": \"B"));
        assertFalse(guide.allows(END) || guide.allows(2));
        assertFalse(reads(guide, "erlin"));
    }

    @Test
    void behindTheArgumentsATextIsFreeAgain() {
        JsonGuide guide = guide(new Otherwise.Text(), true);
        assertTrue(reads(guide, "<|user|>\n{\"name\": \"weather\", \"arguments\": {\"city\": \"Rome\"}"));
        assertTrue(guide.allows(END) && !guide.closed());
        assertTrue(reads(guide, "}\n</call>\nAnd\n<|user|>\n{\"name\": \"w\", \"arguments\": {\"x\""));
        assertFalse(reads(guide, " 1"));
    }

    @Test
    void theOnlyCallEndsTheText() {
        JsonGuide guide = guide(new Otherwise.Text(), false);
        assertTrue(reads(guide, "<|user|>\n{\"name\": \"w\", \"arguments\": {\"x\": {}}"));
        assertTrue(guide.closed());
        assertFalse(reads(guide, "}"));
    }

    @Test
    void jsonOrCallsAreBothHeldToTheirShapes() {
        Otherwise json = new Otherwise.Json(CITY);
        assertTrue(reads(guide(json, true), "{\"city\": \"Bonn\"}"));
        assertTrue(reads(
                guide(json, true), "<|user|>\n{\"name\": \"weather\", \"arguments\": {\"city\": \"Rome\"}}\n</call>"));
        assertFalse(reads(guide(json, true), "Hi"));
        assertFalse(reads(guide(json, true), "{\"city\": \"Paris\""));
    }

    @Test
    void severalForcedCallsFollowEachOtherUntilTheModelEnds() {
        JsonGuide guide = guide(new Otherwise.Nothing(), true);
        assertFalse(guide.allows(END));
        assertTrue(reads(guide, "\n{\"name\": \"weather\", \"arguments\": {\"city\": \"Rome\"}"));
        assertFalse(guide.allows(END));
        assertTrue(reads(guide, "}\n</call>"));
        assertTrue(guide.allows(END) && !guide.closed());
        assertTrue(reads(guide, "\n<|user|>\n{\"name\": \"w\", \"arguments\": {}}\n</call>"));
        assertFalse(reads(guide, "\nDone"));
    }

    /** Whatever the logits are. */
    @ParameterizedTest
    @CsvSource({"true", "false"})
    void forcedCallsAreCallsOfTheTools(boolean several) {
        String call =
                "\\n\\{\"name\": \"(weather\", \"arguments\": \\s?\\{\\s?\"city\"\\s?:\\s?\"(Bonn|Rome)\"\\s?}|w\", \"arguments\": \\s?\\{.*})";
        Pattern calls = Pattern.compile(
                several ? call + "}\\n</call>(\\n<\\|user\\|>" + call + "}\\n</call>)*" : call, Pattern.DOTALL);
        int finished = 0;
        for (int seed = 0; seed < 40; seed++) {
            String text = generated(seed, several);
            if (text != null) {
                finished++;
                assertTrue(calls.matcher(text).matches(), text);
            }
        }
        assertTrue(finished > 15, "finished " + finished);
    }

    /** The text of a sequence; null where it is cut by the most tokens. */
    private String generated(int seed, boolean several) {
        Sampling sampling =
                new Sampling(1, 0, 1, 0, 1, 0, 0, Map.of(END, 3f), OptionalLong.of(seed), -1, Optional.of(CITY));
        Sampler sampler = new Sampler(sampling, new int[] {1}, Optional.of(guide(new Otherwise.Nothing(), several)));
        TextStream stream = new TextStream(spoken, new int[] {1}, Stopping.AT_ENDS);
        StringBuilder text = new StringBuilder();
        Random random = new Random(seed);
        for (int i = 0; i < 300; i++) {
            float[] logits = new float[tokenizer.vocabulary()];
            for (int id = 0; id < logits.length; id++) {
                logits[id] = random.nextFloat() * 8 + (tokenizer.piece(id, true).matches("[\"}].*") ? 4 : 0);
            }
            int token = sampler.next(logits, 0, logits.length).token();
            text.append(token == END ? stream.finish() : stream.add(token));
            if (token == END || sampler.complete()) {
                return text + stream.finish();
            }
        }
        return null;
    }
}
