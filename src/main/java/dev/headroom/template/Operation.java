package dev.headroom.template;

import java.util.List;
import java.util.Optional;

/** An operator with the expressions beside it. */
sealed interface Operation extends Expression {

    /** An operator between two numbers, texts or lists. */
    record Computed(String operator, Expression left, Expression right) implements Operation {

        @Override
        public Object value(Scope scope) {
            return Arithmetic.compute(operator, left.value(scope), right.value(scope), scope.run());
        }
    }

    /** Texts one behind the other. */
    record Joined(List<Expression> parts) implements Operation {

        @Override
        public Object value(Scope scope) {
            StringBuilder text = new StringBuilder();
            parts.forEach(part -> text.append(Values.text(part.value(scope))));
            scope.run().made(text.length());
            return text.toString();
        }
    }

    /** A number with the sign minus, or plus. */
    record Signed(boolean negative, Expression number) implements Operation {

        @Override
        public Object value(Scope scope) {
            return Arithmetic.compute(negative ? "-" : "+", 0L, number.value(scope), scope.run());
        }
    }

    /** Two conditions, both or one of which has to hold; has the value of the one that decides. */
    record Either(boolean and, Expression left, Expression right) implements Operation {

        @Override
        public Object value(Scope scope) {
            Object first = left.value(scope);
            return Values.truth(first) == and ? right.value(scope) : first;
        }
    }

    /** The contrary. */
    record Not(Expression condition) implements Operation {

        @Override
        public Object value(Scope scope) {
            return !Values.truth(condition.value(scope));
        }
    }

    /** A chain of comparisons. */
    record Compared(Expression first, List<Link> others) implements Operation {

        /** One of them: its operator, and what stands to the right of it. */
        record Link(String operator, Expression right) {}

        @Override
        public Object value(Scope scope) {
            Object left = first.value(scope);
            for (Link one : others) {
                Object right = one.right.value(scope);
                scope.run().steps(right instanceof List<?> list ? list.size() : 1);
                if (!Comparison.holds(one.operator, left, right)) {
                    return false;
                }
                left = right;
            }
            return true;
        }
    }

    /** One of two values. */
    record Chosen(Expression condition, Expression then, Optional<Expression> otherwise) implements Operation {

        @Override
        public Object value(Scope scope) {
            if (Values.truth(condition.value(scope))) {
                return then.value(scope);
            }
            return otherwise.isPresent() ? otherwise.get().value(scope) : new Undefined("an if without else");
        }
    }
}
