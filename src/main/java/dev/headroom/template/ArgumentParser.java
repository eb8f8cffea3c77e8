package dev.headroom.template;

import dev.headroom.template.Expression.Given;
import dev.headroom.template.Expression.Spread;
import dev.headroom.template.Expression.Variable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads the arguments of calls, filters and tests. */
final class ArgumentParser {

    private final Tokens tokens;
    private final ExpressionParser expressions;

    ArgumentParser(Tokens tokens, ExpressionParser expressions) {
        this.tokens = tokens;
        this.expressions = expressions;
    }

    /** Arguments behind their opening bracket. */
    Given given() {
        List<Expression> places = new ArrayList<>();
        Map<String, Expression> names = new LinkedHashMap<>();
        while (!tokens.takeOperator(")")) {
            if (tokens.takeOperator("*")) {
                places.add(new Spread(expressions.expression()));
            } else {
                given(places, names);
            }
            if (!tokens.isOperator(")")) {
                tokens.needOperator(",");
            }
        }
        return new Given(places, names);
    }

    private void given(List<Expression> places, Map<String, Expression> names) {
        if (tokens.isOperator("**")) {
            throw TemplateException.at(tokens.peek().line(), "arguments with %s are not served", tokens.peek());
        }
        Expression value = expressions.expression();
        if (value instanceof Variable variable && tokens.takeOperator("=")) {
            names.put(variable.name(), expressions.expression());
        } else {
            places.add(value);
        }
    }
}
