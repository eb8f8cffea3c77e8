package dev.headroom.generation.form;

import dev.headroom.generation.form.ElementShape.Content;
import dev.headroom.template.calls.ElementFrame;
import dev.headroom.template.calls.ElementScan;
import java.util.List;

/** A place within the value of an argument that has an element of its own. */
sealed interface ContentPlace extends JsonPlace {

    @Override
    default boolean inValue() {
        return true;
    }

    /** Before the value. */
    record Begin(ElementFrame frame, Content content, JsonPlace then) implements ContentPlace {

        @Override
        public void after(char c, List<JsonPlace> to) {
            content.words().forEach(word -> Literal.begin(word + frame.element().close(), c, then, to));
            if (!JsonPlace.blank(c)) {
                json(c, to);
            }
            text().after(c, to);
        }

        private void json(char c, List<JsonPlace> to) {
            JsonPlace behind = new Close(frame.element().close(), then);
            content.numbers().forEach(number -> new Value(number, behind).after(c, to));
            if (!content.nested().isEmpty()) {
                JsonReading json = JsonReading.of(new JsonShape.AnyOf(content.nested()));
                new Nested(json, ElementScan.value(frame), behind).after(c, to);
            }
        }

        private Text text() {
            return new Text(frame, content.text(), "", then);
        }

        @Override
        public JsonPlace afterPart() {
            return text().afterPart();
        }

        @Override
        public boolean inString() {
            return text().inString();
        }
    }

    /**
     * Within a text, which ends with the first mark that closes its element.
     *
     * @param kind which text may follow
     * @param held the last characters, which may belong to the mark
     */
    record Text(ElementFrame frame, ElementShape.Text kind, String held, JsonPlace then) implements ContentPlace {

        @Override
        public void after(char c, List<JsonPlace> to) {
            if (kind == ElementShape.Text.NONE || kind == ElementShape.Text.UNBRACKETED && "[{".indexOf(c) >= 0) {
                return;
            }
            String close = frame.element().close();
            String mark = frame.closingMark();
            String last = held + c;
            while (!mark.startsWith(last)) {
                last = last.substring(1);
            }
            if (!last.equals(mark)) {
                to.add(new Text(frame, begun(c), last, then));
                return;
            }
            String rest = close.substring(close.indexOf(mark) + mark.length());
            to.add(rest.isEmpty() ? then : new Literal(rest, then));
        }

        /** White space may stand before the bracket of an object or an array, and so may a mark of the order of bytes. */
        private ElementShape.Text begun(char c) {
            return c > ' ' && c != '\uFEFF' ? ElementShape.Text.ANY : kind;
        }

        @Override
        public JsonPlace afterPart() {
            return new Text(frame, kind, "", then);
        }

        @Override
        public boolean inString() {
            return kind != ElementShape.Text.NONE;
        }
    }

    /** Within an object or an array, whose texts do not end the element. */
    record Nested(JsonReading json, ElementScan scan, JsonPlace then) implements ContentPlace {

        @Override
        public void after(char c, List<JsonPlace> to) {
            JsonReading next = json.after(c);
            ElementScan further = scan.after(c);
            if (next.closed()) {
                to.add(then);
            } else if (!next.refused() && further.place() == ElementScan.Place.VALUE) {
                to.add(new Nested(next, further, then));
            }
        }

        @Override
        public JsonPlace afterPart() {
            return new Nested(json.afterPart(), scan.after(Character.MAX_VALUE), then);
        }

        @Override
        public boolean inString() {
            return json.inString();
        }
    }

    /** Behind a value whose end shows by what follows it. */
    record Close(String close, JsonPlace then) implements ContentPlace {

        @Override
        public void after(char c, List<JsonPlace> to) {
            Literal.begin(close, c, then, to);
        }
    }
}
