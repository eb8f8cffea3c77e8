package dev.headroom.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlannerTest {

    private static final long MIB = 1L << 20;
    private static final long GIB = 1L << 30;

    private static ServingDevice gpu(long totalMib) {
        return new ServingDevice(true, "a GPU", totalMib * MIB, totalMib * MIB, "test");
    }

    private static ServingDevice cpu(long freeBytes) {
        return new ServingDevice(false, "CPU", freeBytes, freeBytes, "test");
    }

    private static Plan plan(ServingDevice device, Optional<MemoryProfile> declared, String... config) {
        return new Planner(device, 4, 8 * GIB, Configs.of(config)).plan(new ModelDemand("m", 90 * MIB, 256, declared));
    }

    private static Optional<MemoryProfile> declared(long baseMib, long perItemMib) {
        return Optional.of(new MemoryProfile(baseMib * MIB, perItemMib * MIB));
    }

    @ParameterizedTest(name = "{0}: {1} MiB is a batch of {2}")
    @CsvSource({
        "H200, 143771, 32",
        "A100-80, 81920, 32",
        "H100, 81559, 32",
        "A6000, 49140, 16",
        "L40S, 49140, 16",
        "L40, 46068, 16",
        "A40, 46068, 16",
        "A100-40, 40960, 8",
        "RTX 3090, 24576, 8",
        "RTX 4090, 24564, 8",
        "L4, 23034, 8",
        "A10, 23028, 8",
        "Quadro RTX 6000 with ECC, 22698, 8",
        "RTX 4000 Ada 20 GB, 20475, 4",
        "T4, 15360, 4",
        "RTX 3060, 12288, 4",
        "laptop, 4096, 4",
        "A100-40 MIG 1g.5gb, 4864, 4",
        "A100-40 MIG 2g.10gb, 9856, 4",
        "A100-40 MIG 3g.20gb, 19968, 4",
        "A100-40 MIG 7g.40gb, 40192, 8",
        "A100-80 MIG 1g.10gb, 9728, 4",
        "A100-80 MIG 3g.40gb, 40448, 8",
        "A100-80 MIG 7g.80gb, 80896, 32",
    })
    void aCardWithoutDeclaredMemoryGetsItsTier(String card, long totalMib, int batch) {
        Plan plan = plan(gpu(totalMib), Optional.empty());
        assertEquals(batch, plan.batch().value(), card);
        assertEquals(Source.TIER, plan.batch().source());
    }

    @ParameterizedTest(name = "{0} MiB free, {1} MiB and {2} MiB an item: a batch of {3}")
    @CsvSource({
        "24564, 500, 1000, 16", // 0.8 x (24564 - 2048) = 18012; (18012 - 500) / 1000 = 17
        "24564, 500, 2000, 8",
        "15360, 500, 1000, 8", // 10649
        "4096, 500, 1000, 1", // 1638
        "143771, 500, 1000, 32", // 113378: 64 would fit
    })
    void declaredMemoryFillsTheTargetShareOfWhatIsAvailable(long mib, long baseMib, long perItemMib, int batch) {
        Plan plan = plan(gpu(mib), declared(baseMib, perItemMib));
        assertEquals(batch, plan.batch().value(), plan.batch().reason());
        assertEquals(
                batch == 32 ? Source.DEFAULT : Source.DECLARED,
                plan.batch().source(),
                plan.batch().reason());
    }

    @Test
    void everythingElseFollowsFromTheBatch() {
        Plan plan = plan(gpu(24564), declared(500, 1000));
        assertEquals(16, plan.batch().value());
        assertEquals(16 * 256, plan.elements().value());
        assertEquals(32, plan.prefetch().value());
        assertEquals(32, plan.fetches().value());
        assertEquals(4, plan.workers().value(), "min(batch, cores)");
        assertEquals(2600, plan.timeout().value(), "1 s + 0.1 s x 16");
        assertEquals(10, plan.window().value());
        assertEquals(64 * 32, plan.queueItems().value());
        assertEquals(GIB, plan.queueBytes().value());
    }

    @Test
    void aCpuReservesLessAndStopsAtABatchThatPays() {
        assertEquals(8, plan(cpu(16 * GIB), declared(120, 8)).batch().value());
        assertEquals(4, plan(cpu(316 * MIB), declared(120, 6)).batch().value(), "0.8 x (316 - 128) = 150 MiB");
    }

    @Test
    void whatTheOperatorSetsIsInForceAndSaysSo() {
        Plan plan = plan(
                gpu(24564),
                declared(500, 1000),
                "headroom.batch.max-items",
                "5",
                "headroom.batch.max-elements",
                "77",
                "headroom.batch.max-window",
                "3ms",
                "headroom.queue.max-items",
                "9",
                "headroom.queue.max-bytes",
                "1M",
                "headroom.prefetch",
                "6",
                "headroom.workers",
                "7",
                "headroom.fetches",
                "8",
                "headroom.timeout",
                "2s");
        assertSet(5, plan.batch());
        assertSet(77, plan.elements());
        assertSet(3, plan.window());
        assertSet(9, plan.queueItems());
        assertSet(MIB, plan.queueBytes());
        assertSet(6, plan.prefetch());
        assertSet(7, plan.workers());
        assertSet(8, plan.fetches());
        assertSet(2000, plan.timeout());
    }

    private static void assertSet(long value, Setting setting) {
        assertEquals(value, setting.value());
        assertEquals(Source.SET, setting.source());
        assertTrue(setting.reason().startsWith("set by headroom."), setting.reason());
    }

    @Test
    void theMemorySettingsMoveTheBudget() {
        assertEquals(
                8,
                plan(gpu(24564), declared(500, 1000), "headroom.memory.target", "0.5")
                        .batch()
                        .value());
        assertEquals(
                2,
                plan(gpu(24564), declared(500, 1000), "headroom.memory.reserved", "20G")
                        .batch()
                        .value());
        assertEquals(
                4,
                plan(gpu(24564), declared(500, 1000), "headroom.memory.limit", "5G")
                        .batch()
                        .value());
    }

    @Test
    void aWindowBelowAMillisecondIsNotNone() {
        assertEquals(
                1,
                plan(gpu(24564), declared(500, 1000), "headroom.batch.max-window", "PT0.0005S")
                        .window()
                        .value());
    }

    @Test
    void refusesALimitBelowTheWeights() {
        PlanRefusedException e = assertThrows(
                PlanRefusedException.class,
                () -> plan(cpu(16 * GIB), Optional.empty(), "headroom.memory.limit", "40M"));
        assertEquals(
                "headroom.memory.limit is 40.0 MiB, and the weights of m alone take 90.0 MiB: raise it well above that,"
                        + " or leave it out.",
                e.getMessage());
    }

    @Test
    void aLimitThatLooksTooSmallIsLeftToTheFirstRun() {
        Plan plan = plan(cpu(16 * GIB), declared(120, 8), "headroom.memory.limit", "60M");
        assertEquals(1, plan.batch().value());
    }

    @Test
    void refusesWhereNotOneItemFitsWithTheNumbersAndTheRemedy() {
        PlanRefusedException e = assertThrows(PlanRefusedException.class, () -> plan(gpu(4096), declared(2000, 1000)));
        assertEquals(
                "Not even one item of m fits on a GPU: it takes 2.9 GiB (2.0 GiB and 1000.0 MiB for the item), and"
                        + " 1.6 GiB are there (1.6 GiB = 0.80 x (4.0 GiB free - 2.0 GiB reserved)). Use a device with"
                        + " more memory or a smaller model, lower headroom.memory.reserved, or correct the memory that"
                        + " the model's folder declares.",
                e.getMessage());
    }

    @ParameterizedTest
    @CsvSource({
        "headroom.batch.max-items, 0",
        "headroom.batch.max-elements, -1",
        "headroom.batch.max-window, -1ms",
        "headroom.timeout, 0s",
        "headroom.timeout, PT100000H",
        "headroom.workers, 0",
        "headroom.memory.target, 1.5",
        "headroom.memory.target, 0",
    })
    void refusesSettingsThatMakeNoSenseByTheirName(String name, String value) {
        PlanRefusedException e =
                assertThrows(PlanRefusedException.class, () -> plan(gpu(24564), declared(500, 1000), name, value));
        assertTrue(e.getMessage().contains(name) && e.getMessage().contains("set it"), e.getMessage());
    }
}
