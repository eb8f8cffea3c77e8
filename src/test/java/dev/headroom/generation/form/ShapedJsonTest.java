package dev.headroom.generation.form;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headroom.generation.form.JsonShape.Member;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An object of a name, of optional numbers, and of optional objects like itself. */
class ShapedJsonTest {

    private static final JsonShape NAME = new JsonShape.Words(List.of("\"ab\"", "\"abc\"", "\"b\"", "1", "12"));
    private static final JsonShape NUMBERS = new JsonShape.Elements(
            new JsonShape.AnyOf(List.of(new JsonShape.Number(true), new JsonShape.Words(List.of("null")))), 1, 3);
    private static final JsonShape TREE = new JsonShape.Members(List.of(
            member("n", NAME, true),
            member("i", NUMBERS, false),
            member("t", new JsonShape.Elements(new JsonShape.Named(() -> ShapedJsonTest.TREE), 0, 2), false),
            member("s", new JsonShape.AnyOf(List.of(new JsonShape.Text(), new JsonShape.AnyObject())), false)));

    private static Member member(String name, JsonShape shape, boolean required) {
        return new Member(List.of("\"" + name + "\""), shape, required);
    }

    private static ShapedJson json() {
        return new ShapedJson(TREE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{`n`:`ab`}",
                " { `n` : `abc` , `i` : [ 1 , null ] }\t",
                "{`n`:12,`t`:[]}",
                "{`n`:1,`t`:[{`n`:`b`},{`n`:1,`i`:[-7]}]}",
                "{`n`:1 ,`s`:`any \\n text {`}",
                "{`n`:1,`s`:{`free`:[1.5e3,{}]}}"
            })
    void whatHasTheShapeIsRead(String text) {
        ShapedJson json = json();
        String strip = text.replace('`', '"').stripTrailing();
        for (int i = 0; i < strip.length(); i++) {
            assertFalse(json.closed());
            assertTrue(json.allows(strip.substring(i)), strip.substring(i));
            json.read(strip.substring(i, i + 1));
        }
        assertTrue(json.closed());
        assertFalse(json.allows(" "));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[",
                "{`i`",
                "{`n`:`a`",
                "{`n`:`abd",
                "{`n`:13",
                "{`n`:1,}",
                "{`n`:1,`n`",
                "{`n`:1,`i`:[]",
                "{`n`:1,`i`:[1.",
                "{`n`:1,`i`:[1e",
                "{`n`:1,`i`:[01",
                "{`n`:1,`i`:[1,1,1,",
                "{`n`:1,`t`:[],`i`",
                "{`n`:1,`t`:[{}",
                "{`n`:1,`s`:1",
                "{`n`:1,`s`:`a`,",
                "{`n`:`ab`}}",
                "{ `n` :  "
            })
    void whatHasAnotherShapeIsNot(String text) {
        assertFalse(json().allows(text.replace('`', '"')));
    }

    @Test
    void aPartOfACharacterIsReadInTextsAlone() {
        ShapedJson json = json();
        json.read("{\"n\":\"a");
        assertFalse(json.inString());
        json.read("b\",\"s\":\"");
        assertTrue(json.inString());
        json.readPart();
        assertTrue(json.allows("\"}"));
    }

    @Test
    void anyWalkEndsInTheShape() throws Exception {
        for (int seed = 0; seed < 300; seed++) {
            check(new ObjectMapper().readTree(walk(new Random(seed))));
        }
    }

    /** Characters drawn among those that are allowed; ends are drawn as soon as they may come, after a while. */
    private static String walk(Random random) {
        ShapedJson json = json();
        StringBuilder text = new StringBuilder();
        while (!json.closed()) {
            List<String> allowed = "{}[]\",:0123456789-.eE ntrisabcful\\/x"
                    .chars()
                    .mapToObj(Character::toString)
                    .filter(json::allows)
                    .toList();
            List<String> ends = allowed.stream().filter("}]\""::contains).toList();
            List<String> drawn = text.length() > 60 && !ends.isEmpty() ? ends : allowed;
            String next = drawn.get(random.nextInt(drawn.size()));
            json.read(next);
            text.append(next);
        }
        return text.toString();
    }

    private static void check(JsonNode tree) {
        assertTrue(List.of("\"ab\"", "\"abc\"", "\"b\"", "1", "12")
                .contains(tree.path("n").toString()));
        assertTrue(tree.propertyStream().allMatch(member -> "nits".contains(member.getKey())));
        tree.path("i").forEach(number -> assertTrue(number.isIntegralNumber() || number.isNull()));
        assertTrue(
                !tree.has("i") || tree.path("i").size() >= 1 && tree.path("i").size() <= 3);
        assertTrue(tree.path("t").size() <= 2);
        assertTrue(
                !tree.has("s") || tree.path("s").isTextual() || tree.path("s").isObject());
        tree.path("t").forEach(ShapedJsonTest::check);
        assertEquals(0, tree.path("other").size());
    }
}
