package dev.headroom.template;

import java.time.LocalDateTime;

/** One rendering, and its bounds: a template that does not end, or writes without end, is refused. One thread calls. */
final class Run {

    private static final int MOST_STEPS = 5_000_000;
    static final int MOST_CHARACTERS = 16 << 20;
    private static final int DEEPEST = 64;

    private final LocalDateTime now;
    private long steps;
    private long characters;
    private int depth;

    Run(LocalDateTime now) {
        this.now = now;
    }

    LocalDateTime now() {
        return now;
    }

    /** Something is evaluated. */
    void step() {
        steps(1);
    }

    /** So many values are looked at. */
    void steps(long count) {
        steps += count;
        if (steps > MOST_STEPS) {
            throw new TemplateException("the template does not come to an end");
        }
    }

    /** So many characters are made. */
    void made(long count) {
        characters += count;
        if (characters > MOST_CHARACTERS) {
            throw new TemplateException("the template makes more than 16 MiB of text");
        }
    }

    /** A macro begins. */
    void enter() {
        if (++depth > DEEPEST) {
            throw new TemplateException("macros call each other without end");
        }
    }

    /** A macro ends. */
    void leave() {
        depth--;
    }
}
