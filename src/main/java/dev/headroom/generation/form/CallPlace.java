package dev.headroom.generation.form;

import java.util.List;

/** A place in a text that is calls and nothing else, written exactly as the template writes them. */
sealed interface CallPlace extends JsonPlace {

    /** Adds the places that a given text leads to; what follows it is a call's arguments. */
    private static void head(CallForm form, String head, CallForm.Tool tool, char c, List<JsonPlace> to) {
        JsonPlace then = form.several() ? new Behind(form) : new End();
        JsonPlace arguments = form.frame()
                .elements()
                .map(elements -> ElementPlace.begin(elements, tool, then))
                .orElseGet(() -> new Value(tool.arguments(), then));
        Literal.begin(head, c, arguments, to);
    }

    /** Before the first call, or behind its beginning in the prompt. */
    record First(CallForm form) implements CallPlace {

        @Override
        public void after(char c, List<JsonPlace> to) {
            for (CallForm.Tool tool : form.tools()) {
                String head =
                        form.frame().head(tool.name()).substring(form.opening().length());
                head(form, head, tool, c, to);
            }
        }

        @Override
        public boolean inValue() {
            return true;
        }
    }

    /** Behind the arguments of a call, where another one may follow. */
    record Behind(CallForm form) implements CallPlace {

        @Override
        public void after(char c, List<JsonPlace> to) {
            for (CallForm.Tool tool : form.tools()) {
                form.frame().nextHead(tool.name()).ifPresent(head -> head(form, head, tool, c, to));
            }
            if (!mayEnd()) {
                Literal.begin(form.frame().end(), c, new End(), to);
            }
        }

        @Override
        public boolean mayEnd() {
            return form.frame().end().isEmpty();
        }

        @Override
        public boolean inValue() {
            return true;
        }
    }
}
