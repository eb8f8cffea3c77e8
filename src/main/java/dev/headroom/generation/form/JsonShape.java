package dev.headroom.generation.form;

import java.util.List;
import java.util.function.Supplier;

/** The form that a JSON value is to have: the part of JSON Schema that is enforced while text is generated. */
public sealed interface JsonShape extends TextForm {

    /** Any object. */
    record AnyObject() implements JsonShape {}

    /** Any string. */
    record Text() implements JsonShape {}

    /** A number; without fraction and exponent where it is whole. */
    record Number(boolean whole) implements JsonShape {}

    /** One of these values, each written as JSON without white space; kept in the order of their characters, each once. */
    record Words(List<String> texts) implements JsonShape {

        public Words {
            texts = texts.stream().sorted().distinct().toList();
        }
    }

    /** An object of these members and no others, in this order. */
    record Members(List<Member> all) implements JsonShape {

        /** True if none of the members from this index on has to come. */
        boolean mayEnd(int from) {
            return all.subList(from, all.size()).stream().noneMatch(Member::required);
        }
    }

    /**
     * A member of an object.
     *
     * @param names its name as JSON, with quotation marks, in each of its spellings
     * @param required false if it may be left out
     */
    record Member(List<String> names, JsonShape shape, boolean required) {}

    /** An array of such elements, of at least and at most so many. */
    record Elements(JsonShape shape, int least, int most) implements JsonShape {}

    /** One of these. */
    record AnyOf(List<JsonShape> shapes) implements JsonShape {}

    /** A shape that may be part of itself. */
    record Named(Supplier<JsonShape> shape) implements JsonShape {}
}
