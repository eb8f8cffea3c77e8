package dev.headroom.task;

/** The treatment of a text that has more tokens than the model reads. */
public enum Truncation {
    /** Refuses the text. */
    NONE,
    /** Cuts the side that the model's tokeniser cuts: its end, unless the model's folder says otherwise. */
    USUAL,
    /** Cuts its end. */
    RIGHT,
    /** Cuts its beginning. */
    LEFT
}
