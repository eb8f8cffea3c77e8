package dev.headroom.template;

import dev.headroom.template.Callable.Arguments;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A part of a template that has a value. */
sealed interface Expression
        permits Expression.Constant,
                Expression.Variable,
                Expression.Listed,
                Expression.Mapped,
                Expression.Attribute,
                Expression.Subscript,
                Expression.Slice,
                Expression.Call,
                Expression.Nameless,
                Expression.Spread,
                Expression.Filtered,
                Expression.Tested,
                Operation {

    /** Its value at a place. */
    Object value(Scope scope);

    /** A value that stands in the template. */
    record Constant(Object constant) implements Expression {

        @Override
        public Object value(Scope scope) {
            return constant;
        }
    }

    /** A variable. */
    record Variable(String name) implements Expression {

        @Override
        public Object value(Scope scope) {
            scope.run().step();
            return scope.get(name);
        }
    }

    /** A list, or a tuple. */
    record Listed(List<Expression> parts, boolean tuple) implements Expression {

        @Override
        public Object value(Scope scope) {
            List<Object> values = new ArrayList<>(parts.size());
            parts.forEach(part -> values.add(part.value(scope)));
            return tuple ? new Tuple(values) : values;
        }
    }

    /** A map. */
    record Mapped(Map<Expression, Expression> entries) implements Expression {

        @Override
        public Object value(Scope scope) {
            Map<String, Object> map = new LinkedHashMap<>();
            entries.forEach((key, value) -> map.put(Values.text(key.value(scope)), value.value(scope)));
            return map;
        }
    }

    /** {@code of.name}. */
    record Attribute(Expression of, String name) implements Expression {

        @Override
        public Object value(Scope scope) {
            return Access.attribute(of.value(scope), name);
        }
    }

    /** {@code of[index]}. */
    record Subscript(Expression of, Expression index) implements Expression {

        @Override
        public Object value(Scope scope) {
            return Access.subscript(of.value(scope), index.value(scope));
        }
    }

    /** {@code of[from:to:step]}. */
    record Slice(Expression of, List<Optional<Expression>> bounds) implements Expression {

        @Override
        public Object value(Scope scope) {
            List<Object> values = new ArrayList<>();
            bounds.forEach(
                    bound -> values.add(bound.map(known -> known.value(scope)).orElse(null)));
            return Access.slice(of.value(scope), values.get(0), values.get(1), values.get(2));
        }
    }

    /** A call with arguments. */
    record Call(Expression function, Given given, int line) implements Expression {

        @Override
        public Object value(Scope scope) {
            scope.run().step();
            Object called = function.value(scope);
            if (called instanceof Callable callable) {
                return callable.call(given.values(scope));
            }
            throw TemplateException.at(
                    line,
                    "%s is no function",
                    called instanceof Undefined undefined ? undefined.name() : Values.type(called));
        }

        /** The same call with one more argument. */
        Call with(String name, Expression value) {
            Map<String, Expression> names = new LinkedHashMap<>(given.names);
            names.put(name, value);
            return new Call(function, new Given(given.places, names), line);
        }
    }

    /** A macro that has no name: the block of a call. */
    record Nameless(Macro macro) implements Expression {

        @Override
        public Object value(Scope scope) {
            return macro.in(scope);
        }
    }

    /** The parts of a list, as so many arguments of a call. */
    record Spread(Expression all) implements Expression {

        @Override
        public Object value(Scope scope) {
            return Values.iterate(all.value(scope));
        }
    }

    /** A value through a filter. */
    record Filtered(Expression of, String filter, Given given) implements Expression {

        @Override
        public Object value(Scope scope) {
            scope.run().step();
            return Filters.apply(filter, of.value(scope), given.values(scope));
        }
    }

    /** A test of a value. */
    record Tested(Expression of, String test, Given given) implements Expression {

        @Override
        public Object value(Scope scope) {
            return Tests.holds(test, of.value(scope), given.values(scope));
        }
    }

    /** The arguments of a call. */
    record Given(List<Expression> places, Map<String, Expression> names) {

        static final Given NONE = new Given(List.of(), Map.of());

        Arguments values(Scope scope) {
            List<Object> all = new ArrayList<>(places.size());
            for (Expression place : places) {
                Object value = place.value(scope);
                if (place instanceof Spread) {
                    all.addAll((List<?>) value);
                } else {
                    all.add(value);
                }
            }
            Map<String, Object> named = new LinkedHashMap<>();
            names.forEach((name, value) -> named.put(name, value.value(scope)));
            return new Arguments(all, named, scope.run());
        }
    }
}
