package dev.headroom.function.event;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The SHA-256 digest of a sequence of values. Each value adds its kind and its size first, so that no two sequences
 * add the same bytes. JSON is walked as it was read, and a long text is added piece by piece: nothing is copied whole.
 */
final class Fingerprint {

    /** The characters of a text that are added at a time. */
    private static final int PIECE = 1024;

    private static final int TEXT = -1;
    private static final int BYTES = -2;

    private final MessageDigest digest;
    private final ByteBuffer buffer = ByteBuffer.allocate(PIECE * Character.BYTES);

    Fingerprint() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }

    /** Adds a text. */
    Fingerprint add(String text) {
        addHead(TEXT, text.length());
        for (int from = 0; from < text.length(); from += PIECE) {
            int to = Math.min(from + PIECE, text.length());
            buffer.clear().asCharBuffer().put(text, from, to);
            digest.update(buffer.limit((to - from) * Character.BYTES));
        }
        return this;
    }

    /** Adds bytes. */
    Fingerprint add(byte[] bytes) {
        addHead(BYTES, bytes.length);
        digest.update(bytes);
        return this;
    }

    /** Adds JSON with all that it holds. */
    Fingerprint add(JsonNode json) {
        addHead(json.getNodeType().ordinal(), json.size());
        if (json.isObject()) {
            json.properties().forEach(field -> add(field.getKey()).add(field.getValue()));
        } else if (json.isArray()) {
            json.forEach(this::add);
        } else {
            add(json.asText());
        }
        return this;
    }

    /** Ends the sequence, and returns its digest in hexadecimal digits. */
    String hex() {
        return HexFormat.of().formatHex(digest.digest());
    }

    private void addHead(int kind, int size) {
        digest.update(buffer.clear().putInt(kind).putInt(size).flip());
    }
}
