package dev.headroom.function.v2;

import dev.headroom.function.body.JsonFields;
import dev.headroom.tensor.Datatype;
import dev.headroom.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Collectors;

/** Checks the types and bytes that callers send. Each method throws a RequestFailedException when they are wrong. */
public final class RawValues {

    private RawValues() {}

    /** The datatype of this name, which an input holds. */
    public static Datatype datatype(String input, String name) {
        return Datatype.named(name)
                .orElseThrow(() -> JsonFields.invalid(
                        "%s.datatype is '%s'; send one of %s.",
                        input,
                        name,
                        Arrays.stream(Datatype.values()).map(Enum::name).collect(Collectors.joining(", "))));
    }

    /**
     * Checks that bytes are so many elements of a type.
     *
     * @param field the field that holds them, for the error
     * @param raw the bytes from the position to the limit, which do not move
     */
    public static void check(String field, Datatype datatype, int elements, ByteBuffer raw) {
        if (datatype == Datatype.BYTES) {
            checkLengths(field, elements, raw);
            return;
        }
        long wanted = (long) elements * datatype.bytes;
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
            Tensor.nextBytes(rest);
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

    /** Checks that the elements of BYTES are texts, which ONNX Runtime takes in UTF-8 and ended by a NUL. */
    static void checkTexts(String input, Tensor tensor) {
        CharsetDecoder utf8 = StandardCharsets.UTF_8.newDecoder();
        ByteBuffer rest = tensor.data();
        for (int element = 0; rest.hasRemaining(); element++) {
            try {
                if (utf8.decode(Tensor.nextBytes(rest)).chars().anyMatch(character -> character == 0)) {
                    throw JsonFields.invalid(
                            "The input '%s' holds a NUL in its element %d, which no text of a model holds; leave it out.",
                            input, element);
                }
            } catch (CharacterCodingException e) {
                throw JsonFields.invalid(
                        "The input '%s' holds bytes that are no UTF-8 in its element %d, and the model takes texts; send UTF-8.",
                        input, element);
            }
        }
    }
}
