package dev.headroom.template.calls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.template.ChatTemplate;
import dev.headroom.template.calls.ElementFrame.Element;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls whose arguments have an element each, and calls by ids that tell names. */
class ElementFinderTest {

    private static Optional<CallFrame> find(String template) {
        return FrameFinder.find(ChatTemplate.parse(template).with(Map.of()));
    }

    @Test
    void anElementOnLinesOfItsOwn() {
        CallFrame frame = find(CallTemplates.CODER).orElseThrow();
        assertEquals(
                new CallFrame(
                        new CallTexts(
                                "<tool_call>\n<function=",
                                ">\n",
                                "\n</tool_call>",
                                Optional.of("\n</tool_call>\n<tool_call>\n<function=")),
                        Optional.of(new ElementFrame(
                                new Element("<parameter=", ">\n", "\n</parameter>\n"), "</function>", false)),
                        Writing.USUAL),
                frame);
        assertEquals("<tool_call>", frame.opening());
    }

    @Test
    void aPairOfElements() {
        assertEquals(
                Optional.of(new CallFrame(
                        new CallTexts("<tool_call>", "\n", "", Optional.of("\n<tool_call>")),
                        Optional.of(new ElementFrame(
                                new Element("<arg_key>", "</arg_key>\n<arg_value>", "</arg_value>\n"),
                                "</tool_call>",
                                true)),
                        Writing.USUAL)),
                find(CallTemplates.PAIRED));
    }

    @Test
    void elementsWithoutWhiteSpace() {
        CallFrame frame = find(CallTemplates.PAIRED
                        .replace("{{ '\n' }}", "")
                        .replace("c.function.name + '\n'", "c.function.name"))
                .orElseThrow();
        assertEquals("", frame.between());
        assertEquals(
                new Element("<arg_key>", "</arg_key><arg_value>", "</arg_value>"),
                frame.elements().orElseThrow().element());
    }

    @Test
    void severalCallsInOneMark() {
        String template = CallTemplates.PAIRED
                .replace("{% for c in m.tool_calls or [] %}", "{% if m.tool_calls %}<calls>{% for c in m.tool_calls %}")
                .replace("</tool_call>{% endfor %}", "</tool_call>{% endfor %}</calls>{% endif %}");
        CallFrame frame = find(template).orElseThrow();
        assertEquals("</calls>", frame.after());
        assertEquals(Optional.of("\n<tool_call>"), frame.next());
    }

    /** A text that comes otherwise, a value that is told in no known way, and an element that has no end. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{{ v | e if v is string else v | tojson }}",
                "{{ v | trim | upper }}",
                "{{ 'yes' if v is boolean else v }}",
                "{{ v if v is string else v | tojson | tojson }}",
                "{{ v | length if v is mapping else v }}",
                "{{ v | default('', true) }}"
            })
    void whatWritesValuesOtherwiseIsNoFrame(String value) {
        String template = CallTemplates.PAIRED.replace("{{ v if v is string else v | tojson }}", value);
        assertTrue(find(template).isEmpty());
    }

    @Test
    void elementsWithIdsOrWithoutAnEndAreNoFrame() {
        assertTrue(find(CallTemplates.PAIRED.replace("</tool_call>", "{{ c.id }}</tool_call>"))
                .isEmpty());
        assertTrue(find(CallTemplates.PAIRED.replace("</arg_value>", "")).isEmpty());
    }

    @ParameterizedTest
    @ValueSource(strings = {CallTemplates.NUMBERED, CallTemplates.NUMBERED_ITSELF})
    void idsThatTellTheNameAndTheNumber(String template) {
        CallFrame frame = find(template).orElseThrow();
        assertEquals("<|tool_calls_section_begin|><|tool_call_begin|>", frame.opening());
        assertEquals(":" + CallId.NUMBER + "<|tool_call_argument_begin|>", frame.between());
        assertEquals("<|tool_call_end|><|tool_calls_section_end|>", frame.after());
        assertEquals(Optional.of("<|tool_call_end|><|tool_call_begin|>functions."), frame.next());
        assertEquals(Optional.of(new CallId("functions.", ":")), frame.ids());
        assertEquals(frame.ids(), frame.writing().ids());
    }
}
