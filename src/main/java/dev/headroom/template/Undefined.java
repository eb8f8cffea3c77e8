package dev.headroom.template;

/**
 * The value of a name that no variable has: empty as text and as a list, and false. Anything else with it is refused.
 *
 * @param name the name, for messages
 */
record Undefined(String name) {

    TemplateException refusal() {
        return new TemplateException("'%s' is undefined".formatted(name));
    }
}
