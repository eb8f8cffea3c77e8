package dev.headroom.function.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headroom.function.schema.SchemaTypes;
import dev.headroom.generation.form.CallForm;
import dev.headroom.generation.form.JsonShape;
import dev.headroom.generation.form.ParameterTypes;
import dev.headroom.template.ChatTemplate;
import dev.headroom.template.calls.CallFrame;
import dev.headroom.template.calls.CallTemplates;
import dev.headroom.template.calls.FrameFinder;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls whose arguments have an element each, and calls by numbered ids, as they are read piece by piece. */
class ElementCallsTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    private static final CallFrame CODER = frame(CallTemplates.CODER);
    private static final CallFrame PAIRED = frame(CallTemplates.PAIRED);
    private static final CallFrame NUMBERED = frame(CallTemplates.NUMBERED);

    private static final String SCHEMA =
            "{`properties`: {`s`: {`type`: `string`}, `i`: {`type`: `integer`}, `n`: {`type`: [`number`, `null`]}, `b`: {`type`: `boolean`},"
                    + " `o`: {`type`: `object`}, `l`: {`type`: `array`}, `e`: {`enum`: [`x`, `1`]}, `u`: {}, `r`: {`$ref`: `#/$defs/r`},"
                    + " `a`: {`anyOf`: [{`type`: `string`}, {`type`: `integer`}]}, `t`: {`type`: [`string`, `null`]}}, `$defs`: {`r`: {`type`: `boolean`}}}";

    private static CallFrame frame(String template) {
        return FrameFinder.find(ChatTemplate.parse(template)).orElseThrow();
    }

    private static CallReader reader(CallFrame frame) {
        try {
            JsonNode schema = JSON.readTree(SCHEMA.replace('`', '"'));
            return new CallReader(
                    frame,
                    List.of(
                            new CallForm.Tool("f", new JsonShape.AnyObject(), SchemaTypes.of(schema)),
                            new CallForm.Tool("f_2", new JsonShape.AnyObject())));
        } catch (java.io.IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The content and the calls of a text: a~f{"x": 1}. */
    private static String read(CallFrame frame, String text) {
        AnswerWithCalls answer = reader(frame).whole(text);
        StringBuilder told = new StringBuilder(String.valueOf(answer.content()));
        if (answer.calls() != null) {
            answer.calls()
                    .forEach(call -> told.append("~")
                            .append(call.function().name())
                            .append(call.function().arguments()));
        }
        return told.toString();
    }

    private static String coder(String key, String value) {
        return "<tool_call>\n<function=f>\n<parameter=" + key + ">\n" + value
                + "\n</parameter>\n</function>\n</tool_call>";
    }

    private static String paired(String key, String value) {
        return "<tool_call>f\n<arg_key>" + key + "</arg_key>\n<arg_value>" + value + "</arg_value>\n</tool_call>";
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "s|12|\"12\"",
                "s|null|\"null\"",
                "s|true|\"true\"",
                "s|{\"a\": 1}|\"{\\\"a\\\": 1}\"",
                "s|Köln 😀 \"x\" \\|\"Köln 😀 \\\"x\\\" \\\\\"",
                "i|12|12",
                "i|-7|-7",
                "i|1.5|\"1.5\"",
                "i|twelve|\"twelve\"",
                "i|null|null",
                "i|None|null",
                "n|1.5|1.5",
                "n|100.0|100.0",
                "n|1e-9999999999999|1e-9999999999999",
                "i|1e9999999999999|\"1e9999999999999\"",
                "i|1e2|1e2",
                "o|{\"a\": 1e9999999999999, \"a\": 2}|{\"a\":1e9999999999999}",
                "l|[1] [2]|\"[1] [2]\"",
                "n|null|null",
                "b|true|true",
                "b|True|true",
                "b|maybe|\"maybe\"",
                "o|{\"a\": {\"b\": [1, {}]}}|{\"a\":{\"b\":[1,{}]}}",
                "o|{'a': {'b': [True, None, \"it's\"]}}|{\"a\":{\"b\":[true,null,\"it's\"]}}",
                "o|{\"a\": 1|\"{\\\"a\\\": 1\"",
                "l|[1, \"x\"]|[1,\"x\"]",
                "l|['x', 'y\\'z']|[\"x\",\"y'z\"]",
                "e|1|\"1\"",
                "r|False|false",
                "a|12|12",
                "a|x|\"x\"",
                "a|null|\"null\"",
                "a|None|\"None\"",
                "t|null|null",
                "t|1|\"1\"",
                "a|true|\"true\""
            })
    void aValueIsOfTheTypeInItsSchema(String key, String text, String json) {
        String expected = "null~f{\"" + key + "\": " + json + "}";
        assertEquals(expected, read(CODER, coder(key, text)));
        assertEquals(expected, read(PAIRED, paired(key, text)));
    }

    /** A template that writes scalars as JSON has a model write them so. */
    @ParameterizedTest
    @CsvSource({"unknown,12,12", "unknown,true,true", "u,null,null", "unknown,x,'\"x\"'"})
    void aValueOfUnknownTypeIsReadAsTheTemplateWritesIt(String key, String text, String json) {
        assertEquals("null~f{\"" + key + "\": " + json + "}", read(PAIRED, paired(key, text)));
        assertEquals("null~f{\"" + key + "\": \"" + text.replace("\"", "") + "\"}", read(CODER, coder(key, text)));
    }

    @Test
    void onlyTheTemplatesWhiteSpaceIsNoPartOfAText() {
        assertEquals("null~f{\"s\": \"\\n  a\\n\\n\"}", read(CODER, coder("s", "\n  a\n\n")));
        assertEquals("null~f{\"s\": \"\"}", read(CODER, coder("s", "")));
        assertEquals(
                "null~f{\"s\": \"\"}",
                read(CODER, "<tool_call><function=f><parameter=s></parameter></function></tool_call>"));
        assertEquals("null~f{\"s\": \" a\\n\"}", read(PAIRED, paired("s", " a\n")));
        assertEquals(
                "null~f{\"s\": \"a\", \"i\": 1}",
                read(
                        CODER,
                        "<tool_call> <function=f><parameter=s>a</parameter><parameter=i> 1 </parameter> </function>"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a</parameter>b",
                "</parameter>",
                "</parameter>\n</parameter>",
                "a\n</parameter>\nb <parameter",
                "<tool_call>\n<function=f>\n<parameter=s>\nx",
                "</arg_value>\n</arg_value>",
                "<arg_key>x</arg_key>",
                "\u0007\t\u2028"
            })
    void aTextMayHoldMarks(String text) throws Exception {
        for (boolean coder : new boolean[] {true, false}) {
            AnswerWithCalls answer = coder
                    ? reader(CODER).whole(coder("s", text))
                    : reader(PAIRED).whole(paired("s", text));
            String json = answer.calls().getFirst().function().arguments();
            assertEquals(text, JSON.readTree(json).path("s").textValue());
            assertTrue(answer.called());
        }
    }

    @Test
    void longValuesAndSchemasThatLeadToThemselvesAreRead() throws Exception {
        String list = "['" + "a\\n".repeat(300_000) + "']";
        String json = reader(CODER)
                .whole(coder("l", list))
                .calls()
                .getFirst()
                .function()
                .arguments();
        assertEquals(600_000, JSON.readTree(json).path("l").path(0).textValue().length());
        String alike = "{\"$ref\": \"#/$defs/x\"}, ".repeat(20);
        JsonNode schema =
                JSON.readTree("{\"properties\": {\"p\": {\"$ref\": \"#/$defs/x\"}}, \"$defs\": {\"x\": {\"anyOf\": ["
                        + alike + "{\"type\": \"integer\"}]}}}");
        assertEquals(Set.of("integer"), SchemaTypes.of(schema).of("p"));
    }

    @ParameterizedTest
    @CsvSource({"n,5,5", "s,5,'\"5\"'"})
    void typesAreFoundBehindTheReferenceOfTheWhole(String key, String value, String json) throws Exception {
        ParameterTypes types = SchemaTypes.of(
                JSON.readTree(
                        "{\"$ref\": \"#/$defs/P\", \"$defs\": {\"P\": {\"type\": \"object\", \"properties\": {\"n\": {\"type\": \"integer\"}, \"s\": {\"type\": \"string\"}}}}}"));
        List<CallForm.Tool> tools = List.of(new CallForm.Tool("f", new JsonShape.AnyObject(), types));
        String told = "{\"%s\": %s}".formatted(key, json);
        for (AnswerWithCalls answer : List.of(
                new CallReader(CODER, tools).whole(coder(key, value)),
                new CallReader(PAIRED, tools).whole(paired(key, value)))) {
            assertEquals(told, answer.calls().getFirst().function().arguments());
        }
    }

    @Test
    void aNumberOrAListIsAsLongAndAsDeepAsTheModelWritesIt() {
        for (String value : List.of("1".repeat(3000), "[".repeat(3000) + "]".repeat(3000))) {
            String key = value.startsWith("[") ? "l" : "i";
            assertEquals("null~f{\"%s\": %s}".formatted(key, value), read(CODER, coder(key, value)));
        }
    }

    /** A stream has told the first value already. */
    @Test
    void theFirstValueOfAKeyIsTheOneThatIsTold() {
        String again =
                "<parameter=s>\na\n</parameter>\n<parameter=i>\n1\n</parameter>\n<parameter=s>\nb\n</parameter>\n"
                        + "<parameter= i>\n2\n</parameter>\n<parameter=b>\ntrue\n</parameter>\n<parameter=b>\nfalse\n</parameter>\n";
        String text = "<tool_call>\n<function=f>\n" + again + "</function>\n</tool_call>";
        assertEquals("null~f{\"s\": \"a\", \"i\": 1, \"b\": true}", read(CODER, text));
        Random random = new Random(3);
        for (int i = 0; i < 50; i++) {
            assertEquals(told(List.of(text)), told(CallReaderTest.pieces(text, random, 5)));
        }
    }

    @Test
    void callsWithoutArgumentsAndSeveralCalls() {
        assertEquals("null~f{}", read(CODER, "<tool_call>\n<function=f>\n</function>\n</tool_call>"));
        assertEquals("null~f_2{}~f{}", read(PAIRED, "\n<tool_call>f_2\n</tool_call>\n<tool_call>f\n</tool_call>\n"));
        assertEquals(
                "I look.~f{\"i\": 1}~f_2{\"x\": \"y\"}",
                read(
                        CODER,
                        "I look.\n\n" + coder("i", "1") + "\n" + coder("x", "y").replace("=f>", "=f_2>") + "\n"));
        assertEquals("null~f{\"i\": 1}~f{\"i\": 2}", read(PAIRED, paired("i", "1") + paired("i", "2")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Write <tool_call> before a call.",
                "<tool_call>\n<function=unknown>\n<parameter=s>\nx\n</parameter>\n</function>\n</tool_call>",
                "<tool_call>\n<function=f>\n",
                "<tool_call>\n<function=f>\n<param",
                "<tool_call>\n{\"name\": \"f\", \"arguments\": {}}\n</tool_call>"
            })
    void whatIsNoCallOfAKnownToolIsText(String text) {
        AnswerWithCalls answer = reader(CODER).whole(text);
        assertEquals(text, answer.content());
        assertNull(answer.calls());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "^<tool_call><function=f><parameter=s>abc</para^|{\"s\": \"abc",
                "^<tool_call><function=f><parameter=s>abc</parameter>^|{\"s\": \"abc",
                "^<tool_call><function=f><parameter=i>12^|{\"i\":",
                "^<tool_call><function=f><parameter=s>abc</parameter><parameter=i^|{\"s\": \"abc\"",
                "^<tool_call><function=f><parameter=^|{"
            })
    void aCallThatIsCutIsToldAsFarAsItCame(String text, String arguments) {
        CallReader reader = reader(CODER);
        assertEquals(
                arguments,
                reader.whole(text).calls().getFirst().function().arguments().strip());
        assertFalse(reader.called());
    }

    @Test
    void aTextIsToldAsItComes() {
        CallReader reader = reader(CODER);
        reader.read("<tool_call>\n<function=f>\n<parameter=s>\nab");
        assertEquals(List.of(new CallPart.Arguments(0, "cd")), reader.read("cd\n"));
        assertEquals(List.of(new CallPart.Arguments(0, "\\n")), reader.read("\n</par"));
        assertEquals(List.of(), reader.read("ameter>\n"));
        assertEquals(List.of(new CallPart.Arguments(0, "\"}")), reader.read("</function>"));
        assertEquals(List.of(), reader.read("\n</tool_call>"));
        assertEquals(List.of(), reader.finish());
        assertTrue(reader.called());
    }

    @Test
    void aCallByANumberedIdKeepsItsId() {
        String text =
                "So<|tool_calls_section_begin|><|tool_call_begin|>functions.f:2<|tool_call_argument_begin|>{\"x\": 1}<|tool_call_end|>"
                        + "<|tool_call_begin|>functions.f_2:13<|tool_call_argument_begin|>{}<|tool_call_end|><|tool_calls_section_end|>";
        AnswerWithCalls answer = reader(NUMBERED).whole(text);
        assertEquals("So", answer.content());
        assertEquals(
                List.of("functions.f:2", "functions.f_2:13"),
                answer.calls().stream().map(ToolCall::id).toList());
        assertEquals("{\"x\": 1}", answer.calls().getFirst().function().arguments());
        assertEquals("f_2", answer.calls().getLast().function().name());
        String unnumbered = text.replace(":2<", ":<").replace(":13<", "<");
        assertEquals(unnumbered, reader(NUMBERED).whole(unnumbered).content());
    }

    /** Whatever the pieces, they say what the whole says. */
    @Test
    void piecesSayWhatTheWholeSays() {
        Random random = new Random(7);
        List<String> words = List.of(
                "<tool_call>",
                "\n",
                "<function=f>",
                "<parameter=s>",
                "<parameter=i>",
                "\n",
                "12",
                "a<b",
                "\n",
                "</parameter>",
                "\n",
                "</function>",
                "</tool_call>",
                " ");
        for (int i = 0; i < 3000; i++) {
            StringBuilder text = new StringBuilder();
            for (int n = 0; n < 16 + random.nextInt(16); n++) {
                text.append(words.get(random.nextInt(5) == 0 ? random.nextInt(words.size()) : n % words.size()));
            }
            List<String> pieces = CallReaderTest.pieces(text.toString(), random, 7);
            assertEquals(told(List.of(text.toString())), told(pieces));
        }
    }

    private static String told(List<String> pieces) {
        return CallReaderTest.told(reader(CODER), pieces);
    }
}
