package dev.headroom.template;

/** A template is not understood, or refuses what it is given; the message says what and where. */
public final class TemplateException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    TemplateException(String message) {
        super(message);
    }

    /** Something wrong in a line of the template. */
    static TemplateException at(int line, String problem, Object... arguments) {
        return new TemplateException("line %d: %s".formatted(line, problem.formatted(arguments)));
    }
}
