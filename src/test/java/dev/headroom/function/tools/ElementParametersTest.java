package dev.headroom.function.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headroom.function.body.JsonFields;
import dev.headroom.function.schema.JsonSchema;
import dev.headroom.generation.form.ElementShape;
import dev.headroom.generation.form.ElementShape.Content;
import dev.headroom.generation.form.JsonShape;
import dev.headroom.generation.form.ParameterTypes;
import dev.headroom.request.RequestFailedException;
import dev.headroom.template.ChatTemplate;
import dev.headroom.template.calls.CallTemplates;
import dev.headroom.template.calls.ElementFrame;
import dev.headroom.template.calls.FrameFinder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an element is held to, by the schema of its parameter. */
class ElementParametersTest {

    private static final ElementFrame CODER = elements(CallTemplates.CODER);
    private static final ElementFrame PAIRED = elements(CallTemplates.PAIRED);

    private static ElementFrame elements(String template) {
        return FrameFinder.find(ChatTemplate.parse(template))
                .orElseThrow()
                .elements()
                .orElseThrow();
    }

    private static Optional<ElementShape> shape(ElementFrame frame, String schema) throws JsonProcessingException {
        String tool = "{`function`: {`name`: `f`, `parameters`: %s}}".formatted(schema);
        return Tool.read("", new ObjectMapper().readTree(tool.replace('`', '"')))
                .form(true, Optional.of(frame), text -> !text.contains("\u00f6"))
                .elements();
    }

    private static Content content(ElementFrame frame, String property) throws JsonProcessingException {
        return shape(frame, "{`type`: `object`, `properties`: {`p`: %s}}".formatted(property))
                .orElseThrow()
                .parameters()
                .getFirst()
                .content();
    }

    private static Content words(String... words) {
        return new Content(ElementShape.Text.NONE, List.of(words), List.of(), List.of());
    }

    private static Content text(ElementShape.Text kind, JsonShape... nested) {
        return new Content(kind, List.of(), List.of(), List.of(nested));
    }

    @Test
    void anObjectWithoutPropertiesIsHeldToNothing() throws Exception {
        assertEquals(Optional.empty(), shape(CODER, "{`type`: `object`}"));
        assertEquals(
                Optional.of(new ElementShape(List.of())),
                shape(CODER, "{`type`: `object`, `additionalProperties`: false}"));
    }

    @Test
    void valuesAreWrittenAsTheTemplateWritesThem() throws Exception {
        assertEquals(words("true", "True", "false", "False"), content(CODER, "{`type`: `boolean`}"));
        assertEquals(words("true", "false"), content(PAIRED, "{`type`: `boolean`}"));
        assertEquals(
                words("a b", "\u00e4", "</parameter>", "1"),
                content(CODER, "{`enum`: [`a b`, `\u00e4`, `</parameter>`, `1`]}"));
        assertEquals(
                new Content(
                        ElementShape.Text.NONE,
                        List.of("x", "null"),
                        List.of(new JsonShape.Number(false)),
                        List.of(new JsonShape.Words(List.of("[1]")))),
                content(PAIRED, "{`anyOf`: [{`type`: `number`}, {`enum`: [`x`, null, [1]]}]}"));
    }

    @Test
    void anyTextMaySayWhatElseIsAdmitted() throws Exception {
        assertEquals(text(ElementShape.Text.ANY), content(CODER, "{`type`: [`string`, `null`, `boolean`, `integer`]}"));
        assertEquals(
                text(ElementShape.Text.UNBRACKETED, new JsonShape.AnyObject()),
                content(CODER, "{`type`: [`string`, `object`]}"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "`p`: {`enum`: [`1`, 1]}|p has \"1\" in enum or const, which would be read otherwise",
                "`p`: {`enum`: [`null`, null]}|p has \"null\" in enum or const",
                "`p`: {`const`: `a</parameter><parameter=b`}|p has \"a</parameter><parameter=b\" in enum",
                "`p`: {`const`: `a</parameter> </function>`}|p has \"a</parameter> </function>\" in enum",
                "`p`: {`enum`: [`\ue001`]}|p has \"\ue001\" in enum or const",
                "`p`: {`anyOf`: [{`type`: `string`}, {`enum`: [1, 2]}]}|p admits any text beside numbers or a boolean in enum or const",
                "`p`: {`anyOf`: [{`type`: `string`}, {`const`: true}]}|p admits any text beside",
                "`p`: {`const`: [`</parameter>`]}|p has [\"</parameter>\"], which would be read as the end",
                "`p`: {`type`: `object`, `properties`: {`</parameter>`: {`type`: `null`}}}|p has \"</parameter>\", which",
                "`p`: {`enum`: [`\u00f6`]}|p has '\u00f6' as a name or a value, which the model's tokens do not spell whole",
                "`p `: {`type`: `null`}|p  has a name that would be read otherwise",
                "`a>b`: {`type`: `null`}|a>b has a name that would be read otherwise",
                "`p`: {`type`: `string`, `pattern`: `x`}|p.pattern is not enforced here"
            })
    void whatElementsCannotHoldIsRefusedByName(String property, String named) {
        String message = assertThrows(
                        RequestFailedException.class,
                        () -> shape(CODER, "{`type`: `object`, `properties`: {%s}}".formatted(property)))
                .getMessage();
        String expected = "function.parameters.properties." + named;
        assertEquals(expected, message.substring(0, Math.min(expected.length(), message.length())));
    }

    @ParameterizedTest
    @CsvSource({"integer,string", "number,string", "array,string", "object,string", "string,integer", "string,boolean"})
    void whatIsReadByOtherTypesIsRefused(String admitted, String read) throws Exception {
        String schema = "{`type`: `object`, `properties`: {`p`: {`type`: `%s`}}}".formatted(admitted);
        if (admitted.equals("array")) {
            schema = schema.replace("}}}", ", `items`: {`type`: `null`}}}}");
        }
        JsonFields fields = new JsonFields("f.", new ObjectMapper().readTree(schema.replace('`', '"')));
        ParameterTypes types = new ParameterTypes(Map.of("p", Set.of(read)));
        JsonShape shape = JsonSchema.read(fields);
        String message = assertThrows(
                        RequestFailedException.class,
                        () -> new ElementParameters(fields, CODER, types, _ -> true).of(shape))
                .getMessage();
        assertTrue(
                message.matches("f\\.properties\\.p (admits .*|has a name), which would be read otherwise, .*"),
                message);
    }

    @Test
    void anErrorNamesThePropertyBehindTheReferenceOfTheWhole() {
        String schema =
                "{`$ref`: `#/$defs/a`, `$defs`: {`a`: {`$ref`: `#/$defs/p`}, `p`: {`type`: `object`, `properties`: {`p`: {`enum`: [`1`, 1]}}}}}";
        String message = assertThrows(RequestFailedException.class, () -> shape(CODER, schema))
                .getMessage();
        assertTrue(message.startsWith("function.parameters.$defs.p.properties.p has \"1\" in enum or const"), message);
    }
}
