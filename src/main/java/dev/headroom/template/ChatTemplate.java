package dev.headroom.template;

import java.util.Map;

/** How a model wants a conversation written: a Jinja template of its exporter. */
public interface ChatTemplate {

    /**
     * Writes a conversation.
     *
     * @param variables the template's variables: maps, lists, strings, numbers, booleans and null
     * @throws IllegalArgumentException with the template's own message where it refuses the conversation
     */
    String render(Map<String, Object> variables);
}
