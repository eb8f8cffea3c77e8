package dev.headroom.function.event;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;

/**
 * A CloudEvent that asks for inference, whichever mode it came in.
 *
 * @param attributes all its attributes by their names, extensions included
 */
record Event(Map<String, String> attributes, EventData data) {

    /** The attribute's value; empty where it is left out or empty. */
    Optional<String> attribute(String name) {
        return Optional.ofNullable(attributes.get(name)).filter(value -> !value.isEmpty());
    }

    /**
     * Tells the event from others. By the specification source and id do that; the data is in it too, because
     * people who post events by hand leave the id as it was.
     */
    String fingerprint() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            add(digest, attributes.get("source").getBytes(StandardCharsets.UTF_8));
            add(digest, attributes.get("id").getBytes(StandardCharsets.UTF_8));
            add(digest, attribute("model").orElse("").getBytes(StandardCharsets.UTF_8));
            add(digest, data.mediaType().getBytes(StandardCharsets.UTF_8));
            data.writeTo(new DigestOutputStream(OutputStream.nullOutputStream(), digest));
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException | IOException e) {
            throw new IllegalStateException("Every Java has SHA-256, and writes nowhere", e);
        }
    }

    /** With its length, so that no two lists of values are the same octets. */
    private static void add(MessageDigest digest, byte[] value) {
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, value.length));
        digest.update(value);
    }
}
