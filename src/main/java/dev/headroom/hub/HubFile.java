package dev.headroom.hub;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A file of a repository.
 *
 * @param path its path in the repository
 * @param size its bytes; empty where the Hub's list leaves them out
 * @param etag the name of its content in a cache: the SHA-256 of a file in Git LFS, else the SHA-1 of the blob in Git. Empty
 *     where the Hub's list leaves it out
 */
record HubFile(String path, OptionalLong size, Optional<String> etag) {

    private static final int LONGEST_PART = 200;
    private static final int LONGEST_PATH = 500;

    private static final Pattern ETAG = Pattern.compile("\\w[\\w.-]{0,127}");

    /** True if the path leads nowhere but below the repository's folder, on any file system. */
    static boolean isSafe(String path) {
        return path.length() <= LONGEST_PATH
                && path.chars()
                        .noneMatch(character -> character < ' ' || character == 127 || "\\:".indexOf(character) >= 0)
                && Stream.of(path.split("/", -1)).allMatch(HubFile::isSafePart);
    }

    private static boolean isSafePart(String part) {
        return !part.isBlank() && !part.equals(".") && !part.equals("..") && part.length() <= LONGEST_PART;
    }

    /** True if a cache may have a file of this name. */
    static boolean isEtag(String text) {
        return ETAG.matcher(text).matches();
    }

    /** The header ETag without quotes and the mark of a weak one. */
    static Optional<String> etagOf(String header) {
        return Optional.of(header.replaceFirst("^W/", "").replace("\"", "")).filter(HubFile::isEtag);
    }
}
