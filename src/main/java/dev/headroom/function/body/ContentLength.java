package dev.headroom.function.body;

import java.util.regex.Pattern;

/** A number of bytes in a header. */
public final class ContentLength {

    /** At most 18 digits, which a long holds. */
    private static final Pattern DIGITS = Pattern.compile("[0-9]{1,18}");

    private ContentLength() {}

    /** The number of bytes; -1 where the header is null or no such number. */
    public static long of(String header) {
        return header != null && DIGITS.matcher(header).matches() ? Long.parseLong(header) : -1;
    }
}
