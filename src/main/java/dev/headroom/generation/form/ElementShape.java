package dev.headroom.generation.form;

import java.util.List;

/** The form of arguments that have an element each: these parameters and no others, in any order, each once at most. */
public record ElementShape(List<Parameter> parameters) {

    /** True if a call may come without any arguments. */
    boolean mayBeEmpty() {
        return mayEnd(parameters);
    }

    /** True if none of the parameters that are left has to come. */
    static boolean mayEnd(List<Parameter> left) {
        return left.stream().noneMatch(Parameter::required);
    }

    /**
     * A parameter.
     *
     * @param required false if it may be left out
     */
    public record Parameter(String name, Content content, boolean required) {}

    /**
     * What may stand in an element: one of these.
     *
     * @param words these texts, kept in the order of their characters, each once
     * @param numbers numbers of such a kind
     * @param nested objects and arrays of such shapes, as JSON
     */
    public record Content(Text text, List<String> words, List<JsonShape> numbers, List<JsonShape> nested) {

        public Content {
            words = words.stream().sorted().distinct().toList();
        }
    }

    /** Which text may stand in an element. None holds the mark that ends the element. */
    public enum Text {
        NONE,
        /** One that begins with no bracket of an object or an array, which would be read as one. */
        UNBRACKETED,
        ANY
    }
}
