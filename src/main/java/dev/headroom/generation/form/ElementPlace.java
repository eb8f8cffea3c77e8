package dev.headroom.generation.form;

import dev.headroom.template.calls.ElementFrame;
import dev.headroom.template.calls.ElementScan;
import java.util.List;

/** A place within arguments that have an element each, of any keys and values. */
record ElementPlace(ElementScan scan) implements JsonPlace {

    /** Behind the mark that opens the first element. */
    static JsonPlace begin(ElementFrame elements) {
        return new ElementPlace(ElementScan.begin(elements));
    }

    @Override
    public void after(char c, List<JsonPlace> to) {
        ElementScan next = scan.after(c);
        to.add(
                switch (next.place()) {
                    case KEY, VALUE -> new ElementPlace(next);
                    case END -> new End();
                });
    }

    @Override
    public JsonPlace afterPart() {
        return new ElementPlace(scan.after(Character.MAX_VALUE));
    }

    @Override
    public boolean inString() {
        return true;
    }

    @Override
    public boolean inValue() {
        return true;
    }
}
