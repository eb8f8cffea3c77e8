package dev.headroom.template.calls;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.headroom.template.ChatTemplate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The frame of calls is read off what a template writes. */
class FrameFinderTest {

    private static final Path REAL = Path.of("../shared/generation/templates");
    private static final Writing USUAL = new Writing(false, false);

    private static Optional<CallFrame> find(String template) {
        return FrameFinder.find(ChatTemplate.parse(template).with(Map.of("bos_token", "<s>", "eos_token", "</s>")));
    }

    private static CallFrame json(String before, String between, String after, Optional<String> next, Writing writing) {
        return CallFrame.json(new CallTexts(before, between, after, next), writing);
    }

    private static void assertFrame(CallFrame expected, String template) {
        assertEquals(Optional.of(expected), find(template));
    }

    @Test
    void aTagAroundEachCall() {
        assertFrame(
                json(
                        "<tool_call>\n{\"name\": \"",
                        "\", \"arguments\": ",
                        "}\n</tool_call>",
                        Optional.of("}\n</tool_call>\n<tool_call>\n{\"name\": \""),
                        USUAL),
                CallTemplates.TAGGED);
    }

    @Test
    void aListOfCallsWithIds() {
        String id = ", \"id\": \"\uE000\"}";
        CallFrame frame = json(
                "[TOOL_CALLS] [{\"name\": \"",
                "\", \"arguments\": ",
                id + "]",
                Optional.of(id + ", {\"name\": \""),
                USUAL);
        assertFrame(frame, CallTemplates.LISTED);
        assertEquals("[TOOL_CALLS]", frame.opening());
        assertEquals("}]", frame.end());
        assertEquals(Optional.of("}, {\"name\": \"f\", \"arguments\": "), frame.nextHead("f"));
    }

    @Test
    void oneBareObject() {
        CallFrame frame = json("{\"name\": \"", "\", \"parameters\": ", "}", Optional.empty(), USUAL);
        assertFrame(frame, CallTemplates.BARE);
        assertEquals("", frame.opening());
    }

    @Test
    void aBlockOfCodeInAMessageWithoutContentWhoseArgumentsAreText() {
        assertFrame(
                json(
                        "<|calls|><|call|>function<|sep|>",
                        "\n```json\n",
                        "\n```<|/call|><|/calls|>",
                        Optional.of("\n```<|/call|>\n<|call|>function<|sep|>"),
                        new Writing(true, true)),
                CallTemplates.FENCED);
    }

    @Test
    void aTagWithTheName() {
        assertFrame(
                json("<function=", ">", "</function>", Optional.of("</function><function="), USUAL),
                CallTemplates.NAMED_TAG);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                CallTemplates.QUOTED_ARGUMENTS,
                CallTemplates.BY_ID,
                CallTemplates.TOLD_ONLY,
                "{{ raise_exception('no') }}",
                "",
                "a",
                "{% for m in messages %}{{ m }}{% endfor %}"
            })
    void anythingElseIsNoFrame(String template) {
        assertEquals(Optional.empty(), find(template));
    }

    /** The first of the real ones writes calls in tags, the second as blocks of code, and the others none. */
    @Test
    void theFramesOfRealTemplates() throws IOException {
        Assumptions.assumeTrue(Files.isDirectory(REAL), () -> REAL.toAbsolutePath() + " is missing");
        assertEquals(find(CallTemplates.TAGGED), find(Files.readString(REAL.resolve("qwen3.jinja"))));
        CallFrame fenced =
                find(Files.readString(REAL.resolve("deepseek_v3.jinja"))).orElseThrow();
        assertEquals("\n```json\n", fenced.between());
        assertEquals("\n```<\uff5ctool\u2581call\u2581end\uff5c>", fenced.after());
        assertEquals(
                Optional.of(fenced.after()
                        + "\n<\uff5ctool\u2581call\u2581begin\uff5c>function<\uff5ctool\u2581sep\uff5c>"),
                fenced.next());
        assertEquals(new Writing(true, true), fenced.writing());
        assertEquals(Optional.empty(), find(Files.readString(REAL.resolve("llama3_1.jinja"))));
        assertEquals(Optional.empty(), find(Files.readString(REAL.resolve("gemma3.jinja"))));
    }

    @Test
    void whatEndsTheAnswerIsNoPartOfACall() {
        CallFrame frame = json(
                "<call>{\"name\": \"",
                "\", \"arguments\": ",
                "}</call><|eom|>\n",
                Optional.empty(),
                new Writing(false, false));
        assertEquals(
                "}</call>",
                frame.endingBefore(List.of("<|eot|>", "<|eom|>", "")).end());
        assertEquals(frame, frame.endingBefore(List.of("<|eot|>")));
    }
}
