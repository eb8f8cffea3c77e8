package dev.headroom.function.event;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Encodes and decodes attributes in HTTP headers, which hold only ASCII (CloudEvents' HTTP binding, 3.1.3.2). */
final class PercentCoding {

    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    private PercentCoding() {}

    /** Encodes spaces, quotes, percent signs and all characters that are not printable ASCII. */
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

    /** Decodes a header's value; a percent sign without two hexadecimal digits stands for itself. */
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
