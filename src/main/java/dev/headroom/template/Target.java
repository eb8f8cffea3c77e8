package dev.headroom.template;

import java.util.List;

/** The variable, or the parts of one, that takes a value. */
sealed interface Target {

    /** Takes it. */
    void set(Scope scope, Object value);

    /** A variable. */
    record Name(String name) implements Target {

        @Override
        public void set(Scope scope, Object value) {
            scope.set(name, value);
        }
    }

    /** A variable of a namespace. */
    record Member(String namespace, String name) implements Target {

        @Override
        public void set(Scope scope, Object value) {
            if (!(scope.get(namespace) instanceof Namespace known)) {
                throw new TemplateException("'%s' is no namespace".formatted(namespace));
            }
            known.set(name, value);
        }
    }

    /** Several, which take the parts of a list. */
    record Several(List<Target> targets) implements Target {

        @Override
        public void set(Scope scope, Object value) {
            List<Object> parts = Values.iterate(value);
            if (parts.size() != targets.size()) {
                throw new TemplateException(
                        "%d variables are to take %d values".formatted(targets.size(), parts.size()));
            }
            for (int i = 0; i < parts.size(); i++) {
                targets.get(i).set(scope, parts.get(i));
            }
        }
    }
}
