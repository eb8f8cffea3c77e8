package dev.headroom.session;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OrtSession;
import dev.headroom.model.ModelRepository;
import dev.headroom.model.ModelSpec;
import dev.headroom.tensor.Datatype;
import dev.headroom.tensor.Row;
import dev.headroom.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The padding of a batch to its bucket. */
class BucketTensorTest {

    private static final ModelSpec SPEC =
            new ModelRepository(Path.of("models")).scan().getFirst();

    private static MemorySegment longs(long... values) {
        return MemorySegment.ofArray(values);
    }

    private static Signature signature() throws Exception {
        try (OrtSession session =
                OrtRuntime.environment().createSession(SPEC.onnx().toString(), new OrtSession.SessionOptions())) {
            return Signature.of(SPEC, session);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1",
        "7, 7",
        "8, 8",
        "9, 10",
        "10, 10",
        "11, 12",
        "16, 16",
        "17, 20",
        "33, 40",
        "64, 64",
        "65, 80",
        "256, 256"
    })
    void thereAreFourBucketsForEachDoubling(long count, long bucket) {
        assertEquals(bucket, BucketTensor.up(count));
    }

    @Test
    void rowsAreLengthenedUpToTheLongestAndOnlyWhereAMaskHidesIt() throws Exception {
        List<SessionPort> inputs = signature().inputs();
        List<long[]> shapes = List.of(new long[] {9, 18}, new long[] {9, 18}, new long[] {9, 18});

        assertArrayEquals(
                new long[] {10, 20}, BucketTensor.up(inputs, shapes, 256).getFirst());
        assertArrayEquals(
                new long[] {10, 19}, BucketTensor.up(inputs, shapes, 19).getFirst());
        assertArrayEquals(
                new long[] {10, 18}, BucketTensor.up(inputs, shapes, 0).getFirst());
    }

    @Test
    void aRowIsPaddedAtItsEndAndTheLastRowRepeated() throws Exception {
        SessionPort ids = signature().inputs().getFirst();
        BucketTensor tensor = new BucketTensor(ids, new long[] {2, 2}, new long[] {3, 4}, longs(11, 12, 21, 22));
        ByteBuffer to =
                ByteBuffer.allocateDirect(Math.toIntExact(tensor.bytes())).order(ByteOrder.nativeOrder());

        tensor.fill(to, 7);

        long[] filled = new long[12];
        to.asLongBuffer().get(filled);
        assertArrayEquals(new long[] {11, 12, 7, 7, 21, 22, 7, 7, 21, 22, 7, 7}, filled);
        assertTrue(tensor.fits());
        assertFalse(new BucketTensor(ids, new long[] {2, 2, 3}, new long[] {3, 4, 4}, longs()).fits());
    }

    /** What {@link BucketBatch} stages is the batch that the model sees: its real rows have the same vectors as without. */
    @Test
    void realRowsHaveTheVectorsThatTheyHaveWithoutABucket() throws Exception {
        List<Row> rows = List.of(row(3), row(9), row(18));
        try (OnnxModel model = OnnxModel.open(SPEC, new ExecutionProvider.Cpu(1));
                BatchOutput plain = model.run(rows);
                BatchOutput padded = model.run(bucketRows(rows))) {
            for (int i = 0; i < rows.size(); i++) {
                int values = Math.toIntExact(rows.get(i).elements()) * 384;
                assertArrayEquals(values(plain, i, values), values(padded, i, values), 1e-4f, "row " + i);
            }
        }
    }

    /** The rows of a bucket of 10 x 20, read back from what was staged. */
    private static List<Row> bucketRows(List<Row> rows) throws Exception {
        Signature signature = signature();
        List<SessionPort> inputs = signature.inputs();
        BufferPool pool = new BufferPool(false);
        try (Collation batch = Collation.of(rows, signature, pool, 0)) {
            List<long[]> buckets = List.of(new long[] {10, 20}, new long[] {10, 20}, new long[] {10, 20});
            List<BucketTensor> tensors = Stream.of(0, 1, 2)
                    .map(i -> new BucketTensor(
                            inputs.get(i),
                            batch.shapes().get(i),
                            buckets.get(i),
                            MemorySegment.ofBuffer(batch.tensors()
                                    .get(inputs.get(i).name())
                                    .getBufferRef()
                                    .orElseThrow())))
                    .toList();
            BucketBatch bucket = new BucketBatch(tensors, List.of(), 0, pool);
            assertTrue(bucket.fits());
            ByteBuffer staged = ByteBuffer.allocateDirect(Math.toIntExact(bucket.bytes()));
            bucket.stage(staged);
            int place = Math.toIntExact(
                    bucket.bytes() / 3); // 10 x 20 longs are 1,600 bytes, which begin at multiples of 256
            return LongStream.range(0, 10)
                    .mapToObj(row -> new Row(Stream.of(0, 1, 2)
                            .map(i -> new Tensor(
                                    Datatype.INT64,
                                    new long[] {20},
                                    staged.slice(i * place + Math.toIntExact(row) * 160, 160)))
                            .toList()))
                    .toList();
        }
    }

    private static float[] values(BatchOutput output, int row, int count) {
        float[] values = new float[count];
        output.rows().get(row).getFirst().floats().get(0, values);
        return values;
    }

    private static Row row(int tokens) {
        long[] mask = new long[tokens];
        Arrays.fill(mask, 1);
        return new Row(List.of(
                Tensor.int64(LongStream.range(2000, 2000 + tokens).toArray()),
                Tensor.int64(mask),
                Tensor.int64(new long[tokens])));
    }
}
