package dev.headroom.benchmark;

/**
 * A goal of the service.
 *
 * @param name of what is measured
 * @param measured what came out
 * @param wanted what it should be
 */
record Goal(String name, double measured, Wanted wanted) {

    /** The bound of a number. */
    sealed interface Wanted {

        /** At least so much. */
        record AtLeast(double value) implements Wanted {}

        /** At most so much. */
        record AtMost(double value) implements Wanted {}
    }

    static Goal atLeast(String name, double measured, double least) {
        return new Goal(name, measured, new Wanted.AtLeast(least));
    }

    static Goal atMost(String name, double measured, double most) {
        return new Goal(name, measured, new Wanted.AtMost(most));
    }

    boolean reached() {
        return switch (wanted) {
            case Wanted.AtLeast(double least) -> measured >= least;
            case Wanted.AtMost(double most) -> measured <= most;
        };
    }

    /** The bound in words. */
    String bound() {
        return switch (wanted) {
            case Wanted.AtLeast(double least) -> "at least " + Markdown.number(least);
            case Wanted.AtMost(double most) -> "at most " + Markdown.number(most);
        };
    }
}
