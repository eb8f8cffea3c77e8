package dev.headroom.function.body;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.util.JsonParserDelegate;
import dev.headroom.request.RequestFailedException;
import java.io.IOException;
import java.util.Arrays;

/**
 * Counts JSON while it is read, and stops where it holds more than is taken: elements of an array, numbers aside, and fields of an
 * object. It also tells how much heap the JSON takes as a tree.
 */
public final class JsonMeasure extends JsonParserDelegate {

    /** Bytes of heap for each byte of the worst JSON there is, objects within objects: five bytes become one object with one field. */
    static final long MOST_GROWTH = 75;

    /** Bytes for each byte of a body: its copy, and the parser's characters, their copy and the string of a text, two bytes each. */
    private static final long COPIES = 7;

    // As the JVM lays them out with compressed references: node, and what it holds.
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
     * A measure of what a parser reads.
     *
     * @param most how many elements an array may hold, numbers aside
     */
    public JsonMeasure(JsonParser parser, ElementLimit most) {
        super(parser);
        this.most = most;
    }

    /** The heap that so many bytes take which have been read by it. */
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

    /** By tokens, as the parser itself would not count them. */
    @Override
    public JsonParser skipChildren() throws IOException {
        if (currentToken() != JsonToken.START_OBJECT && currentToken() != JsonToken.START_ARRAY) {
            return this;
        }
        int end = depth - 1;
        while (depth > end && nextToken() != null) {
            // counted
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

    /** What holds the current token; of what has just begun the parser says that it is within itself. */
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
