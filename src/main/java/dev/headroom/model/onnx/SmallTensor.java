package dev.headroom.model.onnx;

import static dev.headroom.model.onnx.ProtobufFile.CONTENT;
import static dev.headroom.model.onnx.ProtobufFile.NUMBER;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * The name and the dimensions of a TensorProto, and its content where that is one whole number.
 *
 * @param rank its dimensions
 * @param whole the number; empty where the content is any other
 */
record SmallTensor(String name, int rank, OptionalLong whole) {

    private static final int DIM = 1 << 3 | NUMBER;
    private static final int PACKED_DIMS = 1 << 3 | CONTENT;
    private static final int TYPE = 2 << 3 | NUMBER;
    private static final int INT32_DATA = 5 << 3 | NUMBER;
    private static final int PACKED_INT32_DATA = 5 << 3 | CONTENT;
    private static final int INT64_DATA = 7 << 3 | NUMBER;
    private static final int PACKED_INT64_DATA = 7 << 3 | CONTENT;
    private static final int NAME = 8 << 3 | CONTENT;
    private static final int RAW = 9 << 3 | CONTENT;

    /**
     * Reads a TensorProto, whose other content is skipped.
     *
     * @param end the position at which it ends
     */
    static SmallTensor read(ProtobufFile file, long end) throws IOException {
        String[] name = {""};
        int[] rank = {0};
        long[] type = {0};
        List<OptionalLong> wholes = new ArrayList<>();
        int[] raw = {0};
        file.fields(end, (tag, value) -> {
            switch (tag) {
                case DIM, PACKED_DIMS -> rank[0] += file.count(tag, value);
                case TYPE -> type[0] = value;
                case NAME -> name[0] = file.text(value);
                case INT32_DATA, INT64_DATA -> wholes.add(OptionalLong.of(value));
                case PACKED_INT32_DATA, PACKED_INT64_DATA -> wholes.add(file.onlyNumber(value));
                case RAW -> {
                    byte[] bytes = file.shortBytes(value);
                    raw[0] = bytes.length;
                    wholes.add(whole(bytes));
                }
                default -> {}
            }
        });
        int size = type[0] == DecoderGraph.INT32 ? Integer.BYTES : type[0] == DecoderGraph.INT64 ? Long.BYTES : 0;
        boolean isOne = size > 0 && wholes.size() == 1 && (raw[0] == 0 || raw[0] == size);
        return new SmallTensor(name[0], rank[0], isOne ? wholes.getFirst() : OptionalLong.empty());
    }

    private static OptionalLong whole(byte[] raw) {
        ByteBuffer bytes = ByteBuffer.wrap(raw).order(ByteOrder.LITTLE_ENDIAN);
        return switch (raw.length) {
            case Integer.BYTES -> OptionalLong.of(bytes.getInt());
            case Long.BYTES -> OptionalLong.of(bytes.getLong());
            default -> OptionalLong.empty();
        };
    }
}
