package dev.headroom.function.event;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Codes events' attributes for HTTP headers, which hold only ASCII (CloudEvents' HTTP binding, 3.1.3.2). */
final class PercentCoding {

    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    private PercentCoding() {}

    /** The value as a header may hold it: what is not printable ASCII, spaces, quotes and percent signs are encoded. */
    static String encode(String value) {
        if (value.chars().allMatch(PercentCoding::isPlain)) {
            return value;
        }
        StringBuilder header = new StringBuilder();
        for (byte octet : value.getBytes(StandardCharsets.UTF_8)) {
            if (isPlain(octet)) {
                header.append((char) octet);
            } else {
                header.append('%').append(HEX.toHexDigits(octet));
            }
        }
        return header.toString();
    }

    /** The value that a header holds; a percent sign that begins no octet stands for itself. */
    static String decode(String header) {
        String value = unquoted(header);
        if (value.indexOf('%') < 0) {
            return value;
        }
        byte[] octets = value.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream decoded = new ByteArrayOutputStream(octets.length);
        for (int i = 0; i < octets.length; i++) {
            if (octets[i] == '%' && i + 2 < octets.length && isHex(octets[i + 1]) && isHex(octets[i + 2])) {
                decoded.write(HexFormat.fromHexDigit(octets[i + 1]) << 4 | HexFormat.fromHexDigit(octets[i + 2]));
                i += 2;
            } else {
                decoded.write(octets[i]);
            }
        }
        return decoded.toString(StandardCharsets.UTF_8);
    }

    private static String unquoted(String header) {
        String value = header.trim();
        boolean quoted = value.length() > 1 && value.startsWith("\"") && value.endsWith("\"");
        return quoted ? value.substring(1, value.length() - 1).replaceAll("\\\\(.)", "$1") : value;
    }

    private static boolean isPlain(int character) {
        return character > ' ' && character <= '~' && character != '"' && character != '%';
    }

    private static boolean isHex(byte octet) {
        return HexFormat.isHexDigit(octet);
    }
}
