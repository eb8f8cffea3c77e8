package dev.headroom.template;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Templates render as they do in Python: jinja2 3.1 with the settings of transformers made the answers of jinja2.json. */
class ChatTemplateTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path REAL = Path.of("../shared/generation/templates");

    private static final List<Map<String, String>> CONVERSATION = List.of(
            Map.of("role", "system", "content", "You are terse."),
            Map.of("role", "user", "content", "Hi"),
            Map.of("role", "assistant", "content", "<think>\nhm\n</think>\n\nHello."),
            Map.of("role", "user", "content", "How are you? "));

    private static JsonNode answers() throws IOException {
        try (InputStream file = ChatTemplateTest.class.getResourceAsStream("/template/jinja2.json")) {
            return JSON.readTree(file);
        }
    }

    private static Map<String, Object> variables() throws IOException {
        return JSON.convertValue(answers().get("variables"), new TypeReference<>() {});
    }

    private static Stream<JsonNode> cases() throws IOException {
        List<JsonNode> cases = new ArrayList<>();
        answers().get("cases").forEach(cases::add);
        return cases.stream();
    }

    @Test
    void wholeNumbersBehind64BitsAreWrittenWhole() {
        ChatTemplate template = ChatTemplate.parse(
                "{{ a }} {{ a|tojson }} {{ a|int }} {{ a|float }} {{ a is integer }} {{ a == 1 }} {{ a|string }}");
        assertEquals(
                "18446744073709551615 18446744073709551615 18446744073709551615 1.8446744073709552e+19 True False 18446744073709551615",
                template.render(Map.of("a", new BigInteger("18446744073709551615"))));
        ChatTemplate sum = ChatTemplate.parse("{{ a + 1 }}");
        assertThrows(TemplateException.class, () -> sum.render(Map.of("a", BigInteger.TWO.pow(64))));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void rendersAsPython(JsonNode known) throws IOException {
        String template = known.get("template").asText();
        if (known.has("refused")) {
            Map<String, Object> variables = variables();
            assertThrows(
                    TemplateException.class, () -> ChatTemplate.parse(template).render(variables));
        } else {
            assertEquals(
                    known.get("text").asText(), ChatTemplate.parse(template).render(variables()));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama3_1", "qwen3", "deepseek_v3", "gemma3"})
    void rendersRealTemplates(String name) throws IOException {
        Assumptions.assumeTrue(Files.isDirectory(REAL), () -> REAL.toAbsolutePath() + " is missing");
        String rendered = ChatTemplate.parse(Files.readString(REAL.resolve(name + ".jinja")))
                .render(Map.of(
                        "messages",
                        CONVERSATION,
                        "add_generation_prompt",
                        true,
                        "bos_token",
                        "<bos>",
                        "eos_token",
                        "<eos>"));
        assertEquals(Files.readString(REAL.resolve(name + ".ref.txt")), rendered);
    }

    @Test
    void tellsTheTime() {
        ChatTemplate template = ChatTemplate.parse(
                "{{ strftime_now('%d %b %Y, %H:%M %-d %A %%') }}", () -> LocalDateTime.of(2026, 3, 5, 7, 8));
        assertEquals("05 Mar 2026, 07:08 5 Thursday %", template.render(Map.of()));
    }

    @Test
    void namesWhatIsNotServed() {
        assertEquals("line 2: the filter 'urlize' is not served", refusal("a\n{{ x | urlize }}"));
        assertEquals("line 1: the test 'escaped' is not served", refusal("{{ x is escaped }}"));
        assertEquals("line 3: the tag {% include %} is not served", refusal("\n\n{% include 'x' %}"));
        assertEquals("line 1: recursive loops are not served", refusal("{% for a in b recursive %}{% endfor %}"));
    }

    private static String refusal(String template) {
        return assertThrows(TemplateException.class, () -> ChatTemplate.parse(template))
                .getMessage();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}",
                "{% for a in range(100000) %}{{ 'x' * 1000 }}{% endfor %}",
                "{{ 'x' * 1000000000000 }}",
                "{% set ns = namespace(x='xxxxxxxx') %}{% for a in range(100) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
                "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
                "{{ range(10000000) }}",
                "{{ range(100000)|unique }}",
                "{% set l = range(10000) %}{% for a in l %}{{ 'x' in l }}{% endfor %}",
                "{% set ns = namespace(x=[1]) %}{% for a in range(50) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x }}",
                "{% set ns = namespace(x=[1]) %}{% for a in range(50) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x|tojson }}",
                "{{ 9999999999 * 9999999999 }}"
            })
    void endsWhatHasNoEnd(String template) {
        ChatTemplate parsed = ChatTemplate.parse(template);
        assertThrows(TemplateException.class, () -> parsed.render(Map.of()));
    }

    @Test
    void refusesWhatIsNestedWithoutEnd() {
        assertThrows(TemplateException.class, () -> ChatTemplate.parse("{{ " + "(".repeat(10_000)));
        assertThrows(TemplateException.class, () -> ChatTemplate.parse("{% if a %}".repeat(10_000)));
        assertThrows(TemplateException.class, () -> ChatTemplate.parse("{{ " + "not ".repeat(10_000) + "a }}"));
    }

    /** Whatever a template holds, it is rendered or refused. */
    @Test
    void rendersOrRefusesMutatedTemplates() throws IOException {
        List<String> all = cases().map(known -> known.get("template").asText()).toList();
        Map<String, Object> variables = variables();
        Random random = new Random(3);
        int rendered = 0;
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder(all.get(random.nextInt(all.size())));
            for (int change = random.nextInt(4); change >= 0 && !text.isEmpty(); change--) {
                int at = random.nextInt(text.length());
                String other = all.get(random.nextInt(all.size()));
                int from = random.nextInt(other.length());
                text.replace(
                        at,
                        Math.min(text.length(), at + random.nextInt(4)),
                        other.substring(from, Math.min(other.length(), from + random.nextInt(8))));
            }
            try {
                ChatTemplate.parse(text.toString()).render(variables);
                rendered++;
            } catch (TemplateException e) {
                assertTrue(!e.getMessage().isEmpty());
            } catch (RuntimeException | Error e) {
                throw new AssertionError(text.toString(), e);
            }
        }
        assertTrue(rendered > 1000, "only %d were rendered".formatted(rendered));
    }
}
