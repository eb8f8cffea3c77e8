package dev.headroom.function.body;

/** A number of bytes in a header. */
public final class ContentLength {

    /** A long holds so many. */
    private static final int MOST_DIGITS = 18;

    private ContentLength() {}

    /** The number of bytes; -1 where the header is null or no such number. */
    public static long of(String header) {
        if (header == null || header.isEmpty() || header.length() > MOST_DIGITS) {
            return -1;
        }
        for (int i = 0; i < header.length(); i++) {
            if (header.charAt(i) < '0' || header.charAt(i) > '9') {
                return -1;
            }
        }
        return Long.parseLong(header);
    }
}
