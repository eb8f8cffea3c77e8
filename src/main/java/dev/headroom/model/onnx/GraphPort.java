package dev.headroom.model.onnx;

import static dev.headroom.model.onnx.ProtobufFile.CONTENT;
import static dev.headroom.model.onnx.ProtobufFile.NUMBER;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * An input or output of a graph, as its file declares it.
 *
 * @param name its name
 * @param type the type of its elements, by its number in onnx.proto
 * @param sizes its dimensions, an open one being 0; empty where the file declares none
 */
public record GraphPort(String name, int type, List<Long> sizes) {

    private static final int FLOAT = 1;
    private static final int FLOAT16 = 10;
    private static final int BFLOAT16 = 16;

    private static final int NAME = 1 << 3 | CONTENT;
    private static final int TYPE = 2 << 3 | CONTENT;
    private static final int TENSOR_TYPE = 1 << 3 | CONTENT;
    private static final int ELEMENT_TYPE = 1 << 3 | NUMBER;
    private static final int SHAPE = 2 << 3 | CONTENT;
    private static final int DIMENSION = 1 << 3 | CONTENT;
    private static final int SIZE = 1 << 3 | NUMBER;

    /** The names of the types that ONNX's files number. */
    private static final List<String> TYPES = List.of(
            "?",
            "FLOAT",
            "UINT8",
            "INT8",
            "UINT16",
            "INT16",
            "INT32",
            "INT64",
            "STRING",
            "BOOL",
            "FLOAT16",
            "DOUBLE",
            "UINT32",
            "UINT64",
            "COMPLEX64",
            "COMPLEX128",
            "BFLOAT16");

    /** Reads a ValueInfoProto that ends at a position. */
    static GraphPort read(ProtobufFile file, long end) throws IOException {
        Draft draft = new Draft(file);
        file.fields(end, draft::field);
        return new GraphPort(draft.name, draft.type, draft.sizes);
    }

    /** A port of which some fields have been read. */
    private static final class Draft {

        private final ProtobufFile file;
        private final List<Long> sizes = new ArrayList<>();
        private String name = "";
        private int type;

        private Draft(ProtobufFile file) {
            this.file = file;
        }

        private void field(int tag, long end) throws IOException {
            if (tag == NAME) {
                name = file.text(end);
            } else if (tag == TYPE) {
                file.fields(end, (inner, value) -> {
                    if (inner == TENSOR_TYPE) {
                        file.fields(value, this::tensorField);
                    }
                });
            }
        }

        private void tensorField(int tag, long value) throws IOException {
            if (tag == ELEMENT_TYPE) {
                type = (int) value;
            } else if (tag == SHAPE) {
                file.fields(value, (inner, end) -> {
                    if (inner == DIMENSION) {
                        dimension(end);
                    }
                });
            }
        }

        private void dimension(long end) throws IOException {
            sizes.add(0L);
            file.fields(end, (tag, size) -> {
                if (tag == SIZE) {
                    sizes.set(sizes.size() - 1, Math.max(0, size));
                }
            });
        }
    }

    /** True if its elements are floating-point numbers that tasks read. */
    public boolean isFloat() {
        return type == FLOAT || type == FLOAT16 || type == BFLOAT16;
    }

    /** True unless its first dimension, the batch, is fixed. */
    public boolean isBatched() {
        return sizes.isEmpty() || sizes.getFirst() == 0;
    }

    /** True if it has one of these numbers of dimensions, or the file does not say how many. */
    public boolean hasRank(int least, int most) {
        return sizes.isEmpty() || sizes.size() >= least && sizes.size() <= most;
    }

    /** True if it has a vector for each item, not for each token or patch; one of a picture's size of 1 counts. */
    public boolean pooled() {
        return sizes.size() == 2 || sizes.size() == 4 && sizes.get(2) == 1 && sizes.get(3) == 1;
    }

    /** The size of its last dimension; 0 where that is open. */
    public long width() {
        return sizes.isEmpty() ? 0 : sizes.getLast();
    }

    /** Its name, type and dimensions, such as {@code logits FLOAT [?, 3]}. */
    @Override
    public String toString() {
        String shape =
                sizes.stream().map(size -> size == 0 ? "?" : size.toString()).collect(Collectors.joining(", "));
        return "%s %s [%s]".formatted(name, type < TYPES.size() ? TYPES.get(type) : "of type " + type, shape);
    }
}
