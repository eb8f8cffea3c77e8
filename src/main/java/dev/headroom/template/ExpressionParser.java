package dev.headroom.template;

import dev.headroom.template.Expression.Attribute;
import dev.headroom.template.Expression.Call;
import dev.headroom.template.Expression.Chosen;
import dev.headroom.template.Expression.Compared;
import dev.headroom.template.Expression.Compared.Comparison;
import dev.headroom.template.Expression.Computed;
import dev.headroom.template.Expression.Constant;
import dev.headroom.template.Expression.Either;
import dev.headroom.template.Expression.Filtered;
import dev.headroom.template.Expression.Given;
import dev.headroom.template.Expression.Joined;
import dev.headroom.template.Expression.Listed;
import dev.headroom.template.Expression.Mapped;
import dev.headroom.template.Expression.Not;
import dev.headroom.template.Expression.Signed;
import dev.headroom.template.Expression.Slice;
import dev.headroom.template.Expression.Subscript;
import dev.headroom.template.Expression.Tested;
import dev.headroom.template.Expression.Variable;
import dev.headroom.template.Token.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads expressions, with the precedence of Jinja. */
final class ExpressionParser {

    private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=");
    private static final Set<String> NO_ARGUMENT = Set.of("else", "or", "and", "is", "if", "not", "in");

    private final Tokens tokens;

    ExpressionParser(Tokens tokens) {
        this.tokens = tokens;
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
        List<Comparison> others = new ArrayList<>();
        while (true) {
            String operator = tokens.peek().text();
            if (tokens.peek().kind() == Kind.OPERATOR && COMPARISONS.contains(operator)) {
                tokens.next();
                others.add(new Comparison(operator, sum()));
            } else if (tokens.takeName("in")) {
                others.add(new Comparison("in", sum()));
            } else if (tokens.isName("not")) {
                tokens.next();
                if (!tokens.takeName("in")) {
                    throw TemplateException.at(tokens.peek().line(), "%s stands behind 'not'", tokens.peek());
                }
                others.add(new Comparison("not in", sum()));
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
        Expression left = unary(true);
        while (tokens.takeOperator("**")) {
            left = new Computed("**", left, unary(true));
        }
        return left;
    }

    private Expression unary(boolean filters) {
        tokens.enter();
        Expression value;
        if (tokens.isOperator("-") || tokens.isOperator("+")) {
            value = new Signed(tokens.next().text().equals("-"), unary(false));
        } else {
            value = primary();
        }
        value = parts(value);
        tokens.leave();
        return filters ? filters(value) : value;
    }

    private Expression primary() {
        Token token = tokens.next();
        return switch (token.kind()) {
            case NAME -> named(token);
            case STRING -> {
                StringBuilder text = new StringBuilder(token.text());
                while (tokens.peek().kind() == Kind.STRING) {
                    text.append(tokens.next().text());
                }
                yield new Constant(text.toString());
            }
            case INTEGER -> new Constant(whole(token));
            case FLOAT -> new Constant(Double.valueOf(token.text()));
            case OPERATOR -> bracketed(token);
            case TEXT, PRINT, TAG, CLOSE, END -> throw unexpected(token);
        };
    }

    private static TemplateException unexpected(Token token) {
        return TemplateException.at(token.line(), "%s stands where an expression is expected", token);
    }

    private static Long whole(Token token) {
        try {
            return Long.valueOf(token.text());
        } catch (NumberFormatException e) {
            throw TemplateException.at(token.line(), "the number %s is too large", token.text());
        }
    }

    private static Expression named(Token token) {
        return switch (token.text()) {
            case "true", "True" -> new Constant(true);
            case "false", "False" -> new Constant(false);
            case "none", "None" -> new Constant(null);
            case "and", "or", "in", "is", "if", "else" -> throw unexpected(token);
            default -> new Variable(token.text());
        };
    }

    private Expression bracketed(Token open) {
        return switch (open.text()) {
            case "(" -> {
                Expression inner = tokens.isOperator(")") ? new Listed(List.of(), true) : tuple();
                tokens.needOperator(")");
                yield inner;
            }
            case "[" -> new Listed(list("]"), false);
            case "{" -> map();
            default -> throw unexpected(open);
        };
    }

    private List<Expression> list(String end) {
        List<Expression> parts = new ArrayList<>();
        while (!tokens.takeOperator(end)) {
            parts.add(expression());
            if (!tokens.isOperator(end)) {
                tokens.needOperator(",");
            }
        }
        return parts;
    }

    private Expression map() {
        Map<Expression, Expression> entries = new LinkedHashMap<>();
        while (!tokens.takeOperator("}")) {
            Expression key = expression();
            tokens.needOperator(":");
            entries.put(key, expression());
            if (!tokens.isOperator("}")) {
                tokens.needOperator(",");
            }
        }
        return new Mapped(entries);
    }

    /** Attributes, subscripts and calls behind a value. */
    private Expression parts(Expression of) {
        Expression value = of;
        while (true) {
            int line = tokens.peek().line();
            if (tokens.takeOperator(".")) {
                Token name = tokens.next();
                value = switch (name.kind()) {
                    case NAME -> new Attribute(value, name.text());
                    case INTEGER -> new Subscript(value, new Constant(whole(name)));
                    default -> throw unexpected(name);
                };
            } else if (tokens.takeOperator("[")) {
                value = subscript(value);
            } else if (tokens.takeOperator("(")) {
                value = new Call(value, given(), line);
            } else {
                return value;
            }
        }
    }

    private Expression subscript(Expression of) {
        List<Optional<Expression>> bounds = new ArrayList<>();
        boolean slice = false;
        while (!tokens.takeOperator("]")) {
            bounds.add(tokens.isOperator(":") || tokens.isOperator("]") ? Optional.empty() : Optional.of(expression()));
            boolean further = tokens.takeOperator(":");
            slice |= further;
            if (!further && !tokens.isOperator("]")) {
                tokens.needOperator("]");
            }
        }
        if (!slice && bounds.size() == 1) {
            return new Subscript(of, bounds.getFirst().orElseThrow());
        }
        if (!slice || bounds.size() > 3) {
            throw TemplateException.at(tokens.peek().line(), "a subscript has %d parts", bounds.size());
        }
        while (bounds.size() < 3) {
            bounds.add(Optional.empty());
        }
        return new Slice(of, bounds);
    }

    /** The arguments of a call, behind its opening bracket. */
    private Given given() {
        List<Expression> places = new ArrayList<>();
        Map<String, Expression> names = new LinkedHashMap<>();
        while (!tokens.takeOperator(")")) {
            if (tokens.isOperator("*") || tokens.isOperator("**")) {
                throw TemplateException.at(tokens.peek().line(), "arguments with %s are not served", tokens.peek());
            }
            Expression value = expression();
            if (value instanceof Variable variable && tokens.takeOperator("=")) {
                names.put(variable.name(), expression());
            } else {
                places.add(value);
            }
            if (!tokens.isOperator(")")) {
                tokens.needOperator(",");
            }
        }
        return new Given(places, names);
    }

    /** Filters, tests and calls behind a value. */
    Expression filters(Expression of) {
        Expression value = of;
        while (true) {
            if (tokens.takeOperator("|")) {
                value = filter(value);
            } else if (tokens.takeName("is")) {
                value = test(value);
            } else if (tokens.isOperator("(")) {
                int line = tokens.next().line();
                value = new Call(value, given(), line);
            } else {
                return value;
            }
        }
    }

    /** A filter whose name comes next, and those behind it. */
    Expression firstFilter(Expression of) {
        return filters(filter(of));
    }

    private Expression filter(Expression of) {
        Token name = tokens.need(Kind.NAME, "a filter");
        Filters.check(name);
        return new Filtered(of, name.text(), tokens.takeOperator("(") ? given() : Given.NONE);
    }

    private Expression test(Expression of) {
        boolean negated = tokens.takeName("not");
        Token name = tokens.need(Kind.NAME, "a test");
        Tests.check(name);
        Given given = Given.NONE;
        if (tokens.takeOperator("(")) {
            given = given();
        } else if (takesArgument()) {
            given = new Given(List.of(parts(primary())), Map.of());
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
