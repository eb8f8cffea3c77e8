package dev.headroom.function.body;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.util.JsonParserDelegate;
import dev.headroom.request.RequestFailedException;
import java.io.IOException;
import java.util.Arrays;

/**
 * Measures JSON while it is parsed: the heap that it takes as a tree. Refuses arrays with too many elements, numbers
 * aside, and objects with too many fields.
 */
public final class JsonMeasure extends JsonParserDelegate {

    /**
     * Bytes of heap for each byte of the worst JSON: nested objects, where five bytes become an object with one field.
     */
    static final long MOST_GROWTH = 75;

    /**
     * Bytes for each byte of a body: its copy; then the parser's characters, their copy and a text's string, two bytes
     * each.
     */
    private static final long COPIES = 7;

    // Bytes in the JVM with compressed references: a node and its contents.
    private static final int OBJECT = 24 + 56; // a LinkedHashMap
    private static final int FIRST_FIELD = 80; // its first table
    private static final int ARRAY = 24 + 24 + 56; // an ArrayList and its first array
    private static final int FIELD =
            40 + 8 + 48 + 56; // entry, place in the table, name, place in the parser's table of names
    private static final int TEXT = 16 + 24 + 24; // a string and its array's head
    private static final int NUMBER = 24;
    private static final int ELEMENT = 10; // in an array that grows by half, and is copied then

    private static final int MOST_FIELDS = 1000;

    private final ElementLimit most;
    private long[] counts = new long[16]; // by depth
    private int depth;
    private long heap;

    /**
     * A measure around a parser.
     *
     * @param most the most elements of an array, numbers aside
     */
    public JsonMeasure(JsonParser parser, ElementLimit most) {
        super(parser);
        this.most = most;
    }

    /** The heap that the JSON takes, which had so many bytes and has been read. */
    long heap(long bytes) {
        return heap + COPIES * bytes;
    }

    @Override
    public JsonToken nextToken() throws IOException {
        JsonToken token = super.nextToken();
        if (token != null) {
            count(token);
        }
        return token;
    }

    @Override
    public JsonToken nextValue() throws IOException {
        JsonToken token = nextToken();
        return token == JsonToken.FIELD_NAME ? nextToken() : token;
    }

    /** Skips token by token, because the parser's own way would not be measured. */
    @Override
    public JsonParser skipChildren() throws IOException {
        if (currentToken() != JsonToken.START_OBJECT && currentToken() != JsonToken.START_ARRAY) {
            return this;
        }
        int end = depth - 1;
        while (depth > end && nextToken() != null) {
            // measured
        }
        return this;
    }

    private void count(JsonToken token) {
        switch (token) {
            case END_OBJECT, END_ARRAY -> depth--;
            case FIELD_NAME -> field();
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> heap += NUMBER + ELEMENT;
            case START_OBJECT -> open(OBJECT);
            case START_ARRAY -> open(ARRAY);
            case VALUE_STRING -> element(TEXT);
            case VALUE_TRUE, VALUE_FALSE, VALUE_NULL -> element(0);
            case NOT_AVAILABLE, VALUE_EMBEDDED_OBJECT -> {}
        }
    }

    private void open(int bytes) {
        element(bytes);
        depth++;
        counts = depth < counts.length ? counts : Arrays.copyOf(counts, 2 * depth);
        counts[depth] = 0;
    }

    private void element(int bytes) {
        heap += bytes + ELEMENT;
        if (isInArray() && ++counts[depth] > most.elements()) {
            throw most.exceeded(path());
        }
    }

    private boolean isInArray() {
        return holder().inArray();
    }

    /** The array or object around the current token. The parser puts the start of one within itself. */
    private JsonStreamContext holder() {
        JsonStreamContext at = getParsingContext();
        boolean begun = currentToken() == JsonToken.START_OBJECT || currentToken() == JsonToken.START_ARRAY;
        return begun ? at.getParent() : at;
    }

    private void field() {
        heap += counts[depth] == 0 ? FIRST_FIELD + FIELD : FIELD;
        if (++counts[depth] > MOST_FIELDS) {
            throw tooManyFields();
        }
    }

    private RequestFailedException tooManyFields() {
        return JsonFields.tooLarge(
                "%s holds more than %d fields, which nothing does that is served; leave out what is not asked for.",
                path(), MOST_FIELDS);
    }

    /** The array or object that holds the current token, as {@code data.inputs}. */
    private String path() {
        String pointer = holder().getParent().pathAsPointer().toString();
        return pointer.isEmpty() ? "The body" : pointer.substring(1).replace('/', '.');
    }
}
