package dev.headroom.session;

import static dev.headroom.session.OnnxWriter.BFLOAT16;
import static dev.headroom.session.OnnxWriter.FLOAT;
import static dev.headroom.session.OnnxWriter.FLOAT16;
import static dev.headroom.session.OnnxWriter.INT64;
import static dev.headroom.session.OnnxWriter.initializer;
import static dev.headroom.session.OnnxWriter.join;
import static dev.headroom.session.OnnxWriter.message;
import static dev.headroom.session.OnnxWriter.model;
import static dev.headroom.session.OnnxWriter.number;
import static dev.headroom.session.OnnxWriter.open;
import static dev.headroom.session.OnnxWriter.port;
import static dev.headroom.session.OnnxWriter.tensor;
import static dev.headroom.session.OnnxWriter.text;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.onnxruntime.OnnxJavaType;
import dev.headroom.model.ModelRepository;
import dev.headroom.model.ModelSpec;
import dev.headroom.session.ExecutionProvider.Cpu;
import dev.headroom.session.ExecutionProvider.Cuda;
import dev.headroom.tensor.Datatype;
import dev.headroom.tensor.Row;
import dev.headroom.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The real ONNX Runtime with a graph that makes its output of the token ids: each is a vector of one number. */
class HalfPrecisionTest {

    private static final int OPSET = 13;

    @TempDir
    Path folder;

    /** Whose output is pinned where its second dimension is known from the input's name, and copied where it is not. */
    private ModelSpec write(int type, String secondDimension) throws IOException {
        byte[] axis = ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(2)
                .array();
        byte[] cast = message(
                1,
                text(1, "input_ids"),
                text(2, "numbers"),
                text(4, "Cast"),
                message(5, text(1, "to"), number(3, type), number(20, 2)));
        byte[] unsqueeze = message(1, text(1, "numbers"), text(1, "axis"), text(2, "vectors"), text(4, "Unsqueeze"));
        byte[] graph = model(
                text(2, "half"),
                port(11, "input_ids", INT64, open("batch"), open("sequence")),
                port(12, "vectors", type, open("batch"), open(secondDimension), OnnxWriter.fixed(1)),
                initializer(text(8, "axis"), tensor(INT64, 1), message(9, axis)),
                cast,
                unsqueeze);
        Files.write(folder.resolve("model.onnx"), join(graph, message(8, number(2, OPSET))));
        Files.writeString(folder.resolve("tokenizer.json"), "{}");
        return ModelRepository.graphs(folder).getFirst();
    }

    @ParameterizedTest(name = "{1}, {2}")
    @CsvSource({
        FLOAT + ", FLOAT, sequence",
        FLOAT + ", FLOAT, another",
        FLOAT16 + ", FLOAT16, sequence",
        FLOAT16 + ", FLOAT16, another",
        BFLOAT16 + ", BFLOAT16, sequence",
        BFLOAT16 + ", BFLOAT16, another",
    })
    void anOutputIsReadAsFloats(int type, OnnxJavaType javaType, String secondDimension) throws Exception {
        Row three = new Row(List.of(Tensor.int64(new long[] {1, -3, 1024})));
        Row two = new Row(List.of(Tensor.int64(new long[] {96, 7})));
        try (Model model = OnnxModel.open(write(type, secondDimension), new Cpu(1));
                BatchOutput output = model.run(List.of(three, two))) {
            assertEquals(javaType, output.rows().getFirst().getFirst().datatype().javaType);
            assertArrayEquals(
                    new float[] {1, -3, 1024}, read(output.rows().get(0).getFirst(), 0, 3));
            assertArrayEquals(new float[] {96, 7, 0}, read(output.rows().get(1).getFirst(), 0, 3), "padded with 0");
            assertArrayEquals(new float[] {7}, read(output.rows().get(1).getFirst(), 1, 1), "from the second on");
        }
    }

    @Test
    @Tag("gpu")
    void aGpuWritesAnOutputInHalfPrecisionToo() throws Exception {
        ModelSpec spec = write(FLOAT16, "sequence");
        try (DeviceThread device = new DeviceThread("cuda")) {
            Model model = device.call(() -> OnnxModel.open(spec, new Cuda(0)));
            device.run(() -> {
                try (model;
                        BatchOutput output = model.run(List.of(new Row(List.of(Tensor.int64(new long[] {1, -3})))))) {
                    assertArrayEquals(
                            new float[] {1, -3}, read(output.rows().getFirst().getFirst(), 0, 2));
                } catch (RunFailedException e) {
                    throw new AssertionError(e);
                }
            });
        }
    }

    @Test
    void fractionsAndInfinityAreReadToo() {
        assertArrayEquals(
                new float[] {0.5f, -0.099975586f, 65504, Float.POSITIVE_INFINITY},
                read(bits(Datatype.FP16, 0x3800, 0xAE66, 0x7BFF, 0x7C00), 0, 4));
        assertArrayEquals(
                new float[] {0.5f, -0.100097656f, 3.3895314e38f},
                read(bits(Datatype.BF16, 0x3F00, 0xBDCD, 0x7F7F), 0, 3));
    }

    @Test
    void integersAreNoFloats() {
        assertThrows(IllegalStateException.class, () -> read(Tensor.int64(new long[] {1}), 0, 1));
    }

    private static Tensor bits(Datatype datatype, int... values) {
        ByteBuffer data = ByteBuffer.allocate(values.length * Short.BYTES).order(ByteOrder.nativeOrder());
        for (int value : values) {
            data.putShort((short) value);
        }
        return new Tensor(datatype, new long[] {values.length}, data.flip());
    }

    private static float[] read(Tensor tensor, int from, int count) {
        float[] values = new float[count];
        tensor.read(from, values);
        return values;
    }
}
