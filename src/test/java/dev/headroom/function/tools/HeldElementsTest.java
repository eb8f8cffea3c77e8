package dev.headroom.function.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.headroom.generation.Stopping;
import dev.headroom.generation.TextStream;
import dev.headroom.generation.Tokenizers;
import dev.headroom.generation.form.CallForm;
import dev.headroom.generation.form.CallForm.Otherwise;
import dev.headroom.generation.sampling.JsonGuide;
import dev.headroom.generation.sampling.Sampler;
import dev.headroom.generation.sampling.Sampling;
import dev.headroom.generation.sampling.TokenTexts;
import dev.headroom.task.TextTokenizer;
import dev.headroom.template.ChatTemplate;
import dev.headroom.template.calls.CallFrame;
import dev.headroom.template.calls.CallTemplates;
import dev.headroom.template.calls.ElementFrame;
import dev.headroom.template.calls.FrameFinder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever a model writes where calls are forced, is read back as arguments that are valid by the schema. */
class HeldElementsTest {

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .build();

    private static final List<String> SCHEMAS = List.of(
            "{`type`: `object`, `properties`: {`city`: {`type`: `string`}, `days`: {`type`: `integer`}, `deg`: {`enum`: [`c`, `cf`, `true`, ``]}}, `required`: [`days`, `deg`]}",
            "{`type`: `object`, `properties`: {`a`: {`type`: [`string`, `null`]}, `ab`: {`anyOf`: [{`type`: `string`}, {`type`: `array`, `items`: {`type`: `integer`}, `minItems`: 1}]},"
                    + " `b`: {`type`: [`string`, `boolean`, `number`, `object`]}}, `required`: [`a`, `ab`]}",
            "{`type`: `object`, `properties`: {`n`: {`type`: `number`}, `t`: {`$ref`: `#/$defs/t`}, `e`: {`enum`: [1, 12, `x`, null, false, [1], {`a`: 2}]}, `w`: {`type`: [`boolean`, `null`]}},"
                    + " `required`: [`t`], `$defs`: {`t`: {`type`: `object`, `properties`: {`s`: {`type`: `string`}, `t`: {`type`: `array`, `items`: {`$ref`: `#/$defs/t`}, `maxItems`: 2}}, `required`: [`t`]}}}",
            "{`type`: `object`, `properties`: {`l`: {`type`: `array`, `items`: {`type`: `string`}, `minItems`: 2}, `o`: {`type`: `object`}, `i`: {`type`: `integer`}}, `required`: [`l`, `i`]}",
            "{`type`: `object`, `properties`: {`self`: {`$ref`: `#`}, `v`: {`const`: ` a\\n`}}}",
            "{`type`: `object`}",
            "{`type`: `object`, `additionalProperties`: false}");

    private static final List<JsonNode> PARSED =
            SCHEMAS.stream().map(schema -> json(schema.replace('`', '"'))).toList();

    private static final Map<String, CallFrame> FRAMES = Map.of(
            "coder",
            frame(CallTemplates.CODER),
            "paired",
            frame(CallTemplates.PAIRED),
            "dense",
            frame(CallTemplates.PAIRED
                    .replace("{{ '\n' }}", "")
                    .replace("c.function.name + '\\n'", "c.function.name")
                    .replace("c.function.name + '\n'", "c.function.name")));

    private static CallFrame frame(String template) {
        return FrameFinder.find(ChatTemplate.parse(template)).orElseThrow();
    }

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (java.io.IOException e) {
            throw new AssertionError(text, e);
        }
    }

    /** One tool for each schema: f0, f1 and so on. */
    private static List<CallForm.Tool> tools(CallFrame frame) {
        return Stream.iterate(0, i -> i < SCHEMAS.size(), i -> i + 1)
                .map(i -> json("{\"function\": {\"name\": \"f%d\", \"parameters\": %s}}".formatted(i, PARSED.get(i))))
                .map(tool -> Tool.read("tools[0].", tool).form(true, frame.elements(), _ -> true))
                .toList();
    }

    @Test
    void framesDiffer() {
        assertEquals("", FRAMES.get("dense").between());
        assertEquals(3, FRAMES.values().stream().distinct().count());
    }

    @ParameterizedTest
    @EnumSource(
            value = Tokenizers.class,
            names = {"BYTE_LEVEL", "BYTE_FALLBACK"})
    void whateverTheLogitsAreTheArgumentsAreValid(Tokenizers kind) {
        TextTokenizer tokenizer = kind.open();
        TokenTexts texts = new TokenTexts(tokenizer);
        int[] finished = new int[SCHEMAS.size()];
        for (CallFrame frame : FRAMES.values()) {
            List<CallForm.Tool> tools = tools(frame);
            for (int seed = 0; seed < 10 * SCHEMAS.size(); seed++) {
                boolean several = seed / SCHEMAS.size() % 2 == 0;
                CallForm form = new CallForm(
                        frame, List.of(tools.get(seed % SCHEMAS.size())), new Otherwise.Nothing(), several);
                String text = new Writer(tokenizer, texts, form, new Random(seed)).text(seed);
                if (text != null) {
                    finished[seed % SCHEMAS.size()]++;
                    check(form, text, new Random(seed));
                }
            }
        }
        for (int i = 0; i < finished.length; i++) {
            assertTrue(finished[i] > 4, "finished " + Arrays.toString(finished));
        }
    }

    private static void check(CallForm form, String text, Random random) {
        String whole = form.opening() + text;
        AnswerWithCalls answer = new CallReader(form.frame(), form.tools()).whole(whole);
        assertNotNull(answer.calls(), whole);
        assertTrue(answer.called(), whole);
        assertEquals(null, answer.content(), whole);
        for (ToolCall call : answer.calls()) {
            int schema = call.function().name().charAt(1) - '0';
            String arguments = call.function().arguments();
            assertTrue(new SchemaCheck(PARSED.get(schema)).admits(json(arguments)), whole + arguments);
        }
        assertEquals(
                CallReaderTest.told(new CallReader(form.frame(), form.tools()), List.of(whole)),
                CallReaderTest.told(
                        new CallReader(form.frame(), form.tools()), CallReaderTest.pieces(whole, random, 7)));
    }

    /** Writes what random logits say, which favour the marks of the frame at times. */
    private record Writer(TextTokenizer tokenizer, TokenTexts texts, CallForm form, Random random) {

        /** The text of a sequence; null where it is cut by the most tokens. */
        String text(int seed) {
            int end = tokenizer.vocabulary();
            Sampling sampling =
                    new Sampling(1, 0, 1, 0, 1, 0, 0, Map.of(end, 3f), OptionalLong.of(seed), -1, Optional.of(form));
            Sampler sampler = new Sampler(
                    sampling, new int[] {1}, Optional.of(new JsonGuide(texts, Set.of(end), form, Map.of())));
            TextStream stream = new TextStream(tokenizer::decode, tokenizer.encode("a", false), Stopping.AT_ENDS);
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < 300; i++) {
                int token = sampler.next(logits(text), 0, end + 1).token();
                text.append(token == end ? stream.finish() : stream.add(token));
                if (token == end || sampler.complete()) {
                    return text + stream.finish();
                }
            }
            return null;
        }

        private float[] logits(StringBuilder text) {
            float[] logits = new float[tokenizer.vocabulary() + 1];
            char next = next(text);
            boolean towardsEnd = random.nextInt(30) > 0;
            for (int id = 0; id < logits.length; id++) {
                String piece = id < texts.all().length ? texts.all()[id] : "";
                logits[id] = random.nextFloat() * 8
                        + (piece.matches("[\"}\\]]") ? 4 : 0)
                        + (towardsEnd && piece.equals(String.valueOf(next)) ? 12 : 0);
            }
            return logits;
        }

        /** What continues the mark that the text may be in, which closes an element or opens one. */
        private char next(StringBuilder text) {
            ElementFrame frame = form.frame().elements().orElseThrow();
            List<String> marks = new ArrayList<>(List.of(
                    frame.element().open(),
                    frame.element().close() + frame.element().open(),
                    frame.element().close() + frame.end()));
            Collections.shuffle(marks, random);
            String mark = Collections.max(marks, Comparator.comparingInt(one -> held(one, text)));
            return mark.charAt(held(mark, text));
        }

        /** The first characters of a mark that the text ends with. */
        private static int held(String mark, StringBuilder text) {
            int length = Math.min(mark.length() - 1, text.length());
            while (!mark.startsWith(text.substring(text.length() - length))) {
                length--;
            }
            return length;
        }
    }
}
