package dev.headroom.generation.form;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.template.ChatTemplate;
import dev.headroom.template.calls.CallFrame;
import dev.headroom.template.calls.CallTemplates;
import dev.headroom.template.calls.FrameFinder;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A text with calls whose arguments have an element each ends in no call. */
class ElementPlaceTest {

    private static final CallFrame FRAME =
            FrameFinder.find(ChatTemplate.parse(CallTemplates.CODER)).orElseThrow();

    private static final String CALL =
            "<tool_call>\n<function=f>\n<parameter=x>\na </parameter> \u00e9\n</parameter>\n";

    private static JsonProgress progress(boolean several) {
        List<CallForm.Tool> tools = List.of(new CallForm.Tool("f", new JsonShape.AnyObject()));
        return JsonProgress.of(new CallForm(FRAME, tools, new CallForm.Otherwise.Text(), several));
    }

    @Test
    void theTextDoesNotEndWithinACall() {
        JsonProgress progress = progress(true);
        progress.read("So <tool_call>\n<function=g>");
        assertTrue(progress.mayEnd() && progress.takesAny());
        progress.read(CALL);
        assertFalse(progress.mayEnd() || progress.takesAny());
        assertTrue(progress.inString());
        progress.read("</function>");
        assertTrue(progress.mayEnd() && !progress.closed());
        progress.read("\n</tool_call>\nDone");
        assertTrue(progress.mayEnd());
    }

    @Test
    void aPartOfACharacterBehindTheMarkOfAnEndIsPartOfTheValue() {
        JsonProgress progress = progress(true);
        progress.read(CALL);
        progress.readPart();
        progress.read("</function>");
        assertFalse(progress.mayEnd());
    }

    @Test
    void theOnlyCallEndsTheText() {
        JsonProgress progress = progress(false);
        progress.read(CALL + "</function>");
        assertTrue(progress.closed() && !progress.allows("\n"));
        JsonProgress bare = progress(false);
        bare.read("<tool_call>\n<function=f>\n</function>");
        assertTrue(bare.closed());
    }
}
