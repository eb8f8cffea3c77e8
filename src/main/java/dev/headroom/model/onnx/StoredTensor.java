package dev.headroom.model.onnx;

import static dev.headroom.model.onnx.ProtobufFile.CONTENT;
import static dev.headroom.model.onnx.ProtobufFile.NUMBER;

import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/** A TensorProto or SparseTensorProto without its content. */
final class StoredTensor {

    private static final int DIM = 1 << 3 | NUMBER;
    private static final int PACKED_DIMS = 1 << 3 | CONTENT;
    private static final int DATA_TYPE = 2 << 3 | NUMBER;
    private static final int STRING_DATA = 6 << 3 | CONTENT;
    private static final int RAW_DATA = 9 << 3 | CONTENT;
    private static final int EXTERNAL_DATA = 13 << 3 | CONTENT;
    private static final int DATA_LOCATION = 14 << 3 | NUMBER;
    private static final int ENTRY_KEY = 1 << 3 | CONTENT;
    private static final int ENTRY_VALUE = 2 << 3 | CONTENT;
    private static final int SPARSE_VALUES = 1 << 3 | CONTENT;
    private static final int SPARSE_INDICES = 2 << 3 | CONTENT;
    private static final int SPARSE_DIM = 3 << 3 | NUMBER;
    private static final int SPARSE_PACKED_DIMS = 3 << 3 | CONTENT;

    /** The bits of an element by its data type; 0 for those that have no size, which are undefined and string. */
    private static final int[] ELEMENT_BITS = {
        0, 32, 8, 8, 16, 16, 32, 64, 0, 8, 16, 64, 32, 64, 64, 128, 16, 8, 8, 8, 8, 4, 4, 4, 8, 2, 2
    };

    private final ProtobufFile file;
    private final Map<String, Long> external;
    private final Map<String, String> place = new HashMap<>();
    private long dataType;
    private long elements = 1;
    private long stored;
    private boolean isExternal;
    private String key = "";

    private StoredTensor(ProtobufFile file, Map<String, Long> external) {
        this.file = file;
        this.external = external;
    }

    /**
     * Reads all of a TensorProto but its content.
     *
     * @param end the position at which it ends
     * @param external takes the name of the file that holds the content, with the bytes that the file needs
     * @throws InvalidProtocolBufferException when the bytes are no TensorProto
     * @throws ArithmeticException when it has more elements or bytes than a long can count
     */
    static StoredTensor read(ProtobufFile file, long end, Map<String, Long> external) throws IOException {
        StoredTensor tensor = new StoredTensor(file, external);
        file.fields(end, tensor::field);
        if (tensor.isExternal) {
            tensor.locate();
        }
        return tensor;
    }

    /** Reads a SparseTensorProto, which has the elements that it has once it is dense. */
    static StoredTensor readSparse(ProtobufFile file, long end, Map<String, Long> external) throws IOException {
        StoredTensor tensor = new StoredTensor(file, external);
        tensor.stored = end - file.position();
        file.fields(end, tensor::sparseField);
        return tensor;
    }

    /** The bytes that the tensor takes in memory; those it is stored in where its data type does not tell. */
    long bytes() {
        int bits = dataType > 0 && dataType < ELEMENT_BITS.length ? ELEMENT_BITS[(int) dataType] : 0;
        return bits == 0 ? stored : Math.ceilDiv(Math.multiplyExact(elements, bits), Byte.SIZE);
    }

    private void field(int tag, long value) throws IOException {
        switch (tag) {
            case DIM, PACKED_DIMS -> elements = Math.multiplyExact(elements, file.product(tag, value));
            case DATA_TYPE -> dataType = value;
            case STRING_DATA, RAW_DATA -> stored += value - file.position();
            case EXTERNAL_DATA -> file.fields(value, this::entry);
            case DATA_LOCATION -> isExternal = value == 1;
            default -> {}
        }
    }

    private void sparseField(int tag, long value) throws IOException {
        switch (tag) {
            case SPARSE_VALUES -> dataType = read(file, value, external).dataType;
            case SPARSE_INDICES -> read(file, value, external);
            case SPARSE_DIM, SPARSE_PACKED_DIMS -> elements = Math.multiplyExact(elements, file.product(tag, value));
            default -> {}
        }
    }

    private void entry(int tag, long end) throws IOException {
        switch (tag) {
            case ENTRY_KEY -> key = file.text(end);
            case ENTRY_VALUE -> place.put(key, file.text(end));
            default -> {}
        }
    }

    private void locate() throws InvalidProtocolBufferException {
        String location = place.getOrDefault("location", "");
        if (location.isEmpty()) {
            throw new InvalidProtocolBufferException("A tensor's external data has no location");
        }
        stored = 0;
        stored = size("length", bytes());
        external.merge(location, Math.addExact(size("offset", 0), stored), Math::max);
    }

    private long size(String name, long otherwise) throws InvalidProtocolBufferException {
        String text = place.getOrDefault(name, Long.toString(otherwise));
        if (text.matches("\\d{1,18}")) {
            return Long.parseLong(text);
        }
        throw new InvalidProtocolBufferException("The %s of a tensor's external data is %s".formatted(name, text));
    }
}
