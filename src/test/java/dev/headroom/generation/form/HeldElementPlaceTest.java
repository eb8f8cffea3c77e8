package dev.headroom.generation.form;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.generation.form.ElementShape.Content;
import dev.headroom.generation.form.ElementShape.Parameter;
import dev.headroom.template.ChatTemplate;
import dev.headroom.template.calls.CallFrame;
import dev.headroom.template.calls.CallTemplates;
import dev.headroom.template.calls.FrameFinder;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls whose arguments have an element each, and are held to a shape: a text, a number that has to come, and JSON. */
class HeldElementPlaceTest {

    private static final CallFrame FRAME =
            FrameFinder.find(ChatTemplate.parse(CallTemplates.CODER)).orElseThrow();

    private static final JsonShape TEXTS = new JsonShape.Elements(new JsonShape.Text(), 0, 9);

    private static final ElementShape SHAPE = new ElementShape(List.of(
            new Parameter("s", new Content(ElementShape.Text.ANY, List.of(), List.of(), List.of()), false),
            new Parameter("n", none(List.of("low", "lower"), List.of(new JsonShape.Number(true)), List.of()), true),
            new Parameter("sn", none(List.of(), List.of(), List.of(TEXTS)), false),
            new Parameter(
                    "m", new Content(ElementShape.Text.UNBRACKETED, List.of(), List.of(), List.of(TEXTS)), false)));

    private static Content none(List<String> words, List<JsonShape> numbers, List<JsonShape> nested) {
        return new Content(ElementShape.Text.NONE, words, numbers, nested);
    }

    private static JsonProgress progress(CallForm.Otherwise otherwise, boolean several) {
        JsonShape any = new JsonShape.AnyObject();
        return JsonProgress.of(new CallForm(
                FRAME,
                List.of(
                        new CallForm.Tool("f", any, ParameterTypes.UNKNOWN, Optional.of(SHAPE)),
                        new CallForm.Tool("g", any),
                        new CallForm.Tool("e", any, ParameterTypes.UNKNOWN, Optional.of(new ElementShape(List.of())))),
                otherwise,
                several));
    }

    /** A call, of which ~ stands for the end of a line. */
    private static String call(String elements) {
        return "~<function=f>~" + elements + "</function>~</tool_call>";
    }

    private static String element(String key, String value) {
        return "<parameter=" + key + ">~" + value + "~</parameter>~";
    }

    private static boolean reads(JsonProgress progress, String text) {
        for (char c : text.replace('~', '\n').toCharArray()) {
            if (!progress.allows(String.valueOf(c))) {
                return false;
            }
            progress.read(String.valueOf(c));
        }
        return true;
    }

    private static boolean forced(String text) {
        JsonProgress progress = progress(new CallForm.Otherwise.Nothing(), true);
        return reads(progress, text) && progress.mayEnd();
    }

    @Test
    void parametersComeInAnyOrderAndOnce() {
        assertTrue(forced(call(element("n", "12"))));
        assertTrue(forced(call(element("n", "-3") + element("s", "a\n </para <b> é"))));
        assertTrue(forced(call(element("s", "") + element("sn", "[]") + element("m", "x [") + element("n", "lower"))));
        assertTrue(forced(call(element("n", "low")) + "~<tool_call>" + call(element("n", "0"))));
        assertTrue(forced("~<function=g>~<parameter=any>~x~</parameter>~</function>~</tool_call>"));
        assertTrue(forced("~<function=g>~</function>~</tool_call>"));
        assertTrue(forced("~<function=e>~</function>~</tool_call>"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "~<function=h",
                " ",
                "~<function=f>~</",
                "~<function=f>~~",
                "~<function=f>~<parameter=x",
                "~<function=f>~<parameter=s ",
                "~<function=f>~<parameter=s>~a~</parameter>~</",
                "~<function=f>~<parameter=s>~a~</parameter>b",
                "~<function=f>~<parameter=n>~12~</parameter>~<parameter=n",
                "~<function=f>~<parameter=n>~12~</parameter>~</function>~<t",
                "~<function=f>~<parameter=n>~ ",
                "~<function=f>~<parameter=n>~1.",
                "~<function=f>~<parameter=n>~12 ",
                "~<function=f>~<parameter=n>~lowe~",
                "~<function=f>~<parameter=sn>~[1",
                "~<function=f>~<parameter=sn>~[\"a</parameter> <parameter=",
                "~<function=f>~<parameter=sn>~[\"a</parameter></function>",
                "~<function=f>~<parameter=m>~[x",
                "~<function=f>~<parameter=m>~ ~{",
                "~<function=e>~<p"
            })
    void whatHasAnotherFormIsRefusedAtItsLastCharacter(String text) {
        JsonProgress progress = progress(new CallForm.Otherwise.Nothing(), true);
        assertTrue(reads(progress, text.substring(0, text.length() - 1)), text);
        assertFalse(reads(progress, text.substring(text.length() - 1)), text);
    }

    @Test
    void partsOfCharactersStandInTextsAlone() {
        JsonProgress progress = progress(new CallForm.Otherwise.Nothing(), true);
        assertTrue(reads(progress, "~<function=f>~<parameter=n>~") && !progress.inString());
        assertTrue(reads(progress, "1~</parameter>~<parameter=s>~") && progress.inString());
        progress.readPart();
        assertTrue(reads(progress, "</parameter>~<parameter=sn>~[\"</parameter>") && progress.inString());
        progress.readPart();
        assertTrue(reads(progress, "</function>\"]~</parameter>~</function>"));
    }

    @Test
    void inAFreeTextTheArgumentsOfAStrictToolAreHeld() {
        CallForm.Otherwise text = new CallForm.Otherwise.Text();
        assertTrue(reads(progress(text, true), "I~<tool_call> <function=h><parameter=x>~<function=f>"));
        assertFalse(reads(progress(text, true), "<tool_call><function=f></function>"));
        assertFalse(reads(progress(text, true), "<tool_call><function=e><parameter="));
        JsonProgress progress = progress(text, true);
        assertTrue(reads(progress, "<tool_call> <function=f> <parameter=n>~7~</parameter>~"));
        assertFalse(progress.mayEnd() || progress.allows("<parameter=n"));
        assertTrue(reads(progress, "</function> </tool_call> So") && progress.mayEnd());
        JsonProgress only = progress(text, false);
        assertTrue(reads(only, "<tool_call> <function=f> <parameter=n>~7~</parameter>~</function>") && only.closed());
    }

    @Test
    void callsMayStandInPlaceOfJson() {
        CallForm.Otherwise json = new CallForm.Otherwise.Json(new JsonShape.Members(List.of()));
        assertTrue(reads(progress(json, true), "{}"));
        assertTrue(reads(progress(json, true), "<tool_call>" + call(element("n", "7"))));
        assertFalse(reads(progress(json, true), "<tool_call>" + call("")));
        assertEquals("<tool_call>", FRAME.opening());
    }
}
