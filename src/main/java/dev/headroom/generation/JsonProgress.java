package dev.headroom.generation;

/** How far the JSON of one sequence is read; one thread at a time may call. */
sealed interface JsonProgress permits FreeJson, ShapedJson {

    /** The beginning of the JSON of a shape, which is an object. */
    static JsonProgress of(JsonShape shape) {
        return shape instanceof JsonShape.AnyObject ? new FreeJson() : new ShapedJson(shape);
    }

    /** True if this text may come next. */
    boolean allows(String text);

    /** Reads a text that is allowed. */
    void read(String text);

    /** Reads a part of a character that is not ASCII, where {@link #inString} says that it may stand. */
    void readPart();

    /** True within a string, where characters that are not ASCII may stand. */
    boolean inString();

    /** True once the object is closed: nothing may follow. */
    boolean closed();
}
