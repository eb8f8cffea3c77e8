package dev.headroom.function.v2.grpc;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.sun.management.ThreadMXBean;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GrpcMeasureTest {

    /** Messages that become much larger than themselves, each in its own way. */
    enum Shape {
        EMPTY_INPUTS(bytes -> repeated(bytes, 5, new byte[0])),
        EMPTY_OUTPUTS(bytes -> repeated(bytes, 6, new byte[0])),
        PARAMETERS(GrpcMeasureTest::parameters),
        EMPTY_RAW_CONTENTS(bytes -> repeated(bytes, 7, new byte[0])),
        SHORT_RAW_CONTENTS(bytes -> repeated(bytes, 7, new byte[1])),
        NAMES(bytes -> repeated(bytes, 1, new byte[1000])),
        ONE_RAW_CONTENT(bytes -> repeated(1, 7, new byte[bytes])),
        BOOLEANS(bytes -> contents(1, new byte[bytes])),
        INTEGERS(bytes -> contents(2, new byte[bytes])),
        LONG_INTEGERS(bytes -> contents(3, new byte[bytes])),
        FLOATS(bytes -> contents(6, new byte[bytes / 4 * 4])),
        EMPTY_OCTETS(bytes -> input(repeated(1, 5, repeated(bytes, 8, new byte[0])))),
        SHORT_OCTETS(bytes -> input(repeated(1, 5, repeated(bytes, 8, new byte[1])))),
        NUMBERS_BY_THEMSELVES(bytes -> input(repeated(1, 5, pattern(bytes, 3 << 3, 1)))),
        UNKNOWN_NUMBERS(bytes -> pattern(bytes, 15 << 3, 1)),
        UNKNOWN_OCTETS(bytes -> repeated(bytes, 15, new byte[1])),
        UNKNOWN_GROUPS(bytes -> pattern(bytes, 15 << 3 | 3, 15 << 3 | 4)),
        GROUPS_IN_GROUPS(bytes -> pattern(bytes, 123, 123, 123, 123, 124, 124, 124, 124));

        private final IntFunction<byte[]> message;

        Shape(IntFunction<byte[]> message) {
            this.message = message;
        }
    }

    private static byte[] repeated(int bytes, int field, byte[] value) {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(message);
        try {
            for (int written = 0; written < bytes; written += value.length + 2) {
                out.writeByteArray(field, value);
            }
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return message.toByteArray();
    }

    private static byte[] parameters(int bytes) {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        for (int i = 0; message.size() < bytes; i++) {
            byte[] key = ByteString.copyFromUtf8(Integer.toString(i, 36)).toByteArray();
            message.writeBytes(repeated(1, 4, repeated(1, 1, key)));
        }
        return message.toByteArray();
    }

    private static byte[] contents(int field, byte[] packed) {
        return input(repeated(1, 5, repeated(1, field, packed)));
    }

    private static byte[] input(byte[] fields) {
        return repeated(1, 5, fields);
    }

    private static byte[] pattern(int bytes, int... pattern) {
        byte[] message = new byte[bytes / pattern.length * pattern.length];
        for (int i = 0; i < message.length; i++) {
            message[i] = (byte) pattern[i % pattern.length];
        }
        return message;
    }

    private static long measured(byte[] message) throws IOException {
        return GrpcMeasure.heap(CodedInputStream.newInstance(message), ModelInferRequest.getDescriptor());
    }

    @ParameterizedTest
    @EnumSource
    void noMessageIsLargerThanItSays(Shape shape) throws IOException {
        byte[] message = shape.message.apply(1 << 20);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long measured = measured(message);
        long before = threads.getCurrentThreadAllocatedBytes();
        ModelInferRequest.parseFrom(new ByteArrayInputStream(message));
        long taken = threads.getCurrentThreadAllocatedBytes() - before;
        assertTrue(
                taken <= measured + 10_000,
                "%d bytes take %d, and %d are said".formatted(message.length, taken, measured));
    }

    @Test
    void whatIsNoMessageIsFoundSo() {
        byte[] cut = {42, 100, 1};
        assertThrows(IOException.class, () -> measured(cut));
    }
}
