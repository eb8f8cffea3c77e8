package dev.headroom.template;

import java.util.HashMap;
import java.util.Map;

/** The variables at a place of a template: those of the place, then those around it. */
final class Scope {

    private final Scope around;
    private final Map<String, Object> variables = new HashMap<>();
    private final Run run;

    private Scope(Scope around, Run run) {
        this.around = around;
        this.run = run;
    }

    /** The outermost, with these variables. */
    static Scope of(Map<String, Object> variables, Run run) {
        Scope scope = new Scope(null, run);
        scope.variables.putAll(variables);
        return scope;
    }

    /** A place within this one, whose variables end with it. */
    Scope within() {
        return new Scope(this, run);
    }

    Run run() {
        return run;
    }

    void set(String name, Object value) {
        variables.put(name, value);
    }

    /** A variable's value; undefined where there is none. */
    Object get(String name) {
        for (Scope scope = this; scope != null; scope = scope.around) {
            if (scope.variables.containsKey(name)) {
                return scope.variables.get(name);
            }
        }
        Object function = Functions.ALL.get(name);
        return function != null ? function : new Undefined(name);
    }
}
