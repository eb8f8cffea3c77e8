package dev.headroom.function.v2.grpc;

import com.google.protobuf.ByteString;
import dev.headroom.function.body.JsonFields;
import dev.headroom.function.v2.OutputRows;
import dev.headroom.tensor.Datatype;
import dev.headroom.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.BiConsumer;

/** Converts a tensor's elements between bytes and the repeated field of its type. */
final class GrpcContents {

    private final String field;
    private final Datatype datatype;
    private final int elements;

    private GrpcContents(String field, Datatype datatype, int elements) {
        this.field = field;
        this.datatype = datatype;
        this.elements = elements;
    }

    /**
     * Reads so many elements.
     *
     * @param field the field that holds them, for errors
     * @throws dev.headroom.request.RequestFailedException when their number is another, one is out of the type's range, or
     *     the field of another type has values, too
     */
    static ByteBuffer read(String field, Datatype datatype, int elements, InferTensorContents contents) {
        ByteBuffer read =
                new GrpcContents(field, datatype, elements).read(contents).flip();
        int others = count(contents) - elements;
        if (others > 0) {
            throw JsonFields.invalid(
                    "%s.contents holds %d values in fields of other types than %s; send the values of one field.",
                    field, others, datatype);
        }
        return read;
    }

    private static int count(InferTensorContents contents) {
        return contents.getBoolContentsCount()
                + contents.getIntContentsCount()
                + contents.getInt64ContentsCount()
                + contents.getUintContentsCount()
                + contents.getUint64ContentsCount()
                + contents.getFp32ContentsCount()
                + contents.getFp64ContentsCount()
                + contents.getBytesContentsCount();
    }

    private ByteBuffer read(InferTensorContents contents) {
        return switch (datatype) {
            case BOOL ->
                values(
                        "bool_contents",
                        contents.getBoolContentsList(),
                        (out, value) -> out.put((byte) (value ? 1 : 0)));
            case INT8 -> integers("int_contents", contents.getIntContentsList(), Byte.MIN_VALUE, Byte.MAX_VALUE);
            case INT16 -> integers("int_contents", contents.getIntContentsList(), Short.MIN_VALUE, Short.MAX_VALUE);
            case INT32 -> integers("int_contents", contents.getIntContentsList(), Integer.MIN_VALUE, Integer.MAX_VALUE);
            case UINT8 -> integers("uint_contents", contents.getUintContentsList(), 0, 0xFF);
            case UINT16 -> integers("uint_contents", contents.getUintContentsList(), 0, 0xFFFF);
            case UINT32 ->
                integers(
                        "uint_contents",
                        contents.getUintContentsList(),
                        Integer.MIN_VALUE,
                        Integer.MAX_VALUE); // by its bits
            case INT64 -> values("int64_contents", contents.getInt64ContentsList(), ByteBuffer::putLong);
            case UINT64 -> values("uint64_contents", contents.getUint64ContentsList(), ByteBuffer::putLong);
            case FP32 -> values("fp32_contents", contents.getFp32ContentsList(), ByteBuffer::putFloat);
            case FP64 -> values("fp64_contents", contents.getFp64ContentsList(), ByteBuffer::putDouble);
            case BYTES -> strings(contents.getBytesContentsList());
            case FP16, BF16 ->
                throw JsonFields.invalid(
                        "%s is of %s, which has no field in contents; send all inputs in raw_input_contents.",
                        field, datatype);
        };
    }

    private ByteBuffer integers(String name, List<Integer> values, int least, int most) {
        return values(name, values, (out, value) -> {
            if (value < least || value > most) {
                throw JsonFields.invalid(
                        "%s: element %d is %s; send numbers from %d to %d, as %s holds.",
                        field,
                        out.position() / datatype.bytes,
                        least == 0 ? Integer.toUnsignedString(value) : value,
                        least,
                        most,
                        datatype);
            }
            switch (datatype.bytes) {
                case Byte.BYTES -> out.put(value.byteValue());
                case Short.BYTES -> out.putShort(value.shortValue());
                default -> out.putInt(value);
            }
        });
    }

    private <T> ByteBuffer values(String name, List<T> values, BiConsumer<ByteBuffer, T> put) {
        checkCount(name, values);
        ByteBuffer out = Tensor.buffer(elements * datatype.bytes);
        values.forEach(value -> put.accept(out, value));
        return out;
    }

    private ByteBuffer strings(List<ByteString> values) {
        checkCount("bytes_contents", values);
        int bytes =
                values.stream().mapToInt(value -> Integer.BYTES + value.size()).sum();
        ByteBuffer out = Tensor.buffer(bytes);
        for (ByteString value : values) {
            out.putInt(value.size());
            value.copyTo(out);
        }
        return out;
    }

    private void checkCount(String name, List<?> values) {
        if (values.size() != elements) {
            throw JsonFields.invalid(
                    "%s.contents.%s holds %d values; the shape says %d.", field, name, values.size(), elements);
        }
    }

    /** Writes the elements of an output of any type but FP16 and BF16. */
    static InferTensorContents write(OutputRows output) {
        InferTensorContents.Builder contents = InferTensorContents.newBuilder();
        output.rows().forEach(row -> write(row, contents));
        return contents.build();
    }

    private static void write(Tensor row, InferTensorContents.Builder contents) {
        ByteBuffer data = row.data();
        while (data.hasRemaining()) {
            switch (row.datatype()) {
                case BOOL -> contents.addBoolContents(data.get() != 0);
                case INT8 -> contents.addIntContents(data.get());
                case INT16 -> contents.addIntContents(data.getShort());
                case INT32 -> contents.addIntContents(data.getInt());
                case UINT8 -> contents.addUintContents(data.get() & 0xFF);
                case UINT16 -> contents.addUintContents(Short.toUnsignedInt(data.getShort()));
                case UINT32 -> contents.addUintContents(data.getInt());
                case INT64 -> contents.addInt64Contents(data.getLong());
                case UINT64 -> contents.addUint64Contents(data.getLong());
                case FP32 -> contents.addFp32Contents(data.getFloat());
                case FP64 -> contents.addFp64Contents(data.getDouble());
                case BYTES -> contents.addBytesContents(ByteString.copyFrom(Tensor.nextBytes(data)));
                case FP16, BF16 -> throw new IllegalStateException("No field for " + row.datatype());
            }
        }
    }
}
