package dev.headroom.template;

import dev.headroom.template.Expression.Call;
import dev.headroom.template.Expression.Nameless;
import dev.headroom.template.Statement.Block;
import dev.headroom.template.Statement.Print;
import dev.headroom.template.Token.Kind;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Reads macros, and calls that give a block to a macro. */
final class MacroParser {

    private final Tokens tokens;
    private final ExpressionParser expressions;
    private final Function<String, Block> bodies;

    /**
     * Reads from these tokens.
     *
     * @param bodies reads the block behind a tag, up to the tag of this name, which ends it
     */
    MacroParser(Tokens tokens, ExpressionParser expressions, Function<String, Block> bodies) {
        this.tokens = tokens;
        this.expressions = expressions;
        this.bodies = bodies;
    }

    /** A macro, whose name comes next. */
    Statement macro() {
        String name = tokens.need(Kind.NAME, "the macro's name").text();
        tokens.needOperator("(");
        return new Macro(name, parameters(), bodies.apply("endmacro"));
    }

    /** A call of a macro, which may call the block in turn. */
    Statement call() {
        Map<String, Optional<Expression>> parameters = tokens.takeOperator("(") ? parameters() : Map.of();
        int line = tokens.peek().line();
        if (!(expressions.expression() instanceof Call called)) {
            throw TemplateException.at(line, "{%% call %%} calls nothing");
        }
        return new Print(
                called.with(Macro.CALLER, new Nameless(new Macro(Macro.CALLER, parameters, bodies.apply("endcall")))));
    }

    /** Parameters behind their opening bracket, with their values where a call gives none. */
    private Map<String, Optional<Expression>> parameters() {
        Map<String, Optional<Expression>> parameters = new LinkedHashMap<>();
        while (!tokens.takeOperator(")")) {
            String parameter = tokens.need(Kind.NAME, "a parameter").text();
            parameters.put(
                    parameter, tokens.takeOperator("=") ? Optional.of(expressions.expression()) : Optional.empty());
            if (!tokens.isOperator(")")) {
                tokens.needOperator(",");
            }
        }
        return parameters;
    }
}
