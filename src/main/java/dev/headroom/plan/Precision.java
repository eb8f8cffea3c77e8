package dev.headroom.plan;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** Which of a graph's files is meant, by its name. */
public enum Precision {
    /** The graph's own file, in the precision in which it was exported: usually 32 bits a value. */
    FULL,
    /** The same graph with 16 bits a value, in a file whose name ends in {@code _fp16.onnx}. */
    HALF;

    /** The lower-case word that {@code GET /plan} shows. */
    @JsonValue
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
