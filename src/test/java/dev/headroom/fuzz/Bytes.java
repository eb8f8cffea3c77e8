package dev.headroom.fuzz;

import java.io.ByteArrayOutputStream;
import java.util.List;

/** Bytes put together. */
final class Bytes {

    private Bytes() {}

    static byte[] joined(List<byte[]> parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        parts.forEach(all::writeBytes);
        return all.toByteArray();
    }
}
