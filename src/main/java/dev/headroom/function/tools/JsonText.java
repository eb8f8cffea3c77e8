package dev.headroom.function.tools;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamWriteConstraints;
import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * A JSON value without white space. Its numbers are as they were written, because no number of Java's holds each of them. Of members
 * of the same name the first one is there.
 *
 * @param kind the first token
 */
record JsonText(JsonToken kind, String text) {

    private static final int ANY = Integer.MAX_VALUE;

    /** A value is as long and as deep as it was written. */
    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(ANY)
                    .maxNumberLength(ANY)
                    .maxStringLength(ANY)
                    .maxNameLength(ANY)
                    .build())
            .streamWriteConstraints(
                    StreamWriteConstraints.builder().maxNestingDepth(ANY).build())
            .build();

    /** The value of a text; empty where it is no JSON, or more than one value. */
    static Optional<JsonText> of(String written) {
        StringWriter text = new StringWriter();
        try (JsonParser parser = JSON.createParser(written);
                JsonGenerator to = JSON.createGenerator(text)) {
            JsonToken kind = parser.nextToken();
            if (kind == null) {
                return Optional.empty();
            }
            copy(parser, to);
            if (parser.nextToken() != null) {
                return Optional.empty();
            }
            to.flush();
            return Optional.of(new JsonText(kind, text.toString()));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static void copy(JsonParser parser, JsonGenerator to) throws IOException {
        Deque<Set<String>> open = new ArrayDeque<>();
        do {
            JsonToken token = parser.currentToken();
            if (token == JsonToken.FIELD_NAME && !open.getFirst().add(parser.currentName())) {
                parser.nextToken();
                parser.skipChildren();
            } else if (token.isNumeric()) {
                to.writeNumber(parser.getText());
            } else {
                to.copyCurrentEvent(parser);
            }
            if (token.isStructStart()) {
                open.push(new HashSet<>());
            } else if (token.isStructEnd()) {
                open.pop();
            }
        } while (!open.isEmpty() && parser.nextToken() != null);
    }

    /** The text that a string of JSON says. */
    static String unquoted(String json) {
        try (JsonParser parser = JSON.createParser(json)) {
            parser.nextToken();
            return parser.getText();
        } catch (IOException e) {
            throw new IllegalArgumentException("A string of JSON is none", e);
        }
    }
}
