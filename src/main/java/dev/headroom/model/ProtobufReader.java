package dev.headroom.model;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;

/**
 * The fields of the messages in a protobuf file of any size; what is not asked for is passed over without being read.
 * Its methods throw {@link UncheckedIOException} when the file cannot be read.
 */
final class ProtobufReader {

    private static final int WINDOW_BYTES = 8192;
    private static final int LONGEST_TEXT = 8192;

    /**
     * A field, or the message in it, by its place in the file.
     *
     * @param number the field's number in its message
     * @param start where its content starts, in bytes from the file's start
     * @param end where its content ends
     */
    record Field(int number, long start, long end) {

        long bytes() {
            return end - start;
        }
    }

    /** The content is not as protobuf writes it. */
    static final class MalformedException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        MalformedException(String message) {
            super(message);
        }
    }

    private final FileChannel file;
    private final ByteBuffer window = ByteBuffer.allocate(WINDOW_BYTES).limit(0);
    private long windowStart;
    private long position;

    ProtobufReader(FileChannel file) {
        this.file = file;
    }

    /** The whole file as one message. */
    Field message() {
        try {
            return new Field(0, 0, file.size());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * A message's fields in their order, read as they are iterated over.
     *
     * <p>Iterating throws {@link MalformedException} where there is no field or it ends after its message.
     */
    Iterable<Field> fields(Field message) {
        return () -> new Iterator<>() {
            private long next = message.start();

            @Override
            public boolean hasNext() {
                return next < message.end();
            }

            @Override
            public Field next() {
                Field field = field(next);
                if (field.end() < field.start() || field.end() > message.end()) {
                    throw new MalformedException("A field at %d ends outside of its message".formatted(next));
                }
                next = field.end();
                return field;
            }
        };
    }

    /** The value of a number's field. */
    long number(Field field) {
        position = field.start();
        return varint();
    }

    /** The product of a repeated number's values in this field: one, or where the field is packed all of them. */
    long product(Field field) {
        long product = 1;
        position = field.start();
        while (position < field.end()) {
            long value = varint();
            if (value < 0) {
                throw new MalformedException("A dimension is negative");
            }
            product = Math.multiplyExact(product, value);
        }
        return product;
    }

    /** The value of a string's field. */
    String text(Field field) {
        if (field.bytes() > LONGEST_TEXT) {
            throw new MalformedException("A name has %d bytes".formatted(field.bytes()));
        }
        position = field.start();
        byte[] text = new byte[(int) field.bytes()];
        for (int i = 0; i < text.length; i++) {
            text[i] = next();
        }
        return new String(text, StandardCharsets.UTF_8);
    }

    private Field field(long at) {
        position = at;
        long key = varint();
        long number = key >>> 3;
        if (number < 1 || number > Integer.MAX_VALUE) {
            throw new MalformedException("There is no field at %d".formatted(at));
        }
        return switch ((int) (key & 7)) {
            case 0 -> {
                long start = position;
                varint();
                yield new Field((int) number, start, position);
            }
            case 1 -> new Field((int) number, position, position + Long.BYTES);
            case 2 -> {
                long length = varint();
                yield new Field((int) number, position, position + length);
            }
            case 5 -> new Field((int) number, position, position + Integer.BYTES);
            default -> throw new MalformedException("There is no field at %d".formatted(at));
        };
    }

    private long varint() {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            byte next = next();
            value |= (next & 0x7FL) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new MalformedException("There is no number before %d".formatted(position));
    }

    private byte next() {
        if (position < windowStart || position >= windowStart + window.limit()) {
            fill();
        }
        return window.get((int) (position++ - windowStart));
    }

    private void fill() {
        try {
            if (file.read(window.clear(), position) < 1) {
                throw new MalformedException("The file ends within a field");
            }
            window.flip();
            windowStart = position;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
