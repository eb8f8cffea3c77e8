package dev.headroom.function.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headroom.function.body.JsonFields;
import dev.headroom.generation.form.JsonShape;
import dev.headroom.request.RequestFailedException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ToolsTest {

    private static Tools read(String function, String more) throws JsonProcessingException {
        String json = "{\"tools\": [{\"type\": \"function\", \"function\": {%s}}]%s}".formatted(function, more);
        return Tools.read(new JsonFields("", new ObjectMapper().readTree(json.replace('`', '"'))));
    }

    private static String refused(String function, String more) {
        return assertThrows(RequestFailedException.class, () -> read(function, more))
                .failure()
                .detail();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ", `tool_choice`: `auto`", ", `tool_choice`: null", ", `tool_choice`: `Required`"})
    void toolsGoToTheTemplate(String choice) throws Exception {
        Tools tools = read("`name`: `f`", choice);
        assertTrue(tools.mayBeCalled());
        assertEquals(List.of(Map.of("type", "function", "function", Map.of("name", "f"))), tools.written());
    }

    @Test
    void toolsStayOutOfTheTemplateWhereNoneMayBeCalled() throws Exception {
        Tools tools = read("`name`: `f`", ", `tool_choice`: `none`");
        assertFalse(tools.mayBeCalled());
        assertNull(tools.written());
    }

    @Test
    void argumentsFollowTheSchemaWhereAToolIsStrictOrForced() throws Exception {
        String schema = "`name`: `f`, `parameters`: {`type`: `object`, `additionalProperties`: false}";
        JsonShape empty = new JsonShape.Members(List.of());
        Tool loose = read(schema, "").all().getFirst();
        assertEquals(
                new JsonShape.AnyObject(),
                loose.form(false, Optional.empty(), _ -> true).arguments());
        assertEquals(empty, loose.form(true, Optional.empty(), _ -> true).arguments());
        Tool strict = read(schema + ", `strict`: true", "").all().getFirst();
        assertEquals(empty, strict.form(false, Optional.empty(), _ -> true).arguments());
        assertEquals(
                empty,
                read("`name`: `f`", "")
                        .all()
                        .getFirst()
                        .form(true, Optional.empty(), _ -> true)
                        .arguments());
    }

    @Test
    void aKeywordThatIsNotEnforcedIsRefusedWhereTheSchemaHasToHold() throws Exception {
        Tool tool = read("`name`: `f`, `parameters`: {`type`: `object`, `minProperties`: 1}", "")
                .all()
                .getFirst();
        assertEquals(
                new JsonShape.AnyObject(),
                tool.form(false, Optional.empty(), _ -> true).arguments());
        assertTrue(assertThrows(RequestFailedException.class, () -> tool.form(true, Optional.empty(), _ -> true))
                .getMessage()
                .startsWith("tools[0].function.parameters.minProperties is not enforced here"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "`strict`: true|^^|tools[0].function.name is missing; send the function's name.",
                "`name`: `a b`|^^|tools[0].function.name is 'a b'; send up to 128 letters of ASCII, digits, _, - and dots.",
                "`name`: `f`|^, `tool_choice`: {`type`: `allowed_tools`}^|tool_choice.type is 'allowed_tools'; send function, or none, auto or required as the whole.",
                "`name`: `f`|^, `tool_choice`: {`type`: `function`, `function`: {`name`: `g`}}^|tool_choice is the function 'g', and tools has none such; add it to tools.",
                "`name`: `f`|^, `tool_choice`: {`type`: `function`, `function`: {}}^|tool_choice.function.name is missing; send the function's name.",
                "`name`: `f`|^, `parallel_tool_calls`: 1^|parallel_tool_calls is the number 1; send true or false, or leave it out."
            })
    void whatIsNotAsItShouldBeIsRefusedByName(String function, String more, String sentence) {
        assertEquals(sentence, refused(function, more));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "{`tools`: [{`type`: `custom`}]}|tools[0].type is 'custom'; send objects of type function.",
                "{`tools`: [1]}|tools[0].type is missing; send objects of type function.",
                "{`tools`: {}}|tools is an object; send an array of functions, or leave it out.",
                "{`tool_choice`: `required`}|tool_choice is 'required', and tools has none such; add it to tools.",
                "{`tools`: [{`function`: {`name`: `f`}}, {`function`: {`name`: `f`}}]}|tools[1].function.name is 'f', as of another tool; send each once."
            })
    void toolsThatAreNoneAreRefused(String json, String sentence) {
        RequestFailedException refused = assertThrows(
                RequestFailedException.class,
                () -> Tools.read(new JsonFields("", new ObjectMapper().readTree(json.replace('`', '"')))));
        assertEquals(sentence, refused.failure().detail());
    }
}
