package dev.headroom.benchmark;

/**
 * What the service should reach.
 *
 * @param name of what is measured
 * @param measured what came out
 * @param wanted what it should be
 */
record Goal(String name, double measured, Wanted wanted) {

    /** What a number should be. */
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

    /** What it should be, in words. */
    String bound() {
        return switch (wanted) {
            case Wanted.AtLeast(double least) -> "at least " + Markdown.number(least);
            case Wanted.AtMost(double most) -> "at most " + Markdown.number(most);
        };
    }
}
