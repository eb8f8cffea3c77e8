package dev.headroom.function.chat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.headroom.function.body.JsonFields;
import dev.headroom.function.body.PlainJson;
import dev.headroom.function.tools.Tools;
import dev.headroom.generation.TextModel;
import dev.headroom.generation.form.TextForm;
import dev.headroom.template.ChatTemplate;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A conversation as the model's template writes it.
 *
 * @param conversation its messages
 * @param variables the template's other variables
 * @param goesOn true if the last message is to be continued, and not answered
 * @param tools the tools that may be called in the answer
 */
public record ChatPrompt(Conversation conversation, Map<String, Object> variables, boolean goesOn, Tools tools) {

    /**
     * Reads the fields that shape the prompt.
     *
     * @throws dev.headroom.request.RequestFailedException when one is not as it should be
     */
    public static ChatPrompt read(JsonFields body, Conversation conversation) {
        Map<String, Object> variables = new HashMap<>();
        if (body.json().hasNonNull("chat_template_kwargs")) {
            JsonNode more = body.within("chat_template_kwargs", "an object of the template's variables")
                    .json();
            variables.putAll(PlainJson.map(more));
        }
        boolean goesOn = body.flag("continue_final_message").orElse(false);
        boolean answers = body.flag("add_generation_prompt").orElse(!goesOn);
        if (goesOn && answers) {
            throw JsonFields.wrong(
                    "continue_final_message", "and add_generation_prompt are both true; send one of them.");
        }
        variables.put("messages", conversation.messages());
        variables.put("add_generation_prompt", answers);
        Tools tools = Tools.read(body);
        variables.put("tools", tools.written());
        variables.put("documents", documents(body));
        body.text("reasoning_effort").ifPresent(effort -> variables.put("reasoning_effort", effort));
        return new ChatPrompt(conversation, variables, goesOn, tools);
    }

    private static Object documents(JsonFields body) {
        JsonNode documents = body.json().path("documents");
        if (documents.isMissingNode() || documents.isNull()) {
            return null;
        }
        if (!documents.isArray()) {
            throw JsonFields.wrong("documents", "is %s; send an array, or leave it out.", JsonFields.kind(documents));
        }
        return PlainJson.list(documents);
    }

    /**
     * The prompt.
     *
     * @throws dev.headroom.request.RequestFailedException when the model has no template, or it refuses the messages, or knows no
     *     tools
     */
    String text(TextModel model) {
        ChatTemplate template = template(model);
        Map<String, Object> all = new HashMap<>(variables);
        all.put("messages", conversation.written(model.templates(), tools.mayBeCalled()));
        try {
            String text = template.render(all);
            return goesOn ? upToLast(text) : text;
        } catch (IllegalArgumentException e) {
            throw JsonFields.wrong(
                    "messages",
                    "is not as the chat template of model '%s' wants it (%s); change the messages.",
                    model.name(),
                    e.getMessage());
        }
    }

    /**
     * A prompt that has been written.
     *
     * @param tokens its tokens
     * @param form the form of the answer
     */
    public record Written(int[] tokens, Optional<TextForm> form) {}

    /**
     * The prompt, and the form of what follows. A call that is forced begins in the prompt.
     *
     * @param body has the field {@code response_format}
     * @param special true if the special tokens that a text begins with are added, which most templates write themselves
     * @throws dev.headroom.request.RequestFailedException as {@link #text} does, or where it is not known how the model writes
     *     calls
     */
    public Written written(TextModel model, JsonFields body, boolean special) {
        String text = text(model);
        Optional<TextForm> form = tools.form(model, ResponseFormat.shape(body));
        return new Written(model.tokens(text + Tools.opening(form), special), form);
    }

    private ChatTemplate template(TextModel model) {
        ChatTemplate template = model.templates()
                .of(tools.mayBeCalled())
                .orElseThrow(() -> JsonFields.wrong(
                        "model",
                        "'%s' has no chat template; send a prompt to /v1/completions, or add chat_template.jinja to its folder.",
                        model.name()));
        if (tools.mayBeCalled() && !template.mentions("tools")) {
            throw JsonFields.wrong(
                    tools.body().prefix() + "tools",
                    "is there, and the chat template of model '%s' tells the model of none; leave it out, or send tool_choice none.",
                    model.name());
        }
        return template;
    }

    /** Cuts what the template writes behind the last message, as transformers does. */
    private String upToLast(String text) {
        String last = conversation.last();
        int at = text.lastIndexOf(last.strip());
        if (last.isBlank() || at < 0) {
            throw JsonFields.wrong(
                    "continue_final_message",
                    "is true, and the chat template does not write the last message as it is; leave it out.");
        }
        String whole = last.stripLeading();
        return text.substring(0, at + (text.startsWith(whole, at) ? whole : last.strip()).length());
    }
}
