package dev.headroom.hub;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/** The check of a downloaded file against its ETag. */
final class Checksum {

    static final int SHA256_DIGITS = 64;

    private static final int SHA1_DIGITS = 40;

    private static final Pattern HEXADECIMAL = Pattern.compile("[0-9a-f]+");

    private Checksum() {}

    /** True if the file has this content, or if the ETag does not tell. */
    static boolean holds(Path file, String etag) throws IOException {
        if (!HEXADECIMAL.matcher(etag).matches()) {
            return true;
        }
        return switch (etag.length()) {
            case SHA256_DIGITS -> etag.equals(digest(file, "SHA-256", ""));
            // Git's name of a file's content
            case SHA1_DIGITS -> etag.equals(digest(file, "SHA-1", "blob " + Files.size(file) + "\0"));
            default -> true;
        };
    }

    private static String digest(Path file, String algorithm, String head) throws IOException {
        try (InputStream content = Files.newInputStream(file)) {
            MessageDigest digest = MessageDigest.getInstance(algorithm);
            digest.update(head.getBytes(StandardCharsets.US_ASCII));
            byte[] block = new byte[1 << 16];
            for (int bytes = content.read(block); bytes >= 0; bytes = content.read(block)) {
                digest.update(block, 0, bytes);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every JVM has both
        }
    }
}
