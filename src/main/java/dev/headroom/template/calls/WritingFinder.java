package dev.headroom.template.calls;

import dev.headroom.template.ChatTemplate;
import dev.headroom.template.TemplateException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Finds the form in which a template expects a message with calls, by having it write one in each form. A conversation may have
 * such messages where no tool may be called any more.
 */
public final class WritingFinder {

    private final ChatTemplate template;
    private final boolean tools;

    private WritingFinder(ChatTemplate template, boolean tools) {
        this.template = template;
        this.tools = tools;
    }

    /**
     * The first form whose call is written with its arguments as JSON, else the first in which they are written at all; the usual
     * one where the template writes no calls.
     *
     * @param tools true for conversations in which tools may be called
     */
    public static Writing find(ChatTemplate template, boolean tools) {
        WritingFinder finder = new WritingFinder(template, tools);
        return finder.first(text -> Probe.FIRST.in(text).isPresent())
                .orElseGet(() -> finder.first(Probe.FIRST::isToldIn).orElse(Writing.USUAL));
    }

    private Optional<Writing> first(Predicate<String> told) {
        return Writing.ALL.stream()
                .filter(writing -> told.test(called(writing)))
                .findFirst();
    }

    /** Empty where the template refuses this form. */
    private String called(Writing writing) {
        Map<String, Object> variables = new HashMap<>();
        variables.put("messages", writing.all(List.of(Probe.QUESTION, Probe.message(Probe.FIRST))));
        variables.put("tools", tools ? List.of(Probe.SECOND.tool()) : null);
        variables.put("documents", null);
        variables.put("add_generation_prompt", false);
        try {
            return template.render(variables);
        } catch (TemplateException e) {
            return "";
        }
    }
}
