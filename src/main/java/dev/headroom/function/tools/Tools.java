package dev.headroom.function.tools;

import com.fasterxml.jackson.databind.JsonNode;
import dev.headroom.function.body.JsonFields;
import dev.headroom.function.body.PlainJson;
import dev.headroom.generation.TextModel;
import dev.headroom.generation.form.CallForm;
import dev.headroom.generation.form.JsonShape;
import dev.headroom.generation.form.TextForm;
import dev.headroom.template.calls.CallFrame;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The tools of a request: {@code tools}, {@code tool_choice} and {@code parallel_tool_calls}.
 *
 * @param body the fields that hold them
 * @param all in their order
 * @param choice which may or have to be called
 * @param parallel true if an answer may have several calls
 */
public record Tools(JsonFields body, List<Tool> all, ToolChoice choice, boolean parallel) {

    private static final String FIELD = "tools";

    /** Stands in a token's text for a part of a character. */
    private static final char PART = '\uFFFD';

    /**
     * Reads the fields.
     *
     * @throws dev.headroom.request.RequestFailedException when one is not as it should be
     */
    public static Tools read(JsonFields body) {
        Tools tools = new Tools(
                body,
                all(body),
                ToolChoice.read(body),
                body.flag("parallel_tool_calls").orElse(true));
        tools.checkChoice();
        return tools;
    }

    private static List<Tool> all(JsonFields body) {
        JsonNode tools = body.json().path(FIELD);
        if (tools.isMissingNode() || tools.isNull()) {
            return List.of();
        }
        if (!tools.isArray()) {
            throw JsonFields.wrong(
                    body.prefix() + FIELD,
                    "is %s; send an array of functions, or leave it out.",
                    JsonFields.kind(tools));
        }
        List<Tool> all = new ArrayList<>();
        for (JsonNode json : tools) {
            Tool tool = Tool.read("%s%s[%d].".formatted(body.prefix(), FIELD, all.size()), json);
            if (all.stream().anyMatch(other -> other.name().equals(tool.name()))) {
                throw JsonFields.wrong(
                        tool.function().prefix() + "name", "is '%s', as of another tool; send each once.", tool.name());
            }
            all.add(tool);
        }
        return all;
    }

    private void checkChoice() {
        switch (choice) {
            case ToolChoice.None _, ToolChoice.Auto _ -> {}
            case ToolChoice.Required _ -> checkThere(!all.isEmpty(), "'required'");
            case ToolChoice.Named(String name) ->
                checkThere(
                        all.stream().anyMatch(tool -> tool.name().equals(name)), "the function '%s'".formatted(name));
        }
    }

    private void checkThere(boolean there, String wanted) {
        if (!there) {
            throw JsonFields.wrong(
                    body.prefix() + "tool_choice", "is %s, and tools has none such; add it to tools.", wanted);
        }
    }

    /** True if the assistant may call one. */
    public boolean mayBeCalled() {
        return !all.isEmpty() && !(choice instanceof ToolChoice.None);
    }

    private boolean forced() {
        return switch (choice) {
            case ToolChoice.None _, ToolChoice.Auto _ -> false;
            case ToolChoice.Required _, ToolChoice.Named _ -> true;
        };
    }

    /** The tools as templates read them; null if none may be called. */
    public List<Object> written() {
        return mayBeCalled() ? PlainJson.list(body.json().path(FIELD)) : null;
    }

    /**
     * The form of an answer in which they may be called; empty for any text.
     *
     * @param json the shape of an answer that calls none; empty for any text
     * @throws dev.headroom.request.RequestFailedException when it is not known how the model writes calls, or a schema demands
     *     what is not enforced
     */
    public Optional<TextForm> form(TextModel model, Optional<JsonShape> json) {
        if (!mayBeCalled()) {
            return json.map(shape -> shape);
        }
        CallFrame frame = model.templates().frame().orElseThrow(() -> unknown(model));
        List<CallForm.Tool> called = all.stream()
                .filter(this::mayBeCalled)
                .map(tool -> tool.form(forced(), frame.elements(), text -> isSpelled(model, text)))
                .toList();
        boolean several = parallel && frame.next().isPresent() && !(choice instanceof ToolChoice.Named);
        return Optional.of(new CallForm(frame, called, otherwise(json), several));
    }

    private static boolean isSpelled(TextModel model, String text) {
        return Arrays.stream(model.tokens(text, false))
                .noneMatch(token -> model.token(token).indexOf(PART) >= 0);
    }

    private CallForm.Otherwise otherwise(Optional<JsonShape> json) {
        return forced()
                ? new CallForm.Otherwise.Nothing()
                : json.<CallForm.Otherwise>map(CallForm.Otherwise.Json::new).orElseGet(CallForm.Otherwise.Text::new);
    }

    /** The text behind the prompt: the beginning of a call that is forced. */
    public static String opening(Optional<TextForm> form) {
        return form.orElse(null) instanceof CallForm calls ? calls.opening() : "";
    }

    private boolean mayBeCalled(Tool tool) {
        return !(choice instanceof ToolChoice.Named(String name)) || tool.name().equals(name);
    }

    private RuntimeException unknown(TextModel model) {
        return JsonFields.wrong(
                body.prefix() + FIELD,
                "is there, and the chat template of model '%s' does not write calls as a name with arguments in a JSON object or in an element each, which alone are read; leave tools out, or send tool_choice none.",
                model.name());
    }
}
