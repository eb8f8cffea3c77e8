package dev.headroom.template;

import dev.headroom.template.Callable.Arguments;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A part of a template that writes text, or sets variables. */
sealed interface Statement {

    /** How the statements behind one go on. */
    enum Flow {
        ON,
        BREAK,
        CONTINUE
    }

    /** Does it at a place. */
    Flow run(Scope scope, StringBuilder out);

    /** Statements one after the other. */
    record Block(List<Statement> statements) implements Statement {

        @Override
        public Flow run(Scope scope, StringBuilder out) {
            for (Statement statement : statements) {
                Flow flow = statement.run(scope, out);
                if (flow != Flow.ON) {
                    return flow;
                }
            }
            return Flow.ON;
        }

        /** What it writes. */
        String text(Scope scope) {
            StringBuilder out = new StringBuilder();
            run(scope, out);
            return out.toString();
        }
    }

    /** Text as it is. */
    record Text(String text) implements Statement {

        @Override
        public Flow run(Scope scope, StringBuilder out) {
            scope.run().made(text.length());
            out.append(text);
            return Flow.ON;
        }
    }

    /** The text of a value. */
    record Print(Expression value) implements Statement {

        @Override
        public Flow run(Scope scope, StringBuilder out) {
            String text = Values.text(value.value(scope));
            scope.run().made(text.length());
            out.append(text);
            return Flow.ON;
        }
    }

    /** The first of several blocks whose condition holds. */
    record If(List<Branch> branches) implements Statement {

        /** A block; without a condition it is the last. */
        record Branch(Optional<Expression> condition, Block block) {}

        @Override
        public Flow run(Scope scope, StringBuilder out) {
            for (Branch branch : branches) {
                if (branch.condition.isEmpty()
                        || Values.truth(branch.condition.get().value(scope))) {
                    return branch.block.run(scope, out);
                }
            }
            return Flow.ON;
        }
    }

    /** A block for each part of a value. */
    record For(Loop loop, Block body, Optional<Block> otherwise) implements Statement {

        /**
         * What it goes through.
         *
         * @param targets the variables that take each part, or the parts of it
         * @param condition which parts are taken
         */
        record Loop(Target targets, Expression all, Optional<Expression> condition) {

            private List<Object> parts(Scope scope) {
                List<Object> parts = Values.iterate(all.value(scope));
                if (condition.isEmpty()) {
                    return parts;
                }
                List<Object> taken = new ArrayList<>();
                for (Object part : parts) {
                    Scope inner = scope.within();
                    targets.set(inner, part);
                    if (Values.truth(condition.get().value(inner))) {
                        taken.add(part);
                    }
                }
                return taken;
            }
        }

        @Override
        public Flow run(Scope scope, StringBuilder out) {
            List<Object> parts = loop.parts(scope);
            if (parts.isEmpty() && otherwise.isPresent()) {
                return otherwise.get().run(scope.within(), out);
            }
            for (int i = 0; i < parts.size(); i++) {
                scope.run().step();
                Scope inner = scope.within();
                loop.targets.set(inner, parts.get(i));
                inner.set("loop", Loops.at(parts, i));
                if (body.run(inner, out) == Flow.BREAK) {
                    break;
                }
            }
            return Flow.ON;
        }
    }

    /** Refuses to go on. */
    record Refusal(String reason) implements Statement {

        @Override
        public Flow run(Scope scope, StringBuilder out) {
            throw new TemplateException(reason);
        }
    }

    /** Ends a loop, or its present part. */
    record Jump(Flow flow) implements Statement {

        @Override
        public Flow run(Scope scope, StringBuilder out) {
            return flow;
        }
    }

    /** Sets variables. */
    record Set(Target target, Expression value) implements Statement {

        @Override
        public Flow run(Scope scope, StringBuilder out) {
            target.set(scope, value.value(scope));
            return Flow.ON;
        }
    }

    /** Sets a variable to what a block writes, or writes that through filters. */
    record Captured(Optional<Target> target, Block block, Expression filtered) implements Statement {

        /** The variable that {@code filtered} reads the block's text from. */
        static final String TEXT = "text of the block";

        @Override
        public Flow run(Scope scope, StringBuilder out) {
            Scope inner = scope.within();
            inner.set(TEXT, block.text(scope.within()));
            Object value = filtered.value(inner);
            target.ifPresentOrElse(to -> to.set(scope, value), () -> out.append(Values.text(value)));
            return Flow.ON;
        }
    }

    /**
     * Defines a function.
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
            if (given.places().size() > place
                    || !given.names().keySet().stream().allMatch(this::takes)) {
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
}
