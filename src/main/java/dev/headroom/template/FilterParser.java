package dev.headroom.template;

import dev.headroom.template.Expression.Call;
import dev.headroom.template.Expression.Filtered;
import dev.headroom.template.Expression.Given;
import dev.headroom.template.Expression.Tested;
import dev.headroom.template.Operation.Not;
import dev.headroom.template.Token.Kind;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads the filters and tests behind a value. One that is not served is refused at once; in a branch of an if only when it runs, as
 * Jinja has it, because templates ask first where they run.
 */
final class FilterParser {

    private static final Set<String> NO_ARGUMENT = Set.of("else", "or", "and", "is", "if", "not", "in");

    private final Tokens tokens;
    private final ValueParser values;
    private final ArgumentParser arguments;

    FilterParser(Tokens tokens, ValueParser values, ArgumentParser arguments) {
        this.tokens = tokens;
        this.values = values;
        this.arguments = arguments;
    }

    /** Filters, tests and calls behind a value. */
    Expression behind(Expression of) {
        Expression value = of;
        while (true) {
            if (tokens.takeOperator("|")) {
                value = filter(value);
            } else if (tokens.takeName("is")) {
                value = test(value);
            } else if (tokens.isOperator("(")) {
                int line = tokens.next().line();
                value = new Call(value, arguments.given(), line);
            } else {
                return value;
            }
        }
    }

    /** A filter whose name comes next, and those behind it. */
    Expression first(Expression of) {
        return behind(filter(of));
    }

    private Expression filter(Expression of) {
        Token name = tokens.need(Kind.NAME, "a filter");
        if (!tokens.isConditional()) {
            Filters.check(name);
        }
        return new Filtered(of, name.text(), tokens.takeOperator("(") ? arguments.given() : Given.NONE);
    }

    private Expression test(Expression of) {
        boolean negated = tokens.takeName("not");
        Token name = tokens.need(Kind.NAME, "a test");
        if (!tokens.isConditional()) {
            Tests.check(name);
        }
        Given given = Given.NONE;
        if (tokens.takeOperator("(")) {
            given = arguments.given();
        } else if (takesArgument()) {
            given = new Given(List.of(values.unsigned()), Map.of());
        }
        Expression test = new Tested(of, name.text(), given);
        return negated ? new Not(test) : test;
    }

    private boolean takesArgument() {
        Token next = tokens.peek();
        return switch (next.kind()) {
            case STRING, INTEGER, FLOAT -> true;
            case NAME -> !NO_ARGUMENT.contains(next.text());
            case OPERATOR -> next.text().equals("[") || next.text().equals("{");
            case TEXT, PRINT, TAG, CLOSE, END -> false;
        };
    }
}
