package dev.headroom.generation.form;

/**
 * One of the words true, false and null.
 *
 * @param rest the letters that are still to come, at least one
 */
record JsonWord(String rest) implements JsonScalar {

    @Override
    public JsonScalar next(char c) {
        if (rest.charAt(0) != c) {
            return Outcome.REFUSED;
        }
        return rest.length() == 1 ? Outcome.WHOLE : new JsonWord(rest.substring(1));
    }
}
