package dev.headroom.function.v2;

import dev.headroom.function.body.JsonFields;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Elements as bytes: row-major and little-endian, an element of BYTES after its length of four bytes. */
public final class RawValues {

    private RawValues() {}

    /**
     * Checks that bytes are the elements that they should be.
     *
     * @param field what holds them, for the error
     * @param raw the bytes from the position to the limit, which stay where they are
     * @throws dev.headroom.request.RequestFailedException when they are not
     */
    public static void check(String field, Datatype datatype, int elements, ByteBuffer raw) {
        if (datatype == Datatype.BYTES) {
            checkLengths(field, elements, raw);
            return;
        }
        long wanted = (long) elements * datatype.size;
        if (raw.remaining() != wanted) {
            throw JsonFields.invalid(
                    "%s holds %d bytes; %d elements of %s take %d.",
                    field, raw.remaining(), elements, datatype, wanted);
        }
        if (datatype == Datatype.BOOL) {
            checkBooleans(field, raw);
        }
    }

    private static void checkBooleans(String field, ByteBuffer raw) {
        for (int i = raw.position(); i < raw.limit(); i++) {
            if ((raw.get(i) & ~1) != 0) {
                throw JsonFields.invalid(
                        "%s: its byte %d is %d; send 1 for true and 0 for false.",
                        field, i - raw.position(), raw.get(i) & 0xFF);
            }
        }
    }

    private static void checkLengths(String field, int elements, ByteBuffer raw) {
        ByteBuffer rest = raw.slice().order(ByteOrder.LITTLE_ENDIAN);
        int found = 0;
        while (rest.hasRemaining()) {
            if (rest.remaining() < Integer.BYTES || tooLong(rest)) {
                throw JsonFields.invalid(
                        "%s ends within its element %d; send each after its length as 4 bytes, little-endian.",
                        field, found);
            }
            skip(rest);
            found++;
        }
        if (found != elements) {
            throw JsonFields.invalid("%s holds %d elements; its shape says %d.", field, found, elements);
        }
    }

    private static boolean tooLong(ByteBuffer rest) {
        long length = Integer.toUnsignedLong(rest.getInt(rest.position()));
        return length > rest.remaining() - Integer.BYTES;
    }

    /** Goes to the end of an element of BYTES. */
    static void skip(ByteBuffer rest) {
        int length = rest.getInt();
        rest.position(rest.position() + length);
    }

    /** The next element of BYTES, without its length. */
    public static byte[] next(ByteBuffer rest) {
        byte[] element = new byte[rest.getInt()];
        rest.get(element);
        return element;
    }
}
