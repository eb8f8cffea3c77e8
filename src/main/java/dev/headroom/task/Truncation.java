package dev.headroom.task;

/** The treatment of a text that has more tokens than the model reads. */
public enum Truncation {
    /** Refuses the text. */
    NONE,
    /** Cuts its end. */
    RIGHT,
    /** Cuts its beginning. */
    LEFT
}
