package dev.headroom.template;

import dev.headroom.template.Expression.Attribute;
import dev.headroom.template.Expression.Call;
import dev.headroom.template.Expression.Constant;
import dev.headroom.template.Expression.Listed;
import dev.headroom.template.Expression.Mapped;
import dev.headroom.template.Expression.Slice;
import dev.headroom.template.Expression.Subscript;
import dev.headroom.template.Expression.Variable;
import dev.headroom.template.Operation.Signed;
import dev.headroom.template.Token.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads values: constants, names, lists and maps, and the attributes, subscripts and calls behind them. */
final class ValueParser {

    private final Tokens tokens;
    private final ExpressionParser expressions;
    private final ArgumentParser arguments;

    /**
     * Reads from these tokens.
     *
     * @param expressions reads what stands in brackets
     * @param arguments reads the arguments of calls
     */
    ValueParser(Tokens tokens, ExpressionParser expressions, ArgumentParser arguments) {
        this.tokens = tokens;
        this.expressions = expressions;
        this.arguments = arguments;
    }

    /** A value with its sign. */
    Expression signed() {
        tokens.enter();
        boolean sign = tokens.isOperator("-") || tokens.isOperator("+");
        Expression value = parts(sign ? new Signed(tokens.next().text().equals("-"), signed()) : primary());
        tokens.leave();
        return value;
    }

    /** A value without what is behind it. */
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

    /** A value with attributes, subscripts and calls. */
    Expression unsigned() {
        return parts(primary());
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
                Expression inner = tokens.isOperator(")") ? new Listed(List.of(), true) : expressions.tuple();
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
            parts.add(expressions.expression());
            if (!tokens.isOperator(end)) {
                tokens.needOperator(",");
            }
        }
        return parts;
    }

    private Expression map() {
        Map<Expression, Expression> entries = new LinkedHashMap<>();
        while (!tokens.takeOperator("}")) {
            Expression key = expressions.expression();
            tokens.needOperator(":");
            entries.put(key, expressions.expression());
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
                value = new Call(value, arguments.given(), line);
            } else {
                return value;
            }
        }
    }

    private Expression subscript(Expression of) {
        List<Optional<Expression>> bounds = new ArrayList<>();
        boolean slice = false;
        while (!tokens.takeOperator("]")) {
            bounds.add(
                    tokens.isOperator(":") || tokens.isOperator("]")
                            ? Optional.empty()
                            : Optional.of(expressions.expression()));
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
}
