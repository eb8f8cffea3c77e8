package dev.headroom.session;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.model.GraphFiles;
import dev.headroom.model.ModelRepository;
import dev.headroom.model.ModelSpec;
import dev.headroom.model.PortNames;
import dev.headroom.model.TaskSpec;
import dev.headroom.model.file.BrokenModelException;
import dev.headroom.plan.CudaTrial;
import dev.headroom.session.ExecutionProvider.Cpu;
import dev.headroom.session.RunFailedException.Kind;
import dev.headroom.tensor.Row;
import dev.headroom.tensor.Tensor;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real ONNX Runtime with the real model, and a real out-of-memory from an arena that is model. */
class OnnxModelTest {

    private static final ModelSpec SPEC =
            new ModelRepository(Path.of("models")).scan().getFirst();

    private static OrtArena arena;
    private static Model model;

    @BeforeAll
    static void open() {
        arena = OrtArena.cpu(500L << 20);
        model = OnnxModel.open(SPEC, new Cpu(2));
    }

    @AfterAll
    static void close() {
        model.close();
    }

    /** A row of token ids that count from 1000. */
    private static Row row(int tokens) {
        long[] ids = LongStream.range(1000, 1000 + tokens).toArray();
        long[] mask = new long[tokens];
        Arrays.fill(mask, 1);
        return new Row(List.of(Tensor.int64(ids), Tensor.int64(mask), Tensor.int64(new long[tokens])));
    }

    private static float[] firstToken(Model of, List<Row> rows, int row) throws RunFailedException {
        try (BatchOutput output = of.run(rows)) {
            float[] values = new float[384];
            output.rows().get(row).getFirst().floats().get(0, values);
            return values;
        }
    }

    @Test
    void anOutputHasTheShapeOfThePaddedBatch() throws RunFailedException {
        try (BatchOutput output = model.run(List.of(row(3), row(7)))) {
            assertEquals(2, output.rows().size());
            assertArrayEquals(
                    new long[] {7, 384}, output.rows().getFirst().getFirst().shape());
        }
    }

    @Test
    void neighboursAndPaddingDoNotChangeARow() throws RunFailedException {
        float[] alone = firstToken(model, List.of(row(5)), 0);
        float[] amongOthers = firstToken(model, List.of(row(40), row(5), row(9)), 1);
        assertArrayEquals(alone, amongOthers, 1e-5f);
    }

    @Test
    void rowsPreparedOnAnotherThreadRunAsAnyOthers()
            throws RunFailedException, ExecutionException, InterruptedException {
        List<Row> rows = List.of(row(40), row(5), row(9));
        float[] expected = firstToken(model, rows, 1);
        FutureTask<PreparedRows> preparation = new FutureTask<>(() -> model.prepare(rows));
        Thread.startVirtualThread(preparation);
        try (PreparedRows prepared = preparation.get();
                BatchOutput output = prepared.run()) {
            float[] values = new float[384];
            output.rows().get(1).getFirst().floats().get(0, values);
            assertArrayEquals(expected, values, 1e-6f);
        }
    }

    @Test
    void aBatchThatDoesNotFitIsOutOfMemoryAndTheSessionGoesOn() throws RunFailedException {
        List<Row> many = Collections.nCopies(256, row(128));
        float[] before = firstToken(model, List.of(row(5)), 0);
        RunFailedException e = assertThrows(RunFailedException.class, () -> model.run(many));
        assertEquals(Kind.OUT_OF_MEMORY, e.kind(), e.getMessage());
        assertArrayEquals(before, firstToken(model, List.of(row(5)), 0), 1e-5f);
    }

    /** Before, each shape left regions behind that suited no other: within the limit, 64 fitted only after a shrink. */
    @Test
    void whatFitsAloneFitsAfterBatchesOfOtherShapes() {
        for (int rows = 1; rows <= 64; rows *= 2) {
            assertTrue(fits(rows), rows + " rows");
        }
        assertFalse(fits(256));
        assertTrue(fits(64));
    }

    /** Weights that came on top of the arena's region would make ONNX Runtime forget the cap. */
    @Test
    void aSessionOpenedAnewAnswersTheSameWithinTheSameCap() throws RunFailedException {
        float[] before = firstToken(model, List.of(row(5)), 0);
        assertFalse(fits(256));
        long held = arena.heldBytes();
        for (int again = 0; again < 3; again++) {
            model.reopen();
            assertArrayEquals(before, firstToken(model, List.of(row(5)), 0), 1e-5f);
            assertEquals(held, arena.heldBytes(), "its weights are there once");
            assertFalse(fits(256), "the cap holds");
            assertTrue(fits(64));
        }
    }

    @Test
    void theArenaTellsWhatIsHeldAndWhatWasMost() throws RunFailedException {
        long held = arena.heldBytes();
        assertTrue(held > 40L << 20, "the weights: " + held);
        model.run(List.of(row(128), row(128))).close();
        assertEquals(held, arena.heldBytes(), "a batch gives its memory back");
        assertEquals(500L << 20, arena.totalBytes());
        assertEquals(arena.totalBytes() - held, arena.freeBytes());
        assertTrue(arena.peakBytes() > held);
    }

    @Test
    void buffersAreUsedAgain() throws RunFailedException {
        List<Row> rows = List.of(row(100), row(100));
        model.run(rows).close();
        long before = directBuffers();
        for (int run = 0; run < 20; run++) {
            model.run(rows).close();
        }
        assertTrue(directBuffers() <= before, "those of other tests may be collected meanwhile");
    }

    private static long directBuffers() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getCount)
                .sum();
    }

    private static boolean fits(int rows) {
        try (BatchOutput output = model.run(Collections.nCopies(rows, row(128)))) {
            return output.rows().size() == rows;
        } catch (RunFailedException e) {
            assertEquals(Kind.OUT_OF_MEMORY, e.kind(), e.getMessage());
            return false;
        }
    }

    @Test
    void anIdOutsideTheVocabularyIsNoMemoryError() {
        long[] id = {1_000_000};
        Row wrong = new Row(List.of(Tensor.int64(id), Tensor.int64(new long[] {1}), Tensor.int64(new long[] {0})));
        assertEquals(
                Kind.OTHER,
                assertThrows(RunFailedException.class, () -> model.run(List.of(wrong)))
                        .kind());
    }

    @Test
    void aDamagedGraphNamesItsFolderAndFile(@TempDir Path folder) throws IOException {
        Path damaged = Files.write(folder.resolve("model.onnx"), new byte[] {1, 2, 3});
        ModelSpec spec = new ModelSpec(
                "m",
                List.of("m"),
                GraphFiles.of(folder, damaged),
                SPEC.task(),
                Optional.empty(),
                1,
                OptionalInt.empty(),
                List.of());
        BrokenModelException e = assertThrows(BrokenModelException.class, () -> OnnxModel.open(spec, new Cpu(1)));
        assertTrue(e.getMessage().startsWith(folder + ": ONNX Runtime cannot load model.onnx"), e.getMessage());
    }

    @Test
    void anInputThatTheGraphLacksIsNamed() {
        TaskSpec.Embed embed = (TaskSpec.Embed) SPEC.task();
        TaskSpec task = new TaskSpec.Embed(
                embed.text(), embed.vectors(), embed.prompts(), new PortNames(List.of("ids"), Optional.empty()));
        ModelSpec spec = new ModelSpec(
                "m", List.of("m"), SPEC.graph(), task, Optional.empty(), 1, OptionalInt.empty(), List.of());
        long held = arena.heldBytes();
        BrokenModelException e = assertThrows(BrokenModelException.class, () -> OnnxModel.open(spec, new Cpu(1)));
        assertTrue(e.getMessage().contains("names the input ids, which all-minilm-l6-v2.onnx lacks"), e.getMessage());
        assertEquals(held, arena.heldBytes(), "the session was closed");
    }

    @Test
    void cudaSaysWhyItDoesNotWorkOnADeviceThatIsNotThere() {
        CudaTrial trial = new CudaCheck(99, false, () -> 0, 0).run();
        assertFalse(trial.defect().orElseThrow().isBlank());
        assertFalse(trial.full());
    }
}
