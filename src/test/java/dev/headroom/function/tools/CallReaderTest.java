package dev.headroom.function.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.generation.form.CallForm;
import dev.headroom.generation.form.JsonShape;
import dev.headroom.template.ChatTemplate;
import dev.headroom.template.calls.CallFrame;
import dev.headroom.template.calls.CallTemplates;
import dev.headroom.template.calls.FrameFinder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls are read as a model writes them, piece by piece. */
class CallReaderTest {

    private static final CallFrame TAGGED = frame(CallTemplates.TAGGED);
    private static final CallFrame LISTED = frame(CallTemplates.LISTED);
    private static final CallFrame BARE = frame(CallTemplates.BARE);
    private static final CallFrame FENCED = frame(CallTemplates.FENCED);

    private static CallFrame frame(String template) {
        return FrameFinder.find(ChatTemplate.parse(template)).orElseThrow();
    }

    private static CallReader reader(CallFrame frame) {
        return new CallReader(
                frame,
                Stream.of("f", "get_time", "get")
                        .map(name -> new CallForm.Tool(name, new JsonShape.AnyObject()))
                        .toList());
    }

    /** The content and the calls of a text: a~f{"x": 1}. */
    private static String read(CallFrame frame, String text) {
        AnswerWithCalls answer = reader(frame).whole(text.replace('`', '"'));
        StringBuilder told = new StringBuilder(String.valueOf(answer.content()));
        if (answer.calls() != null) {
            answer.calls()
                    .forEach(call -> told.append("~")
                            .append(call.function().name())
                            .append(call.function().arguments()));
        }
        return told.toString().replace('"', '`');
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "^<tool_call>\n{`name`: `f`, `arguments`: {`x`: 1}}\n</tool_call>^|null~f{`x`: 1}",
                "^<tool_call>{`name`:`f`,`arguments`:{}}</tool_call>^|null~f{}",
                "^\n\nI look.\n<tool_call>\n{ `name` : `get_time`,\n `arguments`: {`a`: `}{\\``}}\n</tool_call>^|^\n\nI look.~get_time{`a`: `}{\\``}^",
                "^<tool_call>\n{`name`: `get`, `arguments`: {}}\n</tool_call>\n<tool_call>\n{`name`: `f`, `arguments`: {`x`: [{}]}}\n</tool_call>\n^|null~get{}~f{`x`: [{}]}",
                "^<tool_call>\n{`name`: `get`, `arguments`: {}}\n<tool_call>\n{`name`: `f`, `arguments`: {}}^|null~get{}~f{}",
                "^<tool_call>\n{`name`: `f`, `arguments`: {}}\n</tool_call>\nDone.^|^\nDone.~f{}^",
                "^<tool_call>\n{`name`: `f`, `arguments`: {}}\n</tool^|null~f{}"
            })
    void callsInTags(String text, String expected) {
        assertEquals(expected, read(TAGGED, text));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "[TOOL_CALLS] [{`name`: `f`, `arguments`: {}}]|null~f{}",
                "[TOOL_CALLS][{`name`: `f`, `arguments`: {}}, {`name`: `get`, `arguments`: {`x`: 1}}]|null~f{}~get{`x`: 1}",
                "[TOOL_CALLS] [{`name`: `f`, `arguments`: {}, `id`: `abc123456`}, {`name`: `get`, `arguments`: {}, `id`: `x`}]|null~f{}~get{}"
            })
    void aListOfCallsWithAndWithoutIds(String text, String expected) {
        assertEquals(expected, read(LISTED, text));
    }

    @Test
    void aBareCallIsOneWhereTheAnswerBeginsWithItOnly() {
        String call = "{`name`: `f`, `parameters`: {`x`: 1}}";
        assertEquals("null~f{`x`: 1}", read(BARE, call));
        assertEquals("null~f{`x`: 1}", read(BARE, "\n" + call));
        assertEquals("Send " + call, read(BARE, "Send " + call));
    }

    @Test
    void aCallInABlockOfCode() {
        AnswerWithCalls answer =
                reader(FENCED).whole("<|calls|><|call|>function<|sep|>f\n```json\n{\"x\": 1}\n```<|/call|><|/calls|>");
        assertNull(answer.content());
        assertEquals("{\"x\": 1}", answer.calls().getFirst().function().arguments());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<tool_call>\n{`name`: `unknown`, `arguments`: {}}\n</tool_call>",
                "<tool_call>\n{`name`: `f`, `arguments`: 7}\n</tool_call>",
                "<tool_call>\n{`name`: `f`}\n</tool_call>",
                "<tool_call>\n{`arguments`: {}, `name`: `f`}\n</tool_call>",
                "<tool_call>\n{`name`: `f`, `argu",
                "<tool_call>",
                "a < b <tool_cal> c\n\n",
                "",
                " \n"
            })
    void whatIsNoCallOfAKnownToolIsText(String text) {
        CallReader reader = reader(TAGGED);
        AnswerWithCalls answer = reader.whole(text.replace('`', '"'));
        assertEquals(text.replace('`', '"'), answer.content());
        assertNull(answer.calls());
        assertFalse(reader.called());
    }

    @Test
    void argumentsThatDoNotEndAreToldAndAreNoWholeCall() {
        CallReader reader = reader(TAGGED);
        assertEquals(
                "{\"x\": \"y",
                reader.whole("<tool_call>\n{\"name\": \"f\", \"arguments\": {\"x\": \"y")
                        .calls()
                        .getFirst()
                        .function()
                        .arguments());
        assertFalse(reader.called());
    }

    @Test
    void theBeginningOfACallIsHeldBackAndArgumentsAreNot() {
        CallReader reader = reader(TAGGED);
        assertEquals(List.of(new CallPart.Content("So")), reader.read("So <tool_"));
        assertEquals(List.of(), reader.read("call>\n{\"name\": \"f\", "));
        assertInstanceOfBegin(reader.read("\"arguments\": {\"x\""));
        assertEquals(List.of(new CallPart.Arguments(0, ": 1")), reader.read(": 1"));
        assertEquals(List.of(new CallPart.Arguments(0, "}")), reader.read("}}\n</tool_call>"));
        assertEquals(List.of(), reader.finish());
        assertTrue(reader.called());
    }

    private static void assertInstanceOfBegin(List<CallPart> parts) {
        assertEquals(new CallPart.Arguments(0, "{\"x\""), parts.getLast());
        CallPart.Begin begin = (CallPart.Begin) parts.getFirst();
        assertEquals("f", begin.name());
        assertTrue(begin.id().matches("[A-Za-z0-9]{9}"), begin::id);
    }

    /** Whatever the pieces, they say what the whole says; and a text without calls is told as it is. */
    @Test
    void piecesSayWhatTheWholeSays() {
        Random random = new Random(5);
        List<String> words = List.of(
                "<tool_call>",
                "\n",
                "{\"name\": \"",
                "f",
                "get",
                "\", \"arguments\": ",
                "{\"x\": 1}",
                "}",
                "</tool_call>",
                " ",
                "text",
                "<tool",
                "{");
        for (int i = 0; i < 3000; i++) {
            StringBuilder text = new StringBuilder();
            for (int n = random.nextInt(24); n > 0; n--) {
                text.append(words.get(random.nextInt(4) == 0 ? random.nextInt(words.size()) : (24 - n) % 9));
            }
            String whole = told(List.of(text.toString()));
            assertEquals(whole, told(pieces(text.toString(), random, 5)));
            if (!whole.contains("~")) {
                assertEquals(text.toString(), whole);
            }
        }
    }

    private static String told(List<String> pieces) {
        return told(reader(TAGGED), pieces);
    }

    /** A text in pieces of at most so many characters. */
    static List<String> pieces(String text, Random random, int most) {
        List<String> pieces = new ArrayList<>();
        for (int from = 0; from < text.length(); ) {
            int to = Math.min(text.length(), from + 1 + random.nextInt(most));
            pieces.add(text.substring(from, to));
            from = to;
        }
        return pieces;
    }

    /** All parts in one text, a call's name behind a tilde. */
    static String told(CallReader reader, List<String> pieces) {
        List<CallPart> parts = new ArrayList<>();
        pieces.forEach(piece -> parts.addAll(reader.read(piece)));
        parts.addAll(reader.finish());
        StringBuilder told = new StringBuilder();
        for (CallPart part : parts) {
            told.append(
                    switch (part) {
                        case CallPart.Content(String text) -> text;
                        case CallPart.Begin begin -> "~" + begin.name();
                        case CallPart.Arguments more -> more.text();
                    });
        }
        return told.toString();
    }
}
