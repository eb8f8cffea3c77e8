package dev.headroom.plan;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** The precision of a graph's file, as its name tells. */
public enum Precision {
    /** The file as it was exported, usually with 32 bits a value. */
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
