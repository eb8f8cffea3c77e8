package dev.headroom.function.v2.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.headroom.function.body.JsonFields;
import dev.headroom.request.RequestFailedException;
import dev.headroom.tensor.Datatype;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Reads a tensor's values from JSON: one flat array, or arrays nested like the shape. */
final class V2JsonValues {

    private final JsonParser parser;
    private final String field;
    private final Datatype datatype;
    private final int elements;
    private V2JsonElements values;

    /**
     * A reader for so many values.
     *
     * @param parser the parser at the beginning of the array
     * @param field the array's name, for errors
     */
    V2JsonValues(JsonParser parser, String field, Datatype datatype, int elements) {
        this.parser = parser;
        this.field = field;
        this.datatype = datatype;
        this.elements = elements;
    }

    /** The elements, from position 0 to the limit. */
    ByteBuffer read(long[] shape) throws IOException {
        values = new V2JsonElements(parser, field, datatype, elements);
        long[] counts = new long[shape.length];
        int depth = 1;
        int leaf = 0; // the depth of the values, once one is found
        while (depth > 0) {
            JsonToken token = parser.nextToken();
            if (token == JsonToken.END_ARRAY) {
                depth--;
                checkCount(shape, counts, depth, leaf);
            } else if (token == JsonToken.START_ARRAY && depth < shape.length && leaf != depth) {
                counts[depth - 1]++;
                counts[depth] = 0;
                depth++;
            } else {
                leaf = leaf == 0 ? depth : leaf;
                checkDepth(shape, depth, leaf, token);
                counts[depth - 1]++;
                value(token);
            }
        }
        if (values.written() != elements) {
            throw wrongCount(Integer.toString(values.written()));
        }
        return values.finished();
    }

    private void value(JsonToken token) throws IOException {
        if (values.written() == elements) {
            throw wrongCount("more");
        }
        values.put(token);
    }

    /** All values are as deep as the first of them: at the top, or as deep as the shape. */
    private void checkDepth(long[] shape, int depth, int leaf, JsonToken token) {
        boolean nested = token == JsonToken.START_ARRAY;
        if (nested || depth != leaf || depth != 1 && depth != shape.length) {
            throw unlike(shape);
        }
    }

    private void checkCount(long[] shape, long[] counts, int depth, int leaf) {
        boolean flat = leaf == 1 || shape.length == 1;
        if (!flat && counts[depth] != shape[depth]) {
            throw unlike(shape);
        }
    }

    private RequestFailedException unlike(long[] shape) {
        return JsonFields.invalid(
                "%s is nested unlike its shape %s; send its %d values as one array, or nested as the shape says.",
                field, Arrays.toString(shape), elements);
    }

    private RequestFailedException wrongCount(String count) {
        return JsonFields.invalid("%s holds %s values; its shape says %d.", field, count, elements);
    }
}
