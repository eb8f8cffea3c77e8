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
            JsonPlace behind = new Close(frame.element().close(), then);
            WordPlace.begin(content.words(), c, behind, to);
            if (!content.words().isEmpty() && content.words().getFirst().isEmpty()) {
                behind.after(c, to);
            }
            if (!JsonPlace.blank(c)) {
                json(c, behind, to);
            }
            if (content.text() != ElementShape.Text.NONE) {
                text().after(c, to);
            }
        }

        private void json(char c, JsonPlace behind, List<JsonPlace> to) {
            content.numbers().forEach(number -> new Value(number, behind).after(c, to));
            if (!content.nested().isEmpty()) {
                JsonReading json = JsonReading.of(new JsonShape.AnyOf(content.nested()));
                new Nested(json, ElementScan.value(frame), behind).after(c, to);
            }
        }

        private Text text() {
            return new Text(Mark.behindText(frame, then), content.text(), "");
        }

        @Override
        public JsonPlace afterPart() {
            return text().afterPart();
        }

        @Override
        public boolean inString() {
            return content.text() != ElementShape.Text.NONE;
        }
    }

    /**
     * The mark that ends a text.
     *
     * @param then the place behind it
     */
    record Mark(String mark, JsonPlace then) {

        private static Mark behindText(ElementFrame frame, JsonPlace then) {
            String close = frame.element().close();
            String mark = frame.closingMark();
            String rest = close.substring(close.indexOf(mark) + mark.length());
            return new Mark(mark, rest.isEmpty() ? then : new Literal(rest, then));
        }
    }

    /**
     * Within a text, which ends with the first mark that closes its element.
     *
     * @param kind which text may follow
     * @param held the last characters, which may belong to the mark
     */
    record Text(Mark end, ElementShape.Text kind, String held) implements ContentPlace {

        @Override
        public void after(char c, List<JsonPlace> to) {
            if (kind == ElementShape.Text.UNBRACKETED && "[{".indexOf(c) >= 0) {
                return;
            }
            String last = held(c);
            if (last.equals(end.mark())) {
                to.add(end.then());
            } else {
                ElementShape.Text further = begun(c);
                to.add(last.equals(held) && further == kind ? this : new Text(end, further, last));
            }
        }

        private String held(char c) {
            if (held.isEmpty() && end.mark().charAt(0) != c) {
                return "";
            }
            String last = held + c;
            while (!end.mark().startsWith(last)) {
                last = last.substring(1);
            }
            return last;
        }

        /** White space may stand before the bracket of an object or an array, and so may a mark of the order of bytes. */
        private ElementShape.Text begun(char c) {
            return c > ' ' && c != '\uFEFF' ? ElementShape.Text.ANY : kind;
        }

        @Override
        public JsonPlace afterPart() {
            return new Text(end, kind, "");
        }

        @Override
        public boolean inString() {
            return true;
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
