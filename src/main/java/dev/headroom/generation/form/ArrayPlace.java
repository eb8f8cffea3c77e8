package dev.headroom.generation.form;

import java.util.List;

/** A place within an array, between its elements. */
sealed interface ArrayPlace extends JsonPlace {

    /** Before the first element of an array. */
    record First(JsonShape.Elements elements, JsonPlace then) implements ArrayPlace {

        @Override
        public void after(char c, List<JsonPlace> to) {
            if (JsonPlace.blank(c)) {
                to.add(this);
            } else if (c == ']') {
                if (elements.least() == 0) {
                    to.add(then);
                }
            } else if (elements.most() > 0) {
                new JsonPlace.Value(elements.shape(), new Next(elements, 1, then)).after(c, to);
            }
        }
    }

    /** Behind an element of an array. */
    record Next(JsonShape.Elements elements, int count, JsonPlace then) implements ArrayPlace {

        @Override
        public void after(char c, List<JsonPlace> to) {
            if (JsonPlace.blank(c)) {
                to.add(this);
            } else if (c == ']' && count >= elements.least()) {
                to.add(then);
            } else if (c == ',' && count < elements.most()) {
                to.add(new JsonPlace.Value(elements.shape(), new Next(elements, count + 1, then)));
            }
        }
    }
}
