package dev.headroom.template;

import dev.headroom.template.Callable.Arguments;
import dev.headroom.template.Statement.Block;
import java.util.Map;
import java.util.Optional;

/**
 * Defines a function of the template.
 *
 * @param parameters its parameters, with their values where a call gives none
 */
record Macro(String name, Map<String, Optional<Expression>> parameters, Block body) implements Statement {

    /** The argument that is the block of a call; any macro may be given it. */
    static final String CALLER = "caller";

    @Override
    public Flow run(Scope scope, StringBuilder out) {
        scope.set(name, in(scope));
        return Flow.ON;
    }

    /** It as a function that sees the variables of this place. */
    Callable in(Scope scope) {
        return given -> call(scope, given);
    }

    private Object call(Scope scope, Arguments given) {
        Scope inner = scope.within();
        int place = 0;
        for (Map.Entry<String, Optional<Expression>> parameter : parameters.entrySet()) {
            Object value = given.get(place++, parameter.getKey(), given); // itself where there is none
            inner.set(parameter.getKey(), value == given ? otherwise(parameter, inner) : value);
        }
        if (given.names().containsKey(CALLER)) {
            inner.set(CALLER, given.names().get(CALLER));
        }
        if (given.places().size() > place || !given.names().keySet().stream().allMatch(this::takes)) {
            throw new TemplateException("the macro %s has no such arguments".formatted(name));
        }
        scope.run().enter();
        try {
            return body.text(inner);
        } finally {
            scope.run().leave();
        }
    }

    private boolean takes(String argument) {
        return parameters.containsKey(argument) || argument.equals(CALLER);
    }

    private static Object otherwise(Map.Entry<String, Optional<Expression>> parameter, Scope scope) {
        return parameter.getValue().isPresent()
                ? parameter.getValue().get().value(scope)
                : new Undefined(parameter.getKey());
    }
}
