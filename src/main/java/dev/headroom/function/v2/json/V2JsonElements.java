package dev.headroom.function.v2.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.headroom.function.body.JsonFields;
import dev.headroom.request.RequestFailedException;
import dev.headroom.tensor.BrainFloat;
import dev.headroom.tensor.Datatype;
import dev.headroom.tensor.Tensor;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.StandardCharsets;

/** Writes JSON values, one after the other, as elements of one type. */
final class V2JsonElements {

    private static final int FIRST_BYTES = 64;
    private static final BigInteger MOST_UINT64 =
            BigInteger.ONE.shiftLeft(Long.SIZE).subtract(BigInteger.ONE);

    private final JsonParser parser;
    private final String field;
    private final Datatype datatype;
    private final CharsetEncoder utf8 = StandardCharsets.UTF_8.newEncoder();
    private ByteBuffer out;
    private int written;

    /**
     * A writer for so many elements.
     *
     * @param field the name of the array, for errors
     */
    V2JsonElements(JsonParser parser, String field, Datatype datatype, int elements) {
        this.parser = parser;
        this.field = field;
        this.datatype = datatype;
        out = Tensor.buffer(datatype == Datatype.BYTES ? FIRST_BYTES : elements * datatype.bytes);
    }

    /** The number of elements that were written. */
    int written() {
        return written;
    }

    /** The elements that were written. */
    ByteBuffer finished() {
        return out.flip();
    }

    /** Writes the value that the parser is at. */
    void put(JsonToken token) throws IOException {
        switch (datatype) {
            case BOOL -> out.put(bool(token));
            case UINT8 -> out.put((byte) integer(token, 0, 0xFF));
            case INT8 -> out.put((byte) integer(token, Byte.MIN_VALUE, Byte.MAX_VALUE));
            case UINT16 -> out.putShort((short) integer(token, 0, 0xFFFF));
            case INT16 -> out.putShort((short) integer(token, Short.MIN_VALUE, Short.MAX_VALUE));
            case UINT32 -> out.putInt((int) integer(token, 0, 0xFFFF_FFFFL));
            case INT32 -> out.putInt((int) integer(token, Integer.MIN_VALUE, Integer.MAX_VALUE));
            case UINT64 -> out.putLong(unsigned(token));
            case INT64 -> out.putLong(integer(token, Long.MIN_VALUE, Long.MAX_VALUE));
            case FP16 -> out.putShort(half(token));
            case BF16 -> out.putShort(brain(token));
            case FP32 -> out.putFloat(single(token));
            case FP64 -> out.putDouble(number(token));
            case BYTES -> string(token);
        }
        written++;
    }

    /** The exception for a value that is none of the type. */
    private RequestFailedException misfit(String wanted) throws IOException {
        return JsonFields.invalid("%s[%d] is %s; send %s.", field, written, V2Json.kind(parser), wanted);
    }

    private byte bool(JsonToken token) throws IOException {
        return switch (token) {
            case VALUE_TRUE -> 1;
            case VALUE_FALSE -> 0;
            default -> throw misfit("true or false, as BOOL holds");
        };
    }

    private long integer(JsonToken token, long least, long most) throws IOException {
        if (token == JsonToken.VALUE_NUMBER_INT && parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER) {
            long value = parser.getLongValue();
            if (value >= least && value <= most) {
                return value;
            }
        }
        throw misfit("a whole number from %d to %d, as %s holds".formatted(least, most, datatype));
    }

    private long unsigned(JsonToken token) throws IOException {
        if (token == JsonToken.VALUE_NUMBER_INT) {
            BigInteger value = parser.getBigIntegerValue();
            if (value.signum() >= 0 && value.compareTo(MOST_UINT64) <= 0) {
                return value.longValue();
            }
        }
        throw misfit("a whole number from 0 to %d, as UINT64 holds".formatted(MOST_UINT64));
    }

    private short half(JsonToken token) throws IOException {
        short value = Float.floatToFloat16(single(token));
        checkRange(Float.float16ToFloat(value));
        return value;
    }

    private short brain(JsonToken token) throws IOException {
        short value = BrainFloat.of(single(token));
        checkRange(BrainFloat.toFloat(value));
        return value;
    }

    private float single(JsonToken token) throws IOException {
        checkNumber(token);
        float value = parser.getFloatValue();
        checkRange(value);
        return value;
    }

    private double number(JsonToken token) throws IOException {
        checkNumber(token);
        double value = parser.getDoubleValue();
        checkRange(value);
        return value;
    }

    private void checkNumber(JsonToken token) throws IOException {
        if (!token.isNumeric()) {
            throw misfit("a number, as %s holds".formatted(datatype));
        }
    }

    /** A number that became infinite, but was not written as Infinity, is out of the type's range. */
    private void checkRange(double value) throws IOException {
        if (Double.isInfinite(value) && !parser.getText().contains("I")) {
            throw misfit("a number that %s can hold, or Infinity".formatted(datatype));
        }
    }

    private void string(JsonToken token) throws IOException {
        if (token != JsonToken.VALUE_STRING) {
            throw misfit("a string, as BYTES holds");
        }
        ByteBuffer bytes;
        try {
            bytes = utf8.encode(CharBuffer.wrap(parser.getText()));
        } catch (CharacterCodingException e) {
            throw misfit("well-formed text: this holds half of a surrogate pair");
        }
        makeRoom(Integer.BYTES + bytes.remaining());
        out.putInt(bytes.remaining()).put(bytes);
    }

    private void makeRoom(int bytes) {
        if (out.remaining() < bytes) {
            out = Tensor.buffer(Math.max(2 * out.capacity(), out.position() + bytes))
                    .put(out.flip());
        }
    }
}
