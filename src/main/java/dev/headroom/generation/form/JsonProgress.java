package dev.headroom.generation.form;

/** How far the text of one sequence is read that has to have a form; one thread at a time may call. */
public sealed interface JsonProgress permits FreeJson, ShapedJson, TextWithCalls {

    /** The beginning of a text of this form; JSON of a shape is an object. */
    static JsonProgress of(TextForm form) {
        return switch (form) {
            case JsonShape.AnyObject _ -> new FreeJson();
            case JsonShape shape -> new ShapedJson(shape);
            case CallForm calls -> of(calls);
        };
    }

    private static JsonProgress of(CallForm calls) {
        JsonPlace first = new CallPlace.First(calls);
        return switch (calls.otherwise()) {
            case CallForm.Otherwise.Text _ -> new TextWithCalls(calls);
            case CallForm.Otherwise.Json(JsonShape shape) ->
                new ShapedJson(JsonReading.at(new JsonPlace.Value(shape, new JsonPlace.End()), first));
            case CallForm.Otherwise.Nothing _ -> new ShapedJson(JsonReading.at(first));
        };
    }

    /** True if this text may come next. */
    boolean allows(String text);

    /** Reads a text that is allowed. */
    void read(String text);

    /** Reads a part of a character that is not ASCII, where {@link #inString} says that it may stand. */
    void readPart();

    /** True within a string, where characters that are not ASCII may stand. */
    boolean inString();

    /** True where a token without text may come, because any text may. */
    default boolean takesAny() {
        return false;
    }

    /** True where the text may end. */
    boolean mayEnd();

    /** True once nothing may follow. */
    boolean closed();
}
