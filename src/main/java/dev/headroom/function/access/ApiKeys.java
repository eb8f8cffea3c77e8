package dev.headroom.function.access;

import io.quarkus.runtime.configuration.ConfigurationException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;

/** The keys that admit a request; only their digests are kept. */
final class ApiKeys {

    private static final int SHORTEST = 16;

    private final List<byte[]> digests;

    private ApiKeys(List<byte[]> digests) {
        this.digests = digests;
    }

    /**
     * The digests of these keys.
     *
     * @param source the setting or file that holds them, for the message; a message never holds a key
     * @throws ConfigurationException when one is no key, or there is none
     */
    static ApiKeys of(List<String> keys, String source) {
        if (keys.isEmpty()) {
            throw new ConfigurationException(
                    "%s holds no key: add one, as `openssl rand -hex 32` prints it, or leave it out."
                            .formatted(source));
        }
        List<byte[]> digests = new ArrayList<>();
        for (String key : keys) {
            check(key, digests.size() + 1, source);
            digests.add(digest(key));
        }
        return new ApiKeys(List.copyOf(digests));
    }

    private static void check(String key, int number, String source) {
        if (!key.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw new ConfigurationException(
                    "Key %d of %s holds a space, a control character or a letter beyond ASCII, which no header carries: make one with `openssl rand -hex 32`."
                            .formatted(number, source));
        }
        if (key.length() < SHORTEST) {
            throw new ConfigurationException(
                    "Key %d of %s has %d characters, which can be guessed: use at least %d, such as `openssl rand -hex 32` prints."
                            .formatted(number, source, key.length(), SHORTEST));
        }
    }

    /** True if the key is one of these. Compares every key whole, so that the time reveals nothing. */
    boolean hold(String key) {
        byte[] asked = digest(key);
        boolean held = false;
        for (byte[] digest : digests) {
            held |= MessageDigest.isEqual(digest, asked);
        }
        return held;
    }

    private static byte[] digest(String key) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-256", e);
        }
    }
}
