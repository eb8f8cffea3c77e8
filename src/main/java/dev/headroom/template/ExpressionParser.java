package dev.headroom.template;

import dev.headroom.template.Expression.Listed;
import dev.headroom.template.Operation.Chosen;
import dev.headroom.template.Operation.Compared;
import dev.headroom.template.Operation.Compared.Link;
import dev.headroom.template.Operation.Computed;
import dev.headroom.template.Operation.Either;
import dev.headroom.template.Operation.Joined;
import dev.headroom.template.Operation.Not;
import dev.headroom.template.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reads expressions: operators with the precedence of Jinja between values, which {@link ValueParser} reads, and {@link
 * FilterParser} what is behind them.
 */
final class ExpressionParser {

    private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=");

    private final Tokens tokens;
    private final ValueParser values;
    private final FilterParser filters;

    ExpressionParser(Tokens tokens) {
        this.tokens = tokens;
        ArgumentParser arguments = new ArgumentParser(tokens, this);
        this.values = new ValueParser(tokens, this, arguments);
        this.filters = new FilterParser(tokens, values, arguments);
    }

    /** An expression, or several with commas between them, which are a list. */
    Expression tuple() {
        Expression first = expression();
        if (!tokens.isOperator(",")) {
            return first;
        }
        List<Expression> parts = new ArrayList<>(List.of(first));
        while (tokens.takeOperator(",") && !endsTuple()) {
            parts.add(expression());
        }
        return new Listed(parts, true);
    }

    private boolean endsTuple() {
        return tokens.peek().kind() == Kind.CLOSE || tokens.isOperator(")") || tokens.isOperator("=");
    }

    /** One expression. */
    Expression expression() {
        tokens.enter();
        Expression value = either();
        while (tokens.takeName("if")) {
            Expression condition = either();
            Optional<Expression> otherwise = tokens.takeName("else") ? Optional.of(expression()) : Optional.empty();
            value = new Chosen(condition, value, otherwise);
        }
        tokens.leave();
        return value;
    }

    /** The same without an if behind it, as in {@code for x in list if condition}. */
    Expression either() {
        Expression left = both();
        while (tokens.takeName("or")) {
            left = new Either(false, left, both());
        }
        return left;
    }

    private Expression both() {
        Expression left = not();
        while (tokens.takeName("and")) {
            left = new Either(true, left, not());
        }
        return left;
    }

    private Expression not() {
        if (!tokens.takeName("not")) {
            return compared();
        }
        tokens.enter();
        Expression not = new Not(not());
        tokens.leave();
        return not;
    }

    private Expression compared() {
        Expression first = sum();
        List<Link> others = new ArrayList<>();
        while (true) {
            String operator = tokens.peek().text();
            if (tokens.peek().kind() == Kind.OPERATOR && COMPARISONS.contains(operator)) {
                tokens.next();
                others.add(new Link(operator, sum()));
            } else if (tokens.takeName("in")) {
                others.add(new Link("in", sum()));
            } else if (tokens.isName("not")) {
                tokens.next();
                if (!tokens.takeName("in")) {
                    throw TemplateException.at(tokens.peek().line(), "%s stands behind 'not'", tokens.peek());
                }
                others.add(new Link("not in", sum()));
            } else {
                return others.isEmpty() ? first : new Compared(first, others);
            }
        }
    }

    private Expression sum() {
        Expression left = joined();
        while (tokens.isOperator("+") || tokens.isOperator("-")) {
            left = new Computed(tokens.next().text(), left, joined());
        }
        return left;
    }

    private Expression joined() {
        Expression first = product();
        if (!tokens.isOperator("~")) {
            return first;
        }
        List<Expression> parts = new ArrayList<>(List.of(first));
        while (tokens.takeOperator("~")) {
            parts.add(product());
        }
        return new Joined(parts);
    }

    private Expression product() {
        Expression left = power();
        while (tokens.isOperator("*") || tokens.isOperator("/") || tokens.isOperator("//") || tokens.isOperator("%")) {
            left = new Computed(tokens.next().text(), left, power());
        }
        return left;
    }

    private Expression power() {
        Expression left = filters.behind(values.signed());
        while (tokens.takeOperator("**")) {
            left = new Computed("**", left, filters.behind(values.signed()));
        }
        return left;
    }

    /** Filters and tests behind a value. */
    Expression filters(Expression of) {
        return filters.behind(of);
    }

    /** A filter whose name comes next, and those behind it. */
    Expression firstFilter(Expression of) {
        return filters.first(of);
    }
}
