package dev.headroom.task.image;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** The parts of a file for the decoder; none is copied before {@link #joined}. */
final class KeptParts {

    /** The most parts; encoders write some tens. */
    private static final int MOST_PARTS = 10_000;

    private final byte[] file;
    private final List<Part> parts = new ArrayList<>();

    /** No part of a file yet. */
    KeptParts(byte[] file) {
        this.file = file;
    }

    private record Part(int from, int end) {}

    /** Keeps bytes behind those that are kept already. */
    void keep(int from, int length) {
        boolean follows = !parts.isEmpty() && parts.getLast().end() == from;
        int start = follows ? parts.removeLast().from() : from;
        if (parts.size() == MOST_PARTS) {
            throw new BrokenImageException("is in more than %,d pieces; save it anew".formatted(MOST_PARTS));
        }
        parts.add(new Part(start, from + length));
    }

    /** A file of the kept bytes alone. */
    byte[] joined() {
        return joined(new byte[0], new byte[0]);
    }

    /** A file of the kept bytes, between others. */
    byte[] joined(byte[] before, byte[] after) {
        int length = before.length + after.length;
        for (Part part : parts) {
            length += part.end() - part.from();
        }
        ByteBuffer joined = ByteBuffer.allocate(length).put(before);
        parts.forEach(part -> joined.put(file, part.from(), part.end() - part.from()));
        return joined.put(after).array();
    }
}
