package dev.headroom.function.v2.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import dev.headroom.function.body.ElementLimit;
import dev.headroom.function.body.JsonFields;
import dev.headroom.function.body.JsonMeasure;
import dev.headroom.function.body.SoundUtf8;
import dev.headroom.function.body.StrictJson;
import dev.headroom.request.RequestFailedException;
import io.netty.buffer.Unpooled;
import java.io.IOException;

/** Reads and writes JSON as other servers of the protocol do: with NaN and Infinity as numbers. */
final class V2Json {

    static final JsonFactory FACTORY = JsonFactory.builder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .recyclerPool(JsonRecyclerPools.sharedBoundedPool()) // a virtual thread has none of its own to come back to
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
            .enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER)
            .disable(JsonWriteFeature.WRITE_NAN_AS_STRINGS)
            .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
            .build();

    private V2Json() {}

    /** Reads a value from JSON. */
    interface Reading<T> {

        T read(JsonParser parser) throws IOException;
    }

    /**
     * Reads UTF-8.
     *
     * @param most the most elements that an array may hold
     * @throws RequestFailedException when the bytes are no JSON, or the reading refuses them
     */
    static <T> T read(byte[] bytes, int from, int length, ElementLimit most, Reading<T> reading) {
        SoundUtf8.check(Unpooled.wrappedBuffer(bytes, from, length));
        try (JsonParser parser = new JsonMeasure(FACTORY.createParser(bytes, from, length), most)) {
            return reading.read(parser);
        } catch (JsonProcessingException e) {
            throw StrictJson.unreadable(e);
        } catch (IOException e) {
            throw JsonFields.invalid("The body's JSON is no UTF-8; send UTF-8.");
        }
    }

    /** Fails unless the parser is at this token. */
    static void expect(JsonParser parser, JsonToken wanted, String field, String what) throws IOException {
        if (parser.currentToken() != wanted) {
            throw JsonFields.invalid("%s is %s; send %s.", field, kind(parser), what);
        }
    }

    /**
     * The string that the parser is at.
     *
     * @param holder the object that holds it, for the error
     * @param field its name in the object
     */
    static String string(JsonParser parser, String holder, String field) throws IOException {
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            throw JsonFields.invalid("%s.%s is %s; send a string.", holder, field, kind(parser));
        }
        return parser.getText();
    }

    /** The kind of value that the parser is at, for an error. */
    static String kind(JsonParser parser) throws IOException {
        return switch (parser.currentToken()) {
            case null -> "missing";
            case VALUE_STRING -> "a string";
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "the number " + shortened(parser.getText());
            case VALUE_TRUE, VALUE_FALSE -> "the boolean " + parser.getText();
            case VALUE_NULL -> "null";
            case START_ARRAY -> "an array";
            case START_OBJECT -> "an object";
            case NOT_AVAILABLE, END_ARRAY, END_OBJECT, FIELD_NAME, VALUE_EMBEDDED_OBJECT -> "no value";
        };
    }

    private static String shortened(String text) {
        return text.length() <= 40 ? text : text.substring(0, 40) + "...";
    }
}
