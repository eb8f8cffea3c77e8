package dev.headroom.template;

import java.time.LocalDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * How a model wants a conversation written: a template of its exporter in Jinja, read once. It renders as Hugging Face's
 * transformers do. It sees its variables and nothing else, changes none of them, and comes to an end. Any thread may render.
 */
public final class ChatTemplate {

    private final Statement.Block block;
    private final Set<String> names;
    private final Map<String, ?> constants;
    private final Supplier<LocalDateTime> clock;

    private ChatTemplate(
            Statement.Block block, Set<String> names, Map<String, ?> constants, Supplier<LocalDateTime> clock) {
        this.block = block;
        this.names = names;
        this.constants = constants;
        this.clock = clock;
    }

    /**
     * Reads a template.
     *
     * @throws TemplateException where a tag, a filter, a test or a form is not served; the message names it and its line
     */
    public static ChatTemplate parse(String source) {
        return parse(source, LocalDateTime::now);
    }

    /** A template that refuses every conversation with this sentence. */
    public static ChatTemplate refusing(String reason) {
        return new ChatTemplate(
                new Statement.Block(List.of(new Statement.Refusal(reason))), Set.of(), Map.of(), LocalDateTime::now);
    }

    /** The same with a clock for {@code strftime_now}. */
    static ChatTemplate parse(String source, Supplier<LocalDateTime> clock) {
        try {
            return new ChatTemplate(StatementParser.parse(source), Lexer.names(source), Map.of(), clock);
        } catch (StackOverflowError e) {
            throw tooDeep();
        }
    }

    /** The same at a time of day that does not pass. */
    public ChatTemplate at(LocalDateTime time) {
        return new ChatTemplate(block, names, constants, () -> time);
    }

    /** The same with variables that every conversation has, such as {@code bos_token}. */
    public ChatTemplate with(Map<String, ?> variables) {
        return new ChatTemplate(block, names, Map.copyOf(variables), clock);
    }

    /** True if the template has this name in a tag: without it the variable of the name changes nothing. */
    public boolean mentions(String name) {
        return names.contains(name);
    }

    /**
     * Writes a conversation.
     *
     * @param variables the template's variables: maps, lists, texts, numbers, booleans and null
     * @throws TemplateException where the template refuses the conversation, in its own words, or does not come to an end
     */
    public String render(Map<String, ?> variables) {
        Map<String, Object> known = new HashMap<>(constants);
        variables.forEach((name, value) -> known.put(name, Values.of(value)));
        Scope scope = Scope.of(known, new Run(clock.get()));
        try {
            return block.text(scope);
        } catch (StackOverflowError e) {
            throw tooDeep();
        }
    }

    private static TemplateException tooDeep() {
        return new TemplateException("the template is nested too deep");
    }
}
