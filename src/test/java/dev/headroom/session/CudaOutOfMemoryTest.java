package dev.headroom.session;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.device.DeviceMemory;
import dev.headroom.device.Gpu;
import dev.headroom.device.GpuMemoryHeld;
import dev.headroom.device.HardwareProbe;
import dev.headroom.device.VisibleDevices;
import dev.headroom.model.ModelRepository;
import dev.headroom.model.ModelSpec;
import dev.headroom.session.ExecutionProvider.Cuda;
import dev.headroom.session.RunFailedException.Kind;
import dev.headroom.tensor.Row;
import dev.headroom.tensor.Tensor;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A real GPU with a small arena: {@code ./mvnw -Pgpu test -Dgroups=gpu -DexcludedGroups=}. */
@Tag("gpu")
class CudaOutOfMemoryTest {

    private static final int TOKENS = 256;

    private static List<Row> rows(int count) {
        long[] mask = new long[TOKENS];
        Arrays.fill(mask, 1);
        Row row = new Row(List.of(
                Tensor.int64(LongStream.range(1000, 1000 + TOKENS).toArray()),
                Tensor.int64(mask),
                Tensor.int64(new long[TOKENS])));
        return Collections.nCopies(count, row);
    }

    private static float[] firstToken(Model model) throws RunFailedException {
        try (BatchOutput output = model.run(rows(1))) {
            float[] values = new float[384];
            output.rows().getFirst().getFirst().floats().get(0, values);
            return values;
        }
    }

    @Test
    void aBatchThatDoesNotFitIsOutOfMemoryAndAShrinkAndANewSessionHelp() {
        try (DeviceThread device = new DeviceThread("cuda")) {
            device.run(() -> {
                try {
                    squeeze();
                } catch (RunFailedException e) {
                    throw new AssertionError(e);
                }
            });
        }
    }

    private static void squeeze() throws RunFailedException {
        Gpu gpu = HardwareProbe.probe(VisibleDevices.ALL).gpus().getFirst();
        DeviceMemory memory = new CudaArena(gpu.index(), 512L << 20, new GpuMemoryHeld(gpu));
        ModelSpec spec = new ModelRepository(Path.of("models")).scan().getFirst();
        try (Model model = OnnxModel.open(spec, new Cuda(gpu.index()))) {
            float[] before = firstToken(model);
            RunFailedException e = assertThrows(RunFailedException.class, () -> model.run(rows(512)));
            long held = memory.heldBytes();
            model.shrink();
            System.out.printf(
                    "%s%nwanted %s, held %d, after a shrink %d%n",
                    e.getMessage(), e.wantedBytes(), held, memory.heldBytes());
            assertEquals(Kind.OUT_OF_MEMORY, e.kind(), e.getMessage());
            assertTrue(memory.heldBytes() <= held);
            model.run(rows(16)).close();
            model.reopen();
            assertArrayEquals(before, firstToken(model), 1e-4f);
        }
    }
}
