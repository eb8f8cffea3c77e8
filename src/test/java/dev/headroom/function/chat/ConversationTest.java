package dev.headroom.function.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headroom.function.body.JsonFields;
import dev.headroom.function.body.PlainJson;
import dev.headroom.function.tools.ToolCalls;
import dev.headroom.generation.ChatTemplates;
import dev.headroom.template.ChatTemplate;
import dev.headroom.template.TemplateException;
import dev.headroom.template.calls.CallTemplates;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Messages with calls reach each template in the form that it wants, whether tools may be called again or not. */
class ConversationTest {

    private static final Path REAL = Path.of("../shared/generation/templates");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Map<String, String> TOKENS = Map.of("bos_token", "<bos>", "eos_token", "<eos>");

    private static final String CALLED = """
            [{"role": "user", "content": "x"}, {"role": "assistant", "content": null, "tool_calls": [
              {"id": "abcdefgh1", "type": "function", "function": {"name": "f", "arguments": "{\\"b\\":  1.50}"}}]}]
            """;

    private static Conversation conversation(JsonNode messages) {
        List<Map<String, Object>> read = new ArrayList<>();
        for (JsonNode json : messages) {
            Map<String, Object> message = PlainJson.map(json);
            message.computeIfAbsent("content", _ -> "");
            ToolCalls.read(new JsonFields("", json), json.path("role").textValue())
                    .ifPresent(calls -> message.put("tool_calls", calls));
            read.add(message);
        }
        return new Conversation(read);
    }

    private static Optional<ChatTemplate> template(String source) {
        return Optional.of(ChatTemplate.parse(source).with(TOKENS));
    }

    private static String text(ChatTemplates templates, JsonNode messages, boolean tools) {
        Map<String, Object> variables = new HashMap<>();
        variables.put("messages", conversation(messages).written(templates, tools));
        variables.put("tools", tools ? List.of() : null);
        variables.put("add_generation_prompt", true);
        return templates.of(tools).orElseThrow().render(variables);
    }

    /** transformers 5.18 wrote the expected texts, given the messages in the form that each template wants. */
    @Test
    void historiesWithCallsAndWithoutToolsAreWrittenAsTransformersDo() throws IOException {
        Assumptions.assumeTrue(Files.isDirectory(REAL), () -> REAL.toAbsolutePath() + " is missing");
        for (JsonNode each : references("/template/calls.json")) {
            String name = each.path("template").textValue();
            ChatTemplates templates =
                    new ChatTemplates(template(Files.readString(REAL.resolve(name + ".jinja"))), Optional.empty());
            JsonNode messages = each.path("messages");
            if (each.path("expected").isNull()) {
                assertThrows(TemplateException.class, () -> text(templates, messages, false));
            } else {
                assertEquals(
                        each.path("expected").textValue(), text(templates, messages, false), () -> name + messages);
            }
        }
    }

    /** Jinja of transformers 5 wrote the expected texts, given objects as arguments, and numbered ids where the template has such. */
    @Test
    void historiesWithArgumentsInElementsAndWithNumberedIdsAreWrittenAsTransformersDo() throws IOException {
        Map<String, String> sources = Map.of(
                "CODER", CallTemplates.CODER,
                "PAIRED", CallTemplates.PAIRED,
                "NUMBERED", CallTemplates.NUMBERED);
        for (JsonNode each : references("/template/element-calls.json")) {
            ChatTemplates templates =
                    new ChatTemplates(template(sources.get(each.path("template").textValue())), Optional.empty());
            Map<String, Object> variables = new HashMap<>();
            variables.put("messages", conversation(each.path("messages")).written(templates, true));
            variables.put("tools", PlainJson.list(each.path("tools")));
            variables.put("add_generation_prompt", true);
            assertEquals(
                    each.path("expected").textValue(),
                    templates.of(true).orElseThrow().render(variables));
        }
    }

    @Test
    void idsAreNumberedWhereNoToolMayBeCalled() throws JsonProcessingException {
        ChatTemplates templates = new ChatTemplates(template(CallTemplates.NUMBERED_ITSELF), Optional.empty());
        JsonNode messages = JSON.readTree(CALLED.strip().replaceAll("]$", "")
                + ", {\"role\": \"tool\", \"tool_call_id\": \"abcdefgh1\", \"content\": \"noon\"}]");
        assertTrue(text(templates, messages, false).contains("<|im_tool|>## Return of functions.f:0\nnoon"));
    }

    private static JsonNode references(String name) throws IOException {
        try (InputStream file = ConversationTest.class.getResourceAsStream(name)) {
            return JSON.readTree(file);
        }
    }

    @Test
    void eachOfTwoTemplatesHasItsOwnForm() throws JsonProcessingException {
        ChatTemplates templates = new ChatTemplates(template(CallTemplates.FENCED), template(CallTemplates.TAGGED));
        JsonNode called = JSON.readTree(CALLED);
        String call = "<|Assistant|><|calls|><|call|>function<|sep|>f\n```json\n{\"b\":  1.50}\n```<|/call|><|/calls|>";
        assertEquals("<|User|>x" + call + "<|eos|><|Assistant|>", text(templates, called, false));
        assertEquals(
                "<|im_start|>user\nx<|im_end|>\n<|im_start|>assistant\n<tool_call>\n{\"name\": \"f\", \"arguments\": {\"b\": 1.5}}"
                        + "\n</tool_call><|im_end|>\n<|im_start|>assistant\n",
                text(templates, called, true));
    }

    @Test
    void aTemplateThatPrintsArgumentsAsTheyAreGetsThemAsJson() throws JsonProcessingException {
        ChatTemplates templates = new ChatTemplates(
                template("{% for m in messages %}{% for c in m.tool_calls or [] %}{{ c.function.name }}"
                        + "({{ c.function.arguments }}){% endfor %}{% endfor %}"),
                Optional.empty());
        assertEquals("f({\"b\":  1.50})", text(templates, JSON.readTree(CALLED), false));
    }

    @Test
    void aTemplateThatWritesArgumentsOneByOneGetsAnObject() throws JsonProcessingException {
        ChatTemplates templates = new ChatTemplates(template(CallTemplates.QUOTED_ARGUMENTS), Optional.empty());
        assertEquals(
                "<user>x<|eot|><assistant><function=f><parameter=b>1.5</parameter></function><|eot|><assistant>",
                text(templates, JSON.readTree(CALLED), false));
    }
}
