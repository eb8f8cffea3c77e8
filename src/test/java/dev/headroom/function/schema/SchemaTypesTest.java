package dev.headroom.function.schema;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The types of parameters, whatever keywords say them. */
class SchemaTypesTest {

    private static JsonNode json(String text) throws JsonProcessingException {
        return new ObjectMapper().readTree(text.replace('`', '"'));
    }

    private static Set<String> types(String property) throws JsonProcessingException {
        return SchemaTypes.of(json(
                        "{`type`: `object`, `properties`: {`p`: %s}, `$defs`: {`a b`: {`type`: `integer`}, `l`: {`$ref`: `#/$defs/l`, `type`: `array`}}}"
                                .formatted(property)))
                .of("p");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{`type`: `string`}|string",
                "{`type`: [`number`, `null`]}|number null",
                "{`type`: `integer`, `enum`: [1, `x`]}|integer",
                "{`enum`: [`x`, 1, 1.5, true, null, [], {}]}|string number boolean null array object",
                "{`const`: null}|null",
                "{`anyOf`: [{`type`: `string`}, {`oneOf`: [{`type`: `boolean`}, {`allOf`: [{`const`: 1}]}]}]}|string boolean number",
                "{`$ref`: `#/$defs/a%20b`}|integer",
                "{`$ref`: `#/$defs/a b`, `description`: `d`}|integer",
                "{`$ref`: `#/$defs/l`}|array",
                "{`$ref`: `#`}|object"
            })
    void theSchemaSaysTheTypes(String property, String types) throws Exception {
        assertEquals(Set.of(types.split(" ")), types(property));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "true",
                "{`type`: 1}",
                "{`$ref`: 1}",
                "{`$ref`: `#/$defs/none`}",
                "{`$ref`: `#anchor`}",
                "{`$ref`: `#/%zz`}",
                "{`$ref`: `https://example.org/s.json`}",
                "{`not`: {`type`: `string`}}",
                "{`enum`: []}"
            })
    void aSchemaThatDoesNotSaySaysNone(String property) throws Exception {
        assertEquals(Set.of(), types(property));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{`$ref`: `#/$defs/a`, `$defs`: {`a`: {`$ref`: `#/definitions/p`}}, `definitions`: {`p`: {`properties`: {`p`: {`type`: `integer`}}}}}",
                "{`allOf`: [{`$ref`: `#/$defs/p`}], `properties`: {`q`: {}}, `$defs`: {`p`: {`properties`: {`p`: {`$ref`: `#/$defs/i`}}}, `i`: {`const`: 1, `type`: `integer`}}}",
                "{`anyOf`: [{`properties`: {`p`: {}}}, {`oneOf`: [{`$ref`: `#`}, {`properties`: {`p`: {`type`: `integer`}}}]}]}"
            })
    void propertiesMayStandBehindReferencesAndInAlternatives(String schema) throws Exception {
        assertEquals(Set.of("integer"), SchemaTypes.of(json(schema)).of("p"));
    }

    @Test
    void parametersWithoutASchemaHaveNoTypes() {
        assertEquals(Map.of(), SchemaTypes.of(MissingNode.getInstance()).byName());
    }
}
