package dev.headroom.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A part of a template that writes text, or sets variables. */
sealed interface Statement
        permits Statement.Block,
                Statement.Text,
                Statement.Print,
                Statement.If,
                Statement.For,
                Statement.Refusal,
                Statement.Jump,
                Statement.Set,
                Statement.Captured,
                Macro {

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

        /** The text that it writes. */
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
         * The parts of a value that it goes through.
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
}
