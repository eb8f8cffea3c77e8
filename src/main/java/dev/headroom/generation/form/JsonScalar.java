package dev.headroom.generation.form;

/** A string, number or word of JSON that is being read, as far as it is read. */
sealed interface JsonScalar permits JsonString, JsonNumber, JsonWord, JsonScalar.Outcome {

    /** The state after a further character. */
    JsonScalar next(char c);

    /** True if it is whole and this character is none of it. Only a number does not say itself where it ends. */
    default boolean endsBefore(char c) {
        return false;
    }

    /** How a scalar ends. */
    enum Outcome implements JsonScalar {
        /** The last character was read. */
        WHOLE,
        /** The last character does not belong there. */
        REFUSED;

        @Override
        public JsonScalar next(char c) {
            return REFUSED;
        }
    }
}
