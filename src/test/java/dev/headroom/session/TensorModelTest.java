package dev.headroom.session;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.model.ModelRepository;
import dev.headroom.model.file.BrokenModelException;
import dev.headroom.session.ExecutionProvider.Cpu;
import dev.headroom.tensor.Datatype;
import dev.headroom.tensor.Form;
import dev.headroom.tensor.Row;
import dev.headroom.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** Models with no file of ours, of every type that ONNX Runtime takes from Java. */
class TensorModelTest {

    @TempDir
    private Path folder;

    private Model open(TensorModel.Type type) throws IOException {
        TensorModel.write(folder.resolve("same"), type);
        return OnnxModel.open(ModelRepository.graphs(folder.resolve("same")).getFirst(), new Cpu(1));
    }

    /** As many values as that, each unlike the others in its first byte; texts are texts. */
    private static Tensor values(Datatype datatype, int count, int first) {
        long[] shape = {count};
        if (datatype == Datatype.BYTES) {
            return Tensor.ofTexts(
                    shape,
                    IntStream.range(first, first + count)
                            .mapToObj("größe 🚀 %d"::formatted)
                            .toList());
        }
        ByteBuffer data = ByteBuffer.allocate(count * datatype.bytes).order(ByteOrder.nativeOrder());
        for (int i = 0; i < count; i++) {
            data.put(i * datatype.bytes, (byte) (datatype == Datatype.BOOL ? (first + i) % 2 : first + i));
        }
        return new Tensor(datatype, shape, data);
    }

    private static byte[] bytes(Tensor tensor) {
        byte[] bytes = new byte[tensor.data().limit()];
        tensor.data().get(0, bytes);
        return bytes;
    }

    @ParameterizedTest
    @EnumSource(
            mode = Mode.EXCLUDE,
            names = {"UINT16", "UINT32", "UINT64"})
    void rowsOfEveryTypeComeBackAsTheyWere(TensorModel.Type type) throws IOException, RunFailedException {
        try (Model model = open(type)) {
            Datatype datatype = model.ports().inputs().getFirst().datatype();
            assertEquals(type.name(), datatype.javaType.name());
            Row one = Row.of(List.of(values(datatype, 3, 1), values(datatype, 2, 20)), List.of("same_b", "same_a"));
            Row two = Row.of(List.of(values(datatype, 3, 40), values(datatype, 2, 60)), List.of("same_b", "same_a"));
            try (BatchOutput output = model.run(List.of(one, two))) {
                for (int row = 0; row < 2; row++) {
                    Row asked = List.of(one, two).get(row);
                    List<Tensor> got = output.rows().get(row);
                    assertArrayEquals(bytes(asked.inputs().get(1)), bytes(got.get(0)), "same_b");
                    assertArrayEquals(bytes(asked.inputs().get(0)), bytes(got.get(1)), "same_a");
                    assertArrayEquals(new long[] {2}, got.get(0).shape());
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"UINT16", "UINT32", "UINT64"})
    void whatJavaCannotGiveOnnxRuntimeIsSaidAtTheStart(TensorModel.Type type) {
        BrokenModelException e = assertThrows(BrokenModelException.class, () -> open(type));
        assertTrue(
                e.getMessage()
                        .endsWith(
                                "input a of model.onnx is %s, which ONNX Runtime takes from no Java program; export the model with a signed integer there."
                                        .formatted(type)),
                e.getMessage());
    }

    @Test
    void unsignedOutputsComeBackBitByBit() throws IOException, RunFailedException {
        TensorModel.writeUnsigned(folder.resolve("unsigned"));
        try (Model model = OnnxModel.open(
                ModelRepository.graphs(folder.resolve("unsigned")).getFirst(), new Cpu(1))) {
            Row row = Row.of(List.of(Tensor.int64(new long[] {0, 40_000, 65_535})), List.of("uint16", "uint64"));
            try (BatchOutput output = model.run(List.of(row))) {
                List<Tensor> got = output.rows().getFirst();
                assertEquals(Datatype.UINT16, got.get(0).datatype());
                assertEquals(40_000, Short.toUnsignedInt(got.get(0).data().getShort(Short.BYTES)));
                assertEquals(65_535, got.get(1).data().getLong(2 * Long.BYTES));
            }
            assertEquals(Datatype.UINT32, model.ports().outputs().get(1).datatype());
        }
    }

    @Test
    void onlyWhatIsAskedForIsComputed() throws IOException, RunFailedException {
        try (Model model = open(TensorModel.Type.INT64)) {
            Tensor three = Tensor.int64(new long[] {1, 2, 3});
            try (BatchOutput output = model.run(List.of(Row.of(List.of(three, three), List.of("same_a"))))) {
                assertEquals(1, output.rows().getFirst().size());
            }
        }
    }

    @Test
    void portsAreThoseOfTheGraph() throws IOException {
        try (Model model = open(TensorModel.Type.INT64)) {
            assertEquals(List.of("a", "b"), model.ports().inputNames());
            assertArrayEquals(new long[] {-1, 3}, model.ports().inputs().get(0).shape());
            assertArrayEquals(
                    new long[] {-1, -1}, model.ports().outputs().get(1).shape());
        }
    }

    @Test
    void rowsOfUnlikeFormDoNotShareABatch() {
        Tensor two = Tensor.int64(new long[] {1, 2});
        Tensor three = Tensor.int64(new long[] {1, 2, 3});
        Form form = Row.of(List.of(three, two), List.of("same_a")).form();
        assertEquals(form, Row.of(List.of(three, two), List.of("same_a")).form());
        assertTrue(!form.equals(Row.of(List.of(three, three), List.of("same_a")).form()));
        assertTrue(!form.equals(Row.of(List.of(three, two), List.of("same_b")).form()));
        assertTrue(!form.equals(new Row(List.of(three, two)).form()));
    }
}
