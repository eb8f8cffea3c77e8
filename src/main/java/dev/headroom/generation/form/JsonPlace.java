package dev.headroom.generation.form;

import dev.headroom.generation.form.JsonScalar.Outcome;
import dev.headroom.template.calls.CallId;
import java.util.List;

/** A place in the JSON of a shape: what may come next there, and all that follows. It never changes. */
sealed interface JsonPlace
        permits JsonPlace.End,
                JsonPlace.Value,
                JsonPlace.Free,
                JsonPlace.Scalar,
                JsonPlace.Literal,
                WordPlace,
                ObjectPlace,
                ArrayPlace,
                CallPlace,
                ElementPlace,
                ContentPlace {

    /** Adds the places that a further character leads to; none where it is refused. */
    void after(char c, List<JsonPlace> to);

    /** The place after a part of a character that is not ASCII, within a string of any text. */
    default JsonPlace afterPart() {
        return this;
    }

    /** True within a string of any text, where characters that are not ASCII may stand. */
    default boolean inString() {
        return false;
    }

    /** True where white space is part of a value, or is none. */
    default boolean inValue() {
        return false;
    }

    /** True where the text may end. */
    default boolean mayEnd() {
        return false;
    }

    /** True for white space. */
    static boolean blank(char c) {
        return c == ' ' || c == '\n' || c == '\t' || c == '\r';
    }

    /** Behind all. */
    record End() implements JsonPlace {

        @Override
        public void after(char c, List<JsonPlace> to) {
            // nothing may follow
        }

        @Override
        public boolean mayEnd() {
            return true;
        }
    }

    /** Before a value. */
    record Value(JsonShape shape, JsonPlace then) implements JsonPlace {

        @Override
        public void after(char c, List<JsonPlace> to) {
            if (blank(c)) {
                to.add(this);
            } else {
                begin(shape, c, to);
            }
        }

        private void begin(JsonShape any, char c, List<JsonPlace> to) {
            switch (any) {
                case JsonShape.AnyObject _ -> Free.begin(c, then, to);
                case JsonShape.Text _ -> addIf(c == '"', new Scalar(JsonString.TEXT, false, then), to);
                case JsonShape.Number(boolean whole) -> Scalar.number(c, whole, then, to);
                case JsonShape.Words(List<String> texts) -> WordPlace.begin(texts, c, then, to);
                case JsonShape.Members members -> addIf(c == '{', new ObjectPlace.Key(members, 0, true, then), to);
                case JsonShape.Elements elements -> addIf(c == '[', new ArrayPlace.First(elements, then), to);
                case JsonShape.AnyOf(List<JsonShape> shapes) -> shapes.forEach(one -> begin(one, c, to));
                case JsonShape.Named named -> begin(named.shape().get(), c, to);
            }
        }

        private static void addIf(boolean fits, JsonPlace place, List<JsonPlace> to) {
            if (fits) {
                to.add(place);
            }
        }
    }

    /** Within an object that has no shape. */
    record Free(JsonState state, JsonPlace then) implements JsonPlace {

        private static void begin(char c, JsonPlace then, List<JsonPlace> to) {
            new Free(new JsonState(), then).after(c, to);
        }

        @Override
        public void after(char c, List<JsonPlace> to) {
            JsonState next = new JsonState();
            next.copy(state);
            if (next.read(String.valueOf(c))) {
                to.add(next.closed() ? then : new Free(next, then));
            }
        }

        @Override
        public boolean inString() {
            return state.inString();
        }

        @Override
        public boolean inValue() {
            return true;
        }
    }

    /** Within a string or a number. */
    record Scalar(JsonScalar scalar, boolean whole, JsonPlace then) implements JsonPlace {

        private static void number(char c, boolean whole, JsonPlace then, List<JsonPlace> to) {
            JsonScalar first = c == '-' ? JsonNumber.MINUS : JsonNumber.MINUS.next(c);
            if (first != Outcome.REFUSED) {
                to.add(new Scalar(first, whole, then));
            }
        }

        @Override
        public void after(char c, List<JsonPlace> to) {
            if (scalar.endsBefore(c)) {
                then.after(c, to);
                return;
            }
            JsonScalar next = whole && ".eE".indexOf(c) >= 0 ? Outcome.REFUSED : scalar.next(c);
            if (next == Outcome.WHOLE) {
                to.add(then);
            } else if (next != Outcome.REFUSED) {
                to.add(new Scalar(next, whole, then));
            }
        }

        @Override
        public boolean inString() {
            return scalar == JsonString.TEXT;
        }

        @Override
        public boolean inValue() {
            return scalar instanceof JsonString;
        }
    }

    /** Within a text that is given, with digits where it has marks of them; its rest is not empty, and does not end in a mark. */
    record Literal(String rest, JsonPlace then) implements JsonPlace {

        /** Adds the place within a text, or behind it, if it begins like this. */
        static void begin(String text, char c, JsonPlace then, List<JsonPlace> to) {
            char first = text.charAt(0);
            if (first == c || CallId.isDigit(first) && JsonNumber.isDigit(c)) {
                to.add(text.length() == 1 ? then : new Literal(text.substring(1), then));
            }
            if (first == CallId.MORE && text.length() > 1) {
                begin(text.substring(1), c, then, to);
            }
        }

        @Override
        public void after(char c, List<JsonPlace> to) {
            begin(rest, c, then, to);
        }

        @Override
        public boolean inValue() {
            return true;
        }
    }
}
