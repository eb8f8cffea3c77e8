package dev.headroom.generation.form;

/** A number, named by what was read of it last. */
enum JsonNumber implements JsonScalar {
    MINUS(false),
    ZERO(true),
    INTEGER(true),
    POINT(false),
    FRACTION(true),
    EXPONENT(false),
    EXPONENT_SIGN(false),
    EXPONENT_DIGITS(true);

    private final boolean whole;

    JsonNumber(boolean whole) {
        this.whole = whole;
    }

    @Override
    public boolean endsBefore(char c) {
        return whole && next(c) == Outcome.REFUSED;
    }

    @Override
    public JsonScalar next(char c) {
        return switch (this) {
            case MINUS -> c == '0' ? ZERO : digit(c, INTEGER);
            case ZERO -> c == '.' ? POINT : exponent(c);
            case INTEGER -> c == '.' ? POINT : isDigit(c) ? INTEGER : exponent(c);
            case POINT -> digit(c, FRACTION);
            case FRACTION -> isDigit(c) ? FRACTION : exponent(c);
            case EXPONENT -> c == '+' || c == '-' ? EXPONENT_SIGN : digit(c, EXPONENT_DIGITS);
            case EXPONENT_SIGN, EXPONENT_DIGITS -> digit(c, EXPONENT_DIGITS);
        };
    }

    private static JsonScalar digit(char c, JsonNumber next) {
        return isDigit(c) ? next : Outcome.REFUSED;
    }

    private static JsonScalar exponent(char c) {
        return c == 'e' || c == 'E' ? EXPONENT : Outcome.REFUSED;
    }

    static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
