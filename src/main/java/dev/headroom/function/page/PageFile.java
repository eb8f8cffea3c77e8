package dev.headroom.function.page;

import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A file of the page.
 *
 * @param mediaType its media type, as browsers need it
 * @param content its bytes
 * @param tag a tag that changes with the content, in quotes as the header {@code ETag} has it
 */
record PageFile(String mediaType, Buffer content, String tag) {

    /** The names that a file may have. No other name is looked for, so that none leads out of the folder. */
    private static final Pattern NAME = Pattern.compile("[a-z]+(?:-[a-z]+)*\\.(html|css|js|svg)");

    /** Enough of a SHA-256 that two versions never share it, in bytes. */
    private static final int TAG_LENGTH = 12;

    /** Reads a file; empty where the page has none of this name. */
    static Optional<PageFile> read(String name) {
        Matcher known = NAME.matcher(name);
        if (!known.matches()) {
            return Optional.empty();
        }
        try (InputStream file = PageFile.class.getResourceAsStream(name)) {
            return file == null ? Optional.empty() : Optional.of(of(mediaType(known.group(1)), file.readAllBytes()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static PageFile of(String mediaType, byte[] content) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(content);
            String tag = "\"" + HexFormat.of().formatHex(hash, 0, TAG_LENGTH) + "\"";
            return new PageFile(mediaType, Buffer.buffer(content), tag);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }

    private static String mediaType(String ending) {
        return switch (ending) {
            case "html" -> "text/html;charset=UTF-8";
            case "css" -> "text/css;charset=UTF-8";
            case "js" -> "text/javascript;charset=UTF-8";
            case "svg" -> "image/svg+xml";
            default -> throw new IllegalArgumentException(ending);
        };
    }

    /** True if a browser that sends this {@code If-None-Match} has the file already. */
    boolean isHeld(String ifNoneMatch) {
        return ifNoneMatch != null && (ifNoneMatch.equals("*") || ifNoneMatch.contains(tag));
    }
}
