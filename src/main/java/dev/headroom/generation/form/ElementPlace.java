package dev.headroom.generation.form;

import dev.headroom.generation.form.ElementShape.Parameter;
import dev.headroom.template.calls.ElementFrame;
import dev.headroom.template.calls.ElementScan;
import java.util.ArrayList;
import java.util.List;

/** A place within arguments that have an element each, outside the values that have a shape. */
sealed interface ElementPlace extends JsonPlace {

    /** Behind the texts before a call's arguments. */
    static JsonPlace begin(ElementFrame frame, CallForm.Tool tool, JsonPlace then) {
        return tool.elements()
                .<JsonPlace>map(shape -> new Next(frame, shape.parameters(), then))
                .orElseGet(() -> new First(frame, then));
    }

    /** Behind the mark that opens the first element. */
    static JsonPlace opened(ElementFrame frame, CallForm.Tool tool, JsonPlace then) {
        return tool.elements()
                .<JsonPlace>map(shape -> new Key(frame, shape.parameters(), then))
                .orElseGet(() -> new Any(ElementScan.begin(frame), then));
    }

    @Override
    default boolean inValue() {
        return true;
    }

    /** Before the first element of any arguments, or their end. */
    record First(ElementFrame frame, JsonPlace then) implements ElementPlace {

        @Override
        public void after(char c, List<JsonPlace> to) {
            JsonPlace opened = new Any(ElementScan.begin(frame), then);
            JsonPlace.Literal.begin(frame.element().open(), c, opened, to);
            JsonPlace.Literal.begin(frame.end(), c, then, to);
        }
    }

    /** Within elements of any keys and values. */
    record Any(ElementScan scan, JsonPlace then) implements ElementPlace {

        @Override
        public void after(char c, List<JsonPlace> to) {
            ElementScan next = scan.after(c);
            to.add(
                    switch (next.place()) {
                        case KEY, VALUE -> new Any(next, then);
                        case END -> then;
                    });
        }

        @Override
        public JsonPlace afterPart() {
            return new Any(scan.after(Character.MAX_VALUE), then);
        }

        @Override
        public boolean inString() {
            return true;
        }
    }

    /** Before an element of one of the parameters that are left, or before the end of all. */
    record Next(ElementFrame frame, List<Parameter> left, JsonPlace then) implements ElementPlace {

        @Override
        public void after(char c, List<JsonPlace> to) {
            if (!left.isEmpty()) {
                JsonPlace.Literal.begin(frame.element().open(), c, new Key(frame, left, then), to);
            }
            if (ElementShape.mayEnd(left)) {
                JsonPlace.Literal.begin(frame.end(), c, then, to);
            }
        }
    }

    /** Before the key of one of the parameters that are left. */
    record Key(ElementFrame frame, List<Parameter> left, JsonPlace then) implements ElementPlace {

        @Override
        public void after(char c, List<JsonPlace> to) {
            for (int i = 0; i < left.size(); i++) {
                String text = left.get(i).name() + frame.element().middle();
                if (text.charAt(0) == c) {
                    JsonPlace.Literal.begin(
                            text, c, new ContentPlace.Begin(frame, left.get(i).content(), behind(i)), to);
                }
            }
        }

        private JsonPlace behind(int parameter) {
            List<Parameter> others = new ArrayList<>(left);
            others.remove(parameter);
            return new Next(frame, others, then);
        }
    }
}
