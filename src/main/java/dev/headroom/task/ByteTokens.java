package dev.headroom.task;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * The tokens of single bytes, such as {@code <0xE2>}, to which SentencePiece falls back. Their texts alone do not tell them
 * apart: most are no whole character.
 */
final class ByteTokens {

    private static final JsonFactory JSON = new JsonFactory();
    private static final Pattern NAME = Pattern.compile("<0x([0-9A-Fa-f]{2})>");

    /** The byte of each id, up to the last that has one; -1 for none. */
    private final int[] bytes;

    private ByteTokens(Map<Integer, Integer> bytes) {
        int last = bytes.keySet().stream().mapToInt(Integer::intValue).max().orElse(-1);
        this.bytes = IntStream.rangeClosed(0, last)
                .map(id -> bytes.getOrDefault(id, -1))
                .toArray();
    }

    /**
     * Reads the vocabulary of a tokenizer.json.
     *
     * @param decode the tokeniser: if it reads such a name as a name, then there are no such tokens
     */
    static ByteTokens of(Path file, Function<int[], String> decode) throws IOException {
        Map<Integer, Integer> bytes = new HashMap<>();
        try (JsonParser json = JSON.createParser(file.toFile())) {
            while (json.nextToken() != null) {
                if (json.currentToken() == JsonToken.FIELD_NAME
                        && json.currentName().equals("vocab")) {
                    read(json, bytes);
                }
            }
        }
        boolean names = bytes.keySet().stream()
                .anyMatch(id -> NAME.matcher(decode.apply(new int[] {id})).find());
        return new ByteTokens(names ? Map.of() : bytes);
    }

    /** A vocabulary is an object of ids by name, or a list of names with scores, whose ids are their places. */
    private static void read(JsonParser json, Map<Integer, Integer> bytes) throws IOException {
        JsonToken value = json.nextToken();
        if (value == JsonToken.START_OBJECT) {
            while (json.nextToken() != JsonToken.END_OBJECT) {
                String name = json.currentName();
                json.nextToken();
                add(name, json.getIntValue(), bytes);
            }
        } else if (value == JsonToken.START_ARRAY) {
            for (int id = 0; json.nextToken() != JsonToken.END_ARRAY; id++) {
                json.nextToken();
                add(json.getText(), id, bytes);
                while (json.nextToken() != JsonToken.END_ARRAY) {
                    json.skipChildren();
                }
            }
        }
    }

    private static void add(String name, int id, Map<Integer, Integer> bytes) {
        Matcher matcher = NAME.matcher(name);
        if (matcher.matches()) {
            bytes.put(id, Integer.parseInt(matcher.group(1), 16));
        }
    }

    OptionalInt byteOf(int id) {
        return id < bytes.length && bytes[id] >= 0 ? OptionalInt.of(bytes[id]) : OptionalInt.empty();
    }
}
