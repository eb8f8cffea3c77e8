package dev.headroom.function.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
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
import io.quarkus.test.junit.QuarkusTest;
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

/**
 * Whatever a model writes where calls are forced, or tools are strict, is read back as arguments that are valid by the schema. It runs
 * within Quarkus, because one class loader alone can have the tokenisers' library.
 */
@QuarkusTest
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
            "{`type`: `object`, `additionalProperties`: false}",
            "{`$ref`: `#/$defs/a`, `$defs`: {`a`: {`$ref`: `#/definitions/p`}}, `definitions`: {`p`: {`type`: `object`, `properties`: {`n`: {`type`: `integer`}, `s`: {`type`: `string`},"
                    + " `f`: {`type`: [`number`, `null`]}, `p`: {`anyOf`: [{`$ref`: `#/definitions/p`}, {`type`: `null`}]}}, `required`: [`n`, `s`]}}}",
            "{`type`: `object`, `properties`: {`i`: {`$ref`: `#/$defs/i`}, `x`: {`anyOf`: [{`$ref`: `#/$defs/i`}, {`type`: `null`}]}, `m`: {`$ref`: `#/$defs/m`}, `k`: {`const`: 5},"
                    + " `s`: {`anyOf`: [{`$ref`: `#/$defs/s`}, {`$ref`: `#/$defs/i`}]}}, `required`: [`i`, `s`], `$defs`: {`i`: {`$ref`: `#/$defs/n`}, `n`: {`type`: `integer`},"
                    + " `s`: {`anyOf`: [{`type`: `string`}, {`type`: `null`}]}, `m`: {`enum`: [`a`, 1.5, true, null, {`b`: []}]}}}",
            "{`$ref`: `#/$defs/r`, `$defs`: {`r`: {`type`: `object`, `properties`: {`l`: {`$ref`: `#/$defs/l`}, `o`: {`anyOf`: [{`$ref`: `#/$defs/o`}, {`type`: `string`}]}}, `required`: [`l`]},"
                    + " `l`: {`type`: `array`, `items`: {`$ref`: `#/$defs/o`}, `maxItems`: 2}, `o`: {`type`: `object`, `properties`: {`q`: {`anyOf`: [{`type`: `string`}, {`type`: `null`}]}}, `required`: [`q`]}}}");

    /** Texts of each schema and frame; in a third of them no call is forced. */
    private static final int ROUNDS = 9;

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
        int[] forced = new int[SCHEMAS.size()];
        int[] free = new int[SCHEMAS.size()];
        for (CallFrame frame : FRAMES.values()) {
            List<CallForm.Tool> tools = tools(frame);
            for (int seed = 0; seed < ROUNDS * SCHEMAS.size(); seed++) {
                int round = seed / SCHEMAS.size();
                Otherwise otherwise = round % 3 == 0 ? new Otherwise.Text() : new Otherwise.Nothing();
                CallForm form =
                        new CallForm(frame, List.of(tools.get(seed % SCHEMAS.size())), otherwise, round % 2 == 0);
                String text = new Writer(tokenizer, texts, form, new Random(seed)).text(seed);
                if (text != null && check(form, text, new Random(seed))) {
                    (round % 3 == 0 ? free : forced)[seed % SCHEMAS.size()]++;
                }
            }
        }
        assertTrue(Arrays.stream(forced).allMatch(calls -> calls > 4), "finished " + Arrays.toString(forced));
        assertTrue(Arrays.stream(free).allMatch(calls -> calls > 0), "finished " + Arrays.toString(free));
    }

    /** True if the text has calls, which it may lack where none is forced. */
    private static boolean check(CallForm form, String text, Random random) {
        String whole = form.opening() + text;
        AnswerWithCalls answer = new CallReader(form.frame(), form.tools()).whole(whole);
        if (form.otherwise() instanceof Otherwise.Nothing) {
            assertTrue(answer.called(), whole);
            assertEquals(null, answer.content(), whole);
        }
        List<ToolCall> calls = answer.calls() == null ? List.of() : answer.calls();
        for (ToolCall call : calls) {
            int schema = Integer.parseInt(call.function().name().substring(1));
            String arguments = call.function().arguments();
            assertTrue(new SchemaCheck(PARSED.get(schema)).admits(json(arguments)), whole + arguments);
        }
        assertEquals(
                CallReaderTest.told(new CallReader(form.frame(), form.tools()), List.of(whole)),
                CallReaderTest.told(
                        new CallReader(form.frame(), form.tools()), CallReaderTest.pieces(whole, random, 7)));
        return !calls.isEmpty();
    }

    /** Writes what random logits say, which favour the marks of the frame at times. */
    private record Writer(TextTokenizer tokenizer, TokenTexts texts, CallForm form, Random random) {

        /** The text of a sequence; null where it is cut by the most tokens. */
        String text(int seed) {
            int end = tokenizer.vocabulary();
            Sampling sampling =
                    new Sampling(1, 0, 1, 0, 1, 0, 0, Map.of(end, 3f), OptionalLong.of(seed), -1, Optional.of(form));
            JsonGuide guide = new JsonGuide(texts, Set.of(end), form, Map.of());
            Sampler sampler = new Sampler(sampling, new int[] {1}, Optional.of(guide));
            TextStream stream = new TextStream(tokenizer::decode, tokenizer.encode("a", false), Stopping.AT_ENDS);
            StringBuilder text = new StringBuilder();
            for (int token : begun()) {
                guide.advance(token);
                text.append(stream.add(token));
            }
            for (int i = 0; i < 300; i++) {
                int token = sampler.next(logits(text), 0, end + 1).token();
                text.append(token == end ? stream.finish() : stream.add(token));
                if (token == end || sampler.complete()) {
                    return text + stream.finish();
                }
            }
            return null;
        }

        /** The tokens up to a call's first argument where none is forced, which random logits would not write. */
        private int[] begun() {
            if (!form.opening().isEmpty()) {
                return new int[0];
            }
            CallForm.Tool tool = form.tools().getFirst();
            ElementFrame frame = form.frame().elements().orElseThrow();
            boolean none =
                    tool.elements().map(shape -> shape.parameters().isEmpty()).orElse(false);
            String first = none ? frame.end() : frame.element().open();
            return tokenizer.encode(form.frame().head(tool.name()) + first, false);
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
            logits[tokenizer.vocabulary()] +=
                    text.indexOf(form.frame().elements().orElseThrow().end()) > 0 ? 12 : 0;
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
