package dev.headroom.function.schema;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headroom.function.body.JsonFields;
import dev.headroom.generation.form.JsonShape;
import dev.headroom.generation.form.JsonShape.Member;
import dev.headroom.request.RequestFailedException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonSchemaTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    private static JsonShape read(String schema) throws JsonProcessingException {
        return JsonSchema.read(new JsonFields("schema.", JSON.readTree(schema.replace('`', '"'))));
    }

    /** The shape of a property. */
    private static JsonShape property(String schema) throws JsonProcessingException {
        JsonShape whole = read("{`type`: `object`, `properties`: {`p`: %s}}".formatted(schema));
        return assertInstanceOf(JsonShape.Members.class, whole).all().getFirst().shape();
    }

    @Test
    void anObjectHasItsPropertiesInTheirOrder() throws Exception {
        JsonShape.Members expected = new JsonShape.Members(List.of(
                new Member(List.of("\"b\""), new JsonShape.Text(), true),
                new Member(List.of("\"\u00e4\"", "\"\\u00E4\""), new JsonShape.Number(true), false)));
        assertEquals(
                expected,
                read(
                        "{`title`: `T`, `type`: `object`, `properties`: {`b`: {`type`: `string`, `description`: `d`}, `\u00e4`: {`type`: `integer`}}, `required`: [`b`], `additionalProperties`: false}"));
        assertEquals(new JsonShape.AnyObject(), read("{`type`: `object`}"));
        assertEquals(new JsonShape.Members(List.of()), read("{`type`: `object`, `additionalProperties`: false}"));
    }

    @Test
    void aPropertyMayBeOfSeveralTypesOrOneOfSeveralValues() throws Exception {
        assertEquals(
                new JsonShape.AnyOf(List.of(new JsonShape.Number(false), new JsonShape.Words(List.of("null")))),
                property("{`type`: [`number`, `null`]}"));
        assertEquals(new JsonShape.Words(List.of("\"a\"", "1.5", "null")), property("{`enum`: [`a`, 1.5, null, `a`]}"));
        assertEquals(new JsonShape.Words(List.of("3")), property("{`const`: 3, `type`: `integer`}"));
        assertEquals(
                new JsonShape.Elements(new JsonShape.Words(List.of("true", "false")), 1, 2),
                property("{`type`: `array`, `items`: {`type`: `boolean`}, `minItems`: 1, `maxItems`: 2}"));
    }

    @Test
    void aDefinitionMayHoldItself() throws Exception {
        JsonShape tree = read(
                "{`$ref`: `#/$defs/t`, `$defs`: {`t`: {`type`: `object`, `properties`: {`next`: {`anyOf`: [{`$ref`: `#/$defs/t`}, {`type`: `null`}]}}}}}");
        JsonShape.AnyOf next = assertInstanceOf(
                JsonShape.AnyOf.class,
                assertInstanceOf(JsonShape.Members.class, tree).all().getFirst().shape());
        JsonShape.Named named =
                assertInstanceOf(JsonShape.Named.class, next.shapes().getFirst());
        assertEquals(tree, named.shape().get());
    }

    /** A reference is a pointer in the fragment of a URI. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a b|#/$defs/a%20b",
                "a b|#/$defs/a b",
                "\u00e4|#/$defs/%C3%A4",
                "\u00e4|#/%24defs/\u00e4",
                "a/b~c|#/$defs/a~1b~0c",
                "a+b|#/$defs/a+b",
                "a%b|#/$defs/a%25b",
                "List[int]|#/$defs/List%5Bint%5D"
            })
    void aReferenceIsDecoded(String name, String reference) throws Exception {
        assertEquals(
                new JsonShape.Members(List.of(new Member(List.of("\"p\""), new JsonShape.Number(true), false))),
                read("{`type`: `object`, `properties`: {`p`: {`$ref`: `%s`}}, `$defs`: {`%s`: {`type`: `integer`}}}"
                        .formatted(reference, name)));
    }

    @ParameterizedTest
    @CsvSource({"a%zb,#/$defs/a%zb", "a/b,#/$defs/a/b", "a,/$defs/a", "a,#$defs/a", "a,other#/$defs/a", "a,#/$defs"})
    void aReferenceToNoDefinitionIsRefused(String name, String reference) {
        String message = assertThrows(
                        RequestFailedException.class,
                        () -> read(
                                "{`type`: `object`, `properties`: {`p`: {`$ref`: `%s`}}, `$defs`: {`%s`: {`type`: `integer`}}}"
                                        .formatted(reference, name)))
                .getMessage();
        assertEquals(
                "schema.properties.p.$ref is '%s', which is not there; send #/$defs/ and the name of a definition."
                        .formatted(reference),
                message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{`type`: `string`, `pattern`: `a`}|schema.properties.p.pattern is not enforced here",
                "{`type`: `integer`, `minimum`: 1}|schema.properties.p.minimum is not enforced here",
                "{`type`: `string`, `format`: `date`}|schema.properties.p.format is not enforced here",
                "{`allOf`: []}|schema.properties.p.allOf is not enforced here",
                "{}|schema.properties.p.type is missing; send one of object, array",
                "{`type`: null}|schema.properties.p.type is null",
                "{`type`: [`string`, `date`]}|schema.properties.p.type is [",
                "true|schema.properties.p is the boolean true; send a schema",
                "{`type`: `array`}|schema.properties.p.items is missing",
                "{`type`: `array`, `items`: {`type`: `null`}, `minItems`: 2, `maxItems`: 1}|schema.properties.p.minItems is 2",
                "{`type`: `object`, `required`: [`q`]}|schema.properties.p.required has 'q'",
                "{`type`: `object`, `additionalProperties`: true}|schema.properties.p.additionalProperties is the boolean true",
                "{`type`: `string`, `enum`: [`a`, 1]}|schema.properties.p.enum has the number 1",
                "{`enum`: []}|schema.properties.p.enum is an empty array",
                "{`const`: 1, `enum`: [1]}|schema.properties.p.enum stands beside const",
                "{`anyOf`: [{`type`: `string`}], `type`: `string`}|schema.properties.p.type stands beside anyOf",
                "{`anyOf`: [{`$ref`: `#/$defs/none`}]}|schema.properties.p.anyOf[0].$ref is '#/$defs/none'"
            })
    void whatIsNotEnforcedIsRefusedByName(String schema, String named) {
        String message = assertThrows(RequestFailedException.class, () -> property(schema))
                .getMessage();
        assertEquals(named, message.substring(0, Math.min(named.length(), message.length())));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{`type`: `string`}|schema.type has to be object",
                "{`$ref`: `#`}|schema.$ref '#' leads to itself",
                "{`$ref`: `#/$defs/a`, `$defs`: {`a`: {`anyOf`: [{`type`: `object`}, {`$ref`: `#/$defs/a`}]}}}|schema.$ref '#",
                "{`$ref`: `#/$defs/a`, `$defs`: {`a`: {`$ref`: `#/$defs/b`}, `b`: {`$ref`: `#/$defs/a`}}}|schema.$ref '#"
            })
    void whatIsNoObjectOrNeverBeginsIsRefused(String schema, String named) {
        String message =
                assertThrows(RequestFailedException.class, () -> read(schema)).getMessage();
        assertEquals(named, message.substring(0, Math.min(named.length(), message.length())));
    }

    @Test
    void alternativesThatMultiplyAreRefused() {
        StringBuilder definitions = new StringBuilder("`d0`: {`type`: `string`}");
        for (int i = 1; i < 40; i++) {
            definitions.append(", `d%d`: {`anyOf`: [{`$ref`: `#/$defs/d%d`}, {`$ref`: `#/$defs/d%d`}]}"
                    .formatted(i, i - 1, i - 1));
        }
        String schema = "{`type`: `object`, `properties`: {`p`: {`$ref`: `#/$defs/d39`}}, `$defs`: {%s}}"
                .formatted(definitions);
        assertEquals(
                "schema.anyOf has more than 1000 alternatives, with those of its alternatives; send fewer.",
                assertThrows(RequestFailedException.class, () -> read(schema)).getMessage());
    }
}
