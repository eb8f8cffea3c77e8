package dev.headroom.serving;

import static dev.headroom.measured.Calibrations.ran;
import static dev.headroom.serving.TwoDevices.LARGE;
import static dev.headroom.serving.TwoDevices.MIDDLE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.measured.Calibration;
import dev.headroom.measured.Calibrations;
import dev.headroom.model.ModelRepository;
import dev.headroom.model.ModelSpec;
import dev.headroom.model.Residence;
import dev.headroom.plan.Plan;
import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import dev.headroom.session.LlamaForm;
import dev.headroom.session.TinyLlama;
import dev.headroom.settings.PlanRefusedException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A model that generates text beside one that runs batches, on two devices that differ: threads of the CPU. */
@Timeout(120)
class GeneratingOnSeveralDevicesTest {

    private static final ModelSpec MINILM =
            new ModelRepository(Path.of("models")).scan().getFirst();

    @TempDir
    private Path folder;

    private ModelSpec llama;
    private TwoDevices two;

    @BeforeEach
    void write() {
        llama = TinyLlama.write(folder.resolve("llama"), LlamaForm.SHARED);
    }

    /** Plans for a device of so many bytes, and for a second one that differs. */
    private void plan(List<ModelSpec> specs, long first, long second) {
        close();
        two = null;
        two = TwoDevices.of(specs, first, second);
    }

    @AfterEach
    void close() {
        if (two != null) {
            two.close();
        }
    }

    @Test
    void bothContinueTextAndWhereOneIsLostTheOther() throws InterruptedException {
        plan(List.of(MINILM, llama), MIDDLE, LARGE);
        two.serve();
        while (two.read(0) == 0 || two.read(1) == 0) {
            IntStream.range(0, 16)
                    .mapToObj(i -> two.generate(2 + i, 3, 4))
                    .toList()
                    .forEach(end -> assertEquals(Optional.empty(), end.join()));
        }
        two.lose(0);
        double before = two.read(0);
        assertEquals(Optional.empty(), two.generate(9, 8, 7).join());
        assertEquals(before, two.read(0));
        Pipelines pipelines = two.pipelines();
        assertEquals(List.of("The device: the test's"), pipelines.losses());
        assertTrue(pipelines.ready());
        two.lose(1);
        assertEquals(
                Failure.Unavailable.deviceLost(),
                assertThrows(RequestFailedException.class, () -> two.generate(2))
                        .failure());
        assertTrue(pipelines.defect().isPresent());
    }

    /** The other device serves batches, and would for ever answer nobody who wants text. */
    @Test
    void aModelWithoutADeviceIsADefectThoughAnotherDeviceServes() throws InterruptedException {
        plan(List.of(llama), LARGE, llama.weightBytes());
        two.serve();
        Pipelines pipelines = two.pipelines();
        two.lose(0);
        assertEquals(Optional.of("No device is left for llama: the test's"), pipelines.defect());
        assertFalse(pipelines.ready());
        assertEquals(List.of("The device: the test's"), pipelines.losses());
    }

    @Test
    void theLossOfADeviceThatHasNoTextIsNoDefect() throws InterruptedException {
        plan(List.of(llama), LARGE, llama.weightBytes());
        two.serve();
        two.lose(1);
        assertEquals(Optional.empty(), two.pipelines().defect());
        assertEquals(Optional.empty(), two.generate(2, 3, 4).join());
    }

    /** What was measured when the model was opened differs by some bytes. */
    @Test
    void alikeDevicesHaveOnePlanInTheReport() throws InterruptedException {
        two = new TwoDevices(List.of(MINILM, llama), MIDDLE, Map.of());
        assertEquals(Map.of(), two.report().unlike());
        two.serve();
        assertEquals(Map.of(), two.report().unlike());
        assertFalse(
                two.report().text().contains("on device"), () -> two.report().text());
    }

    /** Neither the text's part nor the batches' is of memory that the other has. */
    @Test
    void eachDevicesMemoryIsPlannedByItself() throws InterruptedException {
        plan(List.of(MINILM, llama), MIDDLE, LARGE);
        two.serve();
        long first = two.report().plan().memory().value();
        long second = two.report().unlike().get(1).memory().value();
        assertEquals(first + (LARGE - MIDDLE) / 2, second, "beside batches half of what all weights leave");
        ServedModel minilm = two.plan.graphs().all().getFirst();
        long batch = minilm.plan().memory().value();
        long secondBatch = minilm.own().byNumber().get(1).memory().value();
        assertTrue(batch + first <= MIDDLE && secondBatch + second <= LARGE, batch + ", " + secondBatch);
        assertTrue(secondBatch > batch + (100 << 20), batch + ", " + secondBatch);
        assertTrue(
                two.report().text().contains("on device 1"), () -> two.report().text());
    }

    @Test
    void aDeviceThatIsTooSmallForItIsLeftOutWithTheReason() throws InterruptedException {
        plan(List.of(llama), LARGE, llama.weightBytes());
        assertEquals(Map.of(), two.report().unlike());
        assertTrue(
                two.report().remarks().getFirst().startsWith("No text is generated on GPU 1 (two): The model llama"),
                two.report().remarks().toString());
        two.serve();
        assertEquals(Optional.empty(), two.generate(2, 3, 4).join());
        assertEquals(3, two.read(0));
        assertTrue(two.registry
                .find("headroom.generation.tokens")
                .tag("device", "1")
                .meters()
                .isEmpty());
    }

    @Test
    void theDeviceOfTheModelsPlansMayBeTheOneThatIsTooSmall() {
        plan(List.of(MINILM, llama), MINILM.weightBytes() + (40 << 20), LARGE);
        long minilmBeside = two.plan.graphs().all().getFirst().plan().memory().value();
        plan(List.of(MINILM, wide()), MINILM.weightBytes() + (40 << 20), LARGE);
        assertTrue(
                two.report().remarks().getFirst().startsWith("No text is generated on one: The model llama"),
                two.report().remarks().toString());
        assertTrue(two.report().plan().memory().value() > (300 << 20));
        assertEquals(Map.of(), two.report().unlike());
        long minilm = two.plan.graphs().all().getFirst().plan().memory().value();
        assertTrue(minilm > minilmBeside, minilm + " instead of " + minilmBeside + ", all that is there");
    }

    /** The first device has all of its memory for batches, the second hardly any. */
    @Test
    void batchesFitOnTheDeviceToo() {
        long weights = MINILM.weightBytes() + wide().weightBytes();
        ModelSpec pinned = copy(MINILM.name(), new Residence(true, Optional.of(Residence.Opening.START)));
        assertThrows(
                PlanRefusedException.class,
                () -> plan(List.of(pinned, wide()), MINILM.weightBytes() + (40 << 20), weights + (6 << 20)));
        plan(List.of(MINILM, wide()), MINILM.weightBytes() + (40 << 20), weights + (6 << 20));
        assertEquals(List.of(), two.plan.graphs().all());
        assertTrue(two.plan.residency().budgetBytes() < MINILM.weightBytes() + (6 << 20));
    }

    /** Beside what is measured on the first device the other model does not fit on the second one, which has less for batches. */
    @Test
    void measurementsLeaveEachDeviceAPlan() {
        plan(List.of(MINILM, copy("other", MINILM.residence()), llama), LARGE, MIDDLE);
        ServedModel minilm = two.plan.graphs().all().getFirst();
        Plan first = minilm.plan();
        Plan second = minilm.own().byNumber().get(1);
        Calibration large = Calibrations.of(300, ran(1, 16, 10, 301), ran(8, 16, 12, 308), ran(1, 256, 12, 316));
        assertFalse(two.plan.calibrate(minilm, large));
        assertEquals(first, minilm.plan());
        assertEquals(second, minilm.own().byNumber().get(1));

        two.plan.measurements().measured(minilm, two.access(1), large);
        assertEquals(second, minilm.own().byNumber().get(1));

        Calibration small = Calibrations.of(100, ran(1, 16, 10, 101), ran(8, 16, 12, 108), ran(1, 256, 12, 116));
        assertTrue(two.plan.calibrate(minilm, small));
        two.plan.measurements().measured(minilm, two.access(1), small);
        assertTrue(minilm.own().byNumber().get(1).memory().value()
                < minilm.plan().memory().value());
    }

    /** Another one like it, which is open when that says so. */
    private static ModelSpec copy(String name, Residence residence) {
        return new ModelSpec(
                name,
                List.of(name),
                MINILM.graph(),
                MINILM.task(),
                MINILM.memory(),
                MINILM.weight(),
                MINILM.batch(),
                MINILM.remarks(),
                MINILM.origin(),
                residence);
    }

    /** One of some 50 MiB. */
    private ModelSpec wide() {
        return TinyLlama.write(folder.resolve("wide/llama"), LlamaForm.SHARED, 2, 768);
    }

    @Test
    void itIsRefusedWhereItFitsOnNoDevice() {
        PlanRefusedException refused =
                assertThrows(PlanRefusedException.class, () -> plan(List.of(llama), 1 << 10, 2 << 10));
        assertTrue(refused.getMessage().startsWith("The model llama cannot generate text here"), refused.getMessage());
    }
}
