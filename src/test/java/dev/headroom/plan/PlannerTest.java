package dev.headroom.plan;

import static dev.headroom.measured.Calibrations.ran;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.measured.Calibration;
import dev.headroom.measured.Calibrations;
import dev.headroom.measured.GrownBatch;
import dev.headroom.measured.MemoryProfile;
import dev.headroom.measured.SeriesEnd;
import dev.headroom.measured.SeriesEnd.Reason;
import dev.headroom.settings.Configs;
import dev.headroom.settings.PlanRefusedException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlannerTest {

    private static final long MIB = 1L << 20;
    private static final long GIB = 1L << 30;
    private static final long LONGEST = 256;
    private static final long BYTES_PER_ELEMENT = 1560;

    private static ServingDevice gpu(long totalMib) {
        return new ServingDevice(true, "a GPU", "8.9", totalMib * MIB, totalMib * MIB, "test");
    }

    private static ServingDevice cpu(long freeBytes) {
        return new ServingDevice(false, "CPU", "", freeBytes, freeBytes, "test");
    }

    private static Plan plan(ServingDevice device, Optional<MemoryProfile> declared, String... config) {
        return plan(device, model("m", declared), config);
    }

    private static Plan plan(ServingDevice device, ModelDemand model, String... config) {
        return plans(device, List.of(model), config).getFirst();
    }

    private static List<Plan> plans(ServingDevice device, List<ModelDemand> models, String... config) {
        return new Planner(device, new Planner.Host(4, 8 * GIB), Configs.of(config))
                .plan(models).stream().map(ModelPlan::plan).toList();
    }

    private static ModelDemand model(String name, Optional<MemoryProfile> declared) {
        return new ModelDemand(
                name,
                Plans.PRECISION,
                90 * MIB,
                LONGEST,
                BYTES_PER_ELEMENT,
                declared,
                OptionalInt.empty(),
                false,
                Optional.empty());
    }

    private static ModelDemand mixing(OptionalInt batch) {
        return new ModelDemand(
                "m",
                Plans.PRECISION,
                90 * MIB,
                LONGEST,
                BYTES_PER_ELEMENT,
                Optional.empty(),
                batch,
                true,
                Optional.of(measured(10, 40)));
    }

    @Test
    void itemsThatWouldChangeEachOtherRunOneByOneUnlessABatchIsSet() {
        Setting alone = plan(cpu(8 * GIB), mixing(OptionalInt.empty())).batch();
        assertEquals(1, alone.value());
        assertTrue(alone.reason().contains("DynamicQuantizeLinear"), alone.reason());
        assertEquals(4, plan(cpu(8 * GIB), mixing(OptionalInt.of(4))).batch().value());
        assertEquals(
                16,
                plan(cpu(8 * GIB), mixing(OptionalInt.empty()), "headroom.batch.max-items", "16")
                        .batch()
                        .value());
    }

    /** Its knee is at 8 rows of 32 elements and at 2 of 256; 1 MiB for each element. */
    private static Calibration measured(long shortMillis, long longMillis) {
        return Calibrations.of(
                500,
                ran(1, 32, shortMillis, 532),
                ran(4, 32, shortMillis, 628),
                ran(8, 32, shortMillis, 756),
                ran(16, 32, 2 * shortMillis, 1012),
                ran(1, 256, longMillis, 756),
                ran(2, 256, longMillis, 1012),
                ran(4, 256, 2 * longMillis));
    }

    private static ModelDemand calibrated(Calibration calibration) {
        return model("m", declared(1, 1)).calibrated(calibration);
    }

    private static Optional<MemoryProfile> declared(long baseMib, long perItemMib) {
        return Optional.of(MemoryProfile.ofItem(baseMib * MIB, perItemMib * MIB, LONGEST));
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
        assertEquals(60_000, plan.timeout().value(), "nothing is measured yet");
        assertEquals(10, plan.window().value());
        assertEquals(64 * 32, plan.queueItems().value());
        assertEquals(GIB, plan.queueBytes().value());
    }

    @Test
    void aCpuReservesLessAndStopsAtABatchThatPays() {
        assertEquals(8, plan(cpu(16 * GIB), declared(120, 8)).batch().value());
        Plan small = plan(cpu(316 * MIB), declared(120, 6));
        assertEquals(4, small.lanes().value() * small.batch().value(), "0.8 x (316 - 128) = 150 MiB");
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
                2, // 0.8 x 5120 = 4096
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
                "headroom.memory.limit leaves 40.0 MiB (40.0 MiB of headroom.memory.limit) for m, whose weights alone take 90.0 MiB: raise it well above that,"
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
                        + " 2.0 GiB are there (4.0 GiB free - 2.0 GiB reserved). Use a device with more memory or a"
                        + " smaller model, lower headroom.memory.reserved, or correct the memory that the model's folder"
                        + " declares.",
                e.getMessage());
    }

    @Test
    void theGreatestSettingsAreInForceWithoutOverflow() {
        Plan plan = plan(
                gpu(24564),
                declared(500, 1000),
                "headroom.batch.max-items",
                "2147483647",
                "headroom.batch.max-elements",
                "9223372036854775807",
                "headroom.prefetch",
                "2147483647",
                "headroom.workers",
                "2147483647");
        assertSet(Integer.MAX_VALUE, plan.batch());
        assertSet(Long.MAX_VALUE, plan.elements());
        assertEquals(65_536, plan.queueItems().value());
        assertEquals(86_400_000, plan.timeout().value(), "a day");
        assertTrue(
                plan.directMemory().value() > 2L * Integer.MAX_VALUE * LONGEST * BYTES_PER_ELEMENT,
                plan.directMemory().reason());
        plan.settings()
                .forEach((name, setting) ->
                        assertTrue(setting.value() > 0 || name.equals("alone"), name + " " + setting));
    }

    @Test
    void elementsWithoutLimitTakeNoMoreBuffersThanTheBatchFills() {
        Setting unlimited = plan(gpu(24564), declared(500, 1000), "headroom.batch.max-elements", "9223372036854775807")
                .directMemory();
        assertEquals(plan(gpu(24564), declared(500, 1000)).directMemory(), unlimited);
    }

    @Test
    void directMemoryHoldsTwoBatchesInBuffersOfPowersOfTwo() {
        Setting memory = plan(gpu(24564), declared(500, 1000)).directMemory();
        assertEquals(2 * 8 * MIB + 64 * MIB, memory.value(), "16 x 256 x 1560 bytes are 6.1 MiB");
        assertEquals("2 x 8.0 MiB for a batch's inputs and outputs, and 64 MiB for the network", memory.reason());
        ModelDemand exact = new ModelDemand(
                "m",
                Plans.PRECISION,
                90 * MIB,
                256,
                1024,
                declared(500, 1000),
                OptionalInt.empty(),
                false,
                Optional.empty());
        assertEquals(
                2 * 4 * MIB + 64 * MIB, plan(gpu(24564), exact).directMemory().value(), "a power of two already");
    }

    @Test
    void aCalibratedBatchIsTwiceTheKneeOnAnyDevice() {
        for (long mib : new long[] {4096, 24564, 143771}) {
            Plan plan = plan(gpu(mib), calibrated(measured(10, 40)));
            assertEquals(16, plan.batch().value());
            assertEquals(Source.CALIBRATED, plan.batch().source());
            assertEquals(2 * 2 * 256, plan.elements().value());
            assertEquals(Source.CALIBRATED, plan.elements().source());
            assertEquals(32, plan.prefetch().value());
        }
        Setting batch = plan(gpu(24564), calibrated(measured(10, 40))).batch();
        assertEquals(
                "8 rows of 32 elements ran at 800 items/s, as fast as any; 2 x that, because shorter ones gain longer",
                batch.reason());
    }

    @Test
    void aCalibratedBatchAlwaysHoldsTheLongestItem() {
        Calibration shortRowsOnly = Calibrations.of(500, ran(1, 8, 1), ran(2, 8, 2));
        Plan plan = plan(gpu(24564), calibrated(shortRowsOnly));
        assertEquals(LONGEST, plan.elements().value());
        assertTrue(plan.allows(1, LONGEST));
    }

    @Test
    void whatTheOperatorSetsCountsMoreThanWhatWasMeasured() {
        Plan plan = plan(gpu(24564), calibrated(measured(10, 40)), "headroom.batch.max-items", "3");
        assertSet(3, plan.batch());
        assertEquals(6, plan.prefetch().value());
    }

    private static Calibration ended(Calibration measured, Reason reason, Optional<GrownBatch> grown) {
        return new Calibration(
                measured.at(),
                measured.baseBytes(),
                measured.stoppedAtBytes(),
                measured.samples(),
                measured.lanes(),
                List.of(new SeriesEnd(32, reason)),
                grown);
    }

    private static Calibration endedByTime(Optional<GrownBatch> grown) {
        return ended(measured(10, 40), Reason.TIME, grown);
    }

    @Test
    void whereTimeEndedTheMeasuringTheBatchGrowsUnderLoad() {
        Plan plan = plan(gpu(24564), calibrated(endedByTime(Optional.empty())));
        assertEquals(16, plan.batch().value(), "twice the knee, as without an end");
        assertTrue(plan.batch().reason().endsWith("time ended the measuring, so that it grows under load"));
        assertTrue(plan.growth().orElseThrow().items() >= 1024);
        Plan larger = plan.grown(64);
        assertEquals(64, larger.batch().value());
        assertEquals(4 * plan.elements().value(), larger.elements().value());
        assertEquals(
                plan.growth().get().elements(), plan.grown(1 << 20).elements().value(), "direct memory");
    }

    @Test
    void whereOtherWorkEndedTheMeasuringTheBatchGrowsUnderLoad() {
        Plan plan = plan(gpu(24564), calibrated(ended(measured(10, 40), Reason.DISTURBED, Optional.empty())));
        assertTrue(plan.batch()
                .reason()
                .endsWith("other work on the machine ended the measuring, so that it grows under load"));
        assertTrue(plan.growth().isPresent());
    }

    @Test
    void whereMemoryOrThroughputEndedItNothingGrows() {
        for (Reason reason : List.of(Reason.MEMORY, Reason.THROUGHPUT, Reason.ROWS)) {
            Calibration measured = ended(measured(10, 40), reason, Optional.empty());
            assertEquals(
                    Optional.empty(), plan(gpu(24564), calibrated(measured)).growth());
        }
    }

    @Test
    void aBatchThatTheOperatorSetsDoesNotGrow() {
        Plan plan = plan(gpu(24564), calibrated(endedByTime(Optional.empty())), "headroom.batch.max-items", "3");
        assertEquals(Optional.empty(), plan.growth());
        assertSet(3, plan.batch());
    }

    /** 32 rows of 256 elements took 640 ms. */
    @Test
    void theBatchThatGrowthHasReachedIsThePlans() {
        Plan before = plan(gpu(24564), calibrated(endedByTime(Optional.empty())));
        GrownBatch grown = new GrownBatch(32, ran(32, 256, 640), 4);
        Plan plan = plan(gpu(24564), calibrated(endedByTime(Optional.of(grown))));
        assertEquals(32, plan.batch().value());
        assertEquals(Source.CALIBRATED, plan.batch().source());
        assertEquals(
                "grown under load: 32 rows of 256 elements ran at 50.0 items/s",
                plan.batch().reason());
        assertEquals(2 * before.elements().value(), plan.elements().value());
        assertEquals(Optional.of(grown), plan.growth().orElseThrow().reached());
        assertEquals(64, plan.prefetch().value());
    }

    /** Of two models on a device one has its own batch in its model.yaml, the other follows the setting for all. */
    @Test
    void theBatchOfAModelsOwnFolderCountsMoreThanTheSettingForAll() {
        ModelDemand own = new ModelDemand(
                "own",
                Plans.PRECISION,
                90 * MIB,
                LONGEST,
                BYTES_PER_ELEMENT,
                declared(500, 1000),
                OptionalInt.of(48),
                false,
                Optional.empty());
        List<Plan> plans =
                plans(gpu(24564), List.of(own, model("other", declared(500, 1000))), "headroom.batch.max-items", "3");
        assertEquals(48, plans.getFirst().batch().value());
        assertEquals(Source.SET, plans.getFirst().batch().source());
        assertEquals("set by batch in model.yaml", plans.getFirst().batch().reason());
        assertTrue(plans.getFirst().allows(48, LONGEST), "whatever the memory");
        assertSet(3, plans.getLast().batch());
        assertEquals("set by headroom.batch.max-items", plans.getLast().batch().reason());
        assertEquals(
                48, plan(gpu(24564), own.calibrated(measured(10, 40))).batch().value());
    }

    @Test
    void measuredMemoryLimitsEachShapeOfBatch() {
        // 1000 MiB are there; 500 + 0.8 x 500 = 900 MiB leave 400 elements of 1 MiB
        Plan plan = plan(gpu(2048 + 1000), calibrated(measured(10, 40)));
        assertEquals(900 * MIB, plan.memory().value(), plan.memory().reason());
        assertEquals(Source.CALIBRATED, plan.memory().source());
        assertTrue(plan.allows(2, 200));
        assertFalse(plan.allows(2, 201));
        assertTrue(plan.allows(16, 25));
        assertFalse(plan.allows(16, 26));
        assertFalse(plan.allows(17, 1), "the items");
        assertTrue(plan.allows(1, 1024), "alone it may try, whatever it takes");
        assertFalse(plan.allows(1, 1025), "the elements");
    }

    @Test
    void anItemThatTakesMoreThanTheBudgetRunsAloneAndWidensNothing() {
        Plan plan = plan(gpu(2048 + 700), calibrated(measured(10, 40))); // 500 + 0.8 x 200 = 630 = 0.9 x 700
        assertEquals(630 * MIB, plan.memory().value(), plan.memory().reason());
        assertTrue(plan.memory().reason().endsWith("one item of the greatest length takes 756.0 MiB, and runs alone"));
        assertTrue(plan.allows(1, LONGEST));
        assertFalse(plan.allows(2, 100), "700 MiB");
        assertTrue(plan.allows(2, 65));
    }

    @Test
    void itemsThatTheOperatorForcesAreNotHeldBackForTheirMemory() {
        Plan plan = plan(gpu(2048 + 1000), calibrated(measured(10, 40)), "headroom.batch.max-items", "64");
        assertTrue(plan.allows(64, 256));
        assertFalse(plan.allows(65, 1));
    }

    @Test
    void whereTheMeasuringKnowsNoMemoryWhatIsDeclaredHolds() {
        Calibration timesOnly = Calibrations.of(0, ran(1, 32, 10), ran(8, 32, 10), ran(1, 256, 40));
        Plan plan = plan(gpu(2048 + 1000), model("m", declared(500, 256)).calibrated(timesOnly));
        assertEquals(16, plan.batch().value());
        assertTrue(plan.allows(2, 128), "756 of 800 MiB");
        assertFalse(plan.allows(2, 160), "820 of 800 MiB");
    }

    @Test
    void noItemWaitsLongerThanABatchTook() {
        Setting window = plan(gpu(24564), calibrated(measured(4, 40))).window();
        assertEquals(4, window.value());
        assertEquals(Source.CALIBRATED, window.source());
        assertEquals(10, plan(gpu(24564), calibrated(measured(11, 40))).window().value());
        assertEquals(1, plan(gpu(24564), calibrated(measured(0, 40))).window().value(), "the least above none");
    }

    @Test
    void aSlowDeviceIsGivenFourTimesWhatItTook() {
        Setting slow = plan(cpu(16 * GIB), calibrated(measured(10, 2000))).timeout();
        assertEquals(4 * 16 * 1000, slow.value());
        assertEquals(Source.CALIBRATED, slow.source());
        assertEquals("4 x batch x what one of the longest items took, 1000 ms", slow.reason());
        Setting fast = plan(gpu(24564), calibrated(measured(10, 40))).timeout();
        assertEquals(10_000, fast.value(), "a busy machine needs more than 4 x 16 x 20 ms");
        assertEquals(
                "4 x batch x what one of the longest items took, 20 ms, is less than a busy machine may need: 10 s",
                fast.reason());
        assertEquals(
                86_400_000,
                plan(cpu(16 * GIB), calibrated(measured(10, 40_000_000)))
                        .timeout()
                        .value(),
                "a day at most");
    }

    @Test
    void theBudgetGrowsOnceTheModelIsMeasuredAndStaysBelowTheRisk() {
        MemoryBudget budget = MemoryBudget.of(cpu(1128 * MIB), Configs.of().memory(), 1);
        assertEquals(800 * MIB, budget.bytes());
        assertEquals(800 * MIB, budget.bytes(0));
        assertEquals(840 * MIB, budget.bytes(200 * MIB), "200 + 0.8 x 800");
        assertEquals(900 * MIB, budget.bytes(700 * MIB), "0.9 x 1000");
        assertEquals(900 * MIB, budget.bytes(5000 * MIB));
        assertEquals("800.0 MiB = 0.80 x (1.1 GiB free - 128.0 MiB reserved)", budget.reason(0));
        assertEquals(
                "900.0 MiB = at most 0.80 x (1000.0 MiB - 700.0 MiB for the model) beside the model, and 0.90 of all",
                budget.reason(700 * MIB));
    }

    @Test
    void noTargetIsAboveTheRisk() {
        String[] all = {"headroom.memory.target", "1", "headroom.memory.reserved", "0"};
        MemoryBudget budget = MemoryBudget.of(cpu(1000 * MIB), Configs.of(all).memory(), 1);
        assertEquals(900 * MIB, budget.bytes());
        assertEquals(900 * MIB, budget.bytes(100 * MIB));
        assertEquals(
                "900.0 MiB = 0.90 x 1000.0 MiB - 0 B of other models: above it the device runs out of memory",
                budget.reason());
    }

    @Test
    void otherModelsCountForTheRiskToo() {
        MemoryBudget budget =
                MemoryBudget.of(cpu(1128 * MIB), Configs.of().memory(), 1).without(700 * MIB);
        assertEquals(300 * MIB, budget.availableBytes());
        assertEquals(240 * MIB, budget.bytes(), "700 + 240 of 1128 are below 0.90");
        assertEquals(240 * MIB, budget.bytes(250 * MIB), "measured is never less than unmeasured");
        MemoryBudget limited = MemoryBudget.of(
                        cpu(8 * GIB),
                        Configs.of("headroom.memory.limit", "1000M").memory(),
                        1)
                .without(700 * MIB);
        assertEquals(200 * MIB, limited.bytes(), "700 + 200 of 1000");
        assertEquals(200 * MIB, limited.bytes(250 * MIB));
        assertEquals(0, budget.without(5000 * MIB).bytes(100));
        assertEquals(0, budget.without(5000 * MIB).availableBytes());
    }

    @Test
    void modelsShareTheDeviceOneBatchAtATime() {
        ModelDemand large = model("large", declared(9000, 1000));
        ModelDemand small = model("small", declared(500, 1000));
        List<Plan> plans = plans(gpu(24564), List.of(large, small)); // 22516 there
        assertEquals(8, plans.getFirst().batch().value(), "0.8 x (22516 - 500) = 17612: 8 x 1000 + 9000");
        assertEquals(8, plans.getLast().batch().value(), "0.8 x (22516 - 9000) = 10812: 10 x 1000 + 500");
        assertEquals(
                "8 x 1000.0 MiB + 500.0 MiB fit into 10.6 GiB = 0.80 x (24.0 GiB free - 2.0 GiB reserved - 8.8 GiB of"
                        + " other models)",
                plans.getLast().batch().reason());
        assertEquals(16, plans(gpu(24564), List.of(small)).getFirst().batch().value(), "alone");
    }

    @Test
    void measuredWeightsOfOneModelAreMissedByTheOthers() {
        ModelDemand measured = model("a", Optional.empty()).calibrated(measured(10, 40));
        List<Plan> plans = plans(gpu(24564), List.of(measured, model("b", declared(500, 1000))));
        assertEquals(
                (long) (0.8 * (22516 - 500) * MIB), plans.getLast().memory().value());
        Planner planner = new Planner(gpu(24564), new Planner.Host(4, GIB), Configs.of());
        assertEquals(
                (long) ((500 + 0.8 * (22516 - 90 - 500)) * MIB),
                planner.budgetBytes(List.of(measured, model("c", Optional.empty())), 0, 500 * MIB));
    }

    @Test
    void refusesTheModelThatOthersLeaveNoRoomForByItsName() {
        PlanRefusedException e = assertThrows(
                PlanRefusedException.class,
                () -> plans(gpu(24564), List.of(model("a", declared(1000, 10)), model("b", declared(22000, 10)))));
        assertTrue(e.getMessage().startsWith("Not even one item of a fits"), e.getMessage());
        assertTrue(e.getMessage().contains("- 21.5 GiB of other models)"), e.getMessage());
    }

    @Test
    void noModelsNeedNoPlan() {
        assertEquals(List.of(), plans(gpu(4096), List.of()));
    }

    @Test
    void aLimitThatIsNotReachedIsNotBlamed() {
        PlanRefusedException e = assertThrows(
                PlanRefusedException.class,
                () -> plan(gpu(4096), declared(2000, 1000), "headroom.memory.limit", "100G"));
        assertTrue(e.getMessage().startsWith("Not even one item of m fits on a GPU"), e.getMessage());
        Setting memory = plan(gpu(24564), declared(500, 1000), "headroom.memory.limit", "100G")
                .memory();
        assertEquals(Source.DEFAULT, memory.source());
        assertEquals(
                Source.SET,
                plan(gpu(24564), declared(500, 1000), "headroom.memory.limit", "5G")
                        .memory()
                        .source());
    }

    @Test
    void aDeviceWithoutMemoryIsRefusedAndNotDividedBy() {
        for (ServingDevice device :
                List.of(gpu(0), cpu(0), new ServingDevice(true, "full", "8.9", 24 * GIB, 0, "test"))) {
            assertThrows(PlanRefusedException.class, () -> plan(device, Optional.empty()), device::toString);
        }
    }

    @Test
    void declaredMemoryThatIsNoMemoryIsRefusedAndNotNegative() {
        Optional<MemoryProfile> endless = Optional.of(MemoryProfile.ofItem(1, Long.MAX_VALUE, 1));
        assertThrows(PlanRefusedException.class, () -> plan(gpu(24564), endless));
        Optional<MemoryProfile> heavy = Optional.of(MemoryProfile.ofItem(Long.MAX_VALUE, 1, 1));
        assertThrows(
                PlanRefusedException.class,
                () -> plans(gpu(24564), List.of(model("a", heavy), model("b", heavy), model("c", declared(1, 1)))));
    }

    @Test
    void knativeIsToldWhatFillsABatch() {
        KnativePlan knative = plan(gpu(24564), declared(500, 1000)).knative();
        assertEquals(32, knative.containerConcurrency().value());
        assertEquals(23, knative.autoscalingTarget().value(), "16 / 0.7");
        assertEquals(600, knative.timeoutSeconds().value(), "a GPU node wakes slowly");
        assertEquals(32, knative.parallelism().value());
    }

    @Test
    void knativeIsToldNothingThatItRefuses() {
        KnativePlan most = plan(gpu(24564), declared(500, 1000), "headroom.batch.max-items", "2147483647")
                .knative();
        assertEquals(1000, most.containerConcurrency().value());
        assertEquals(1000, most.autoscalingTarget().value());
        assertEquals(600, most.timeoutSeconds().value());
        assertEquals(1000, most.parallelism().value());
        assertEquals(300, onCpuWithin("10s"), "Knative's default");
        assertEquals(450, onCpuWithin("150s"), "3 x timeout");
        assertEquals(600, onCpuWithin("250s"), "the most that Knative allows");
    }

    private static long onCpuWithin(String timeout) {
        return plan(cpu(24564 * MIB), declared(500, 1000), "headroom.timeout", timeout)
                .knative()
                .timeoutSeconds()
                .value();
    }

    @Test
    void aBrokerSendsNoMoreThanAReplicaTakes() {
        KnativePlan knative =
                plan(gpu(24564), declared(500, 1000), "headroom.prefetch", "4").knative();
        assertEquals(4, knative.containerConcurrency().value());
        assertEquals(4, knative.autoscalingTarget().value());
        assertEquals(4, knative.parallelism().value());
    }

    @Test
    void everySettingHasItsNameUnitAndReason() {
        Plan plan = plan(gpu(24564), declared(500, 1000));
        assertEquals(19, plan.settings().size());
        plan.settings().forEach((name, setting) -> {
            assertTrue(name.matches("[a-z]+(-[a-z]+)*|[a-z]+[A-Z][A-Za-z]+"), name);
            assertFalse(setting.unit().isEmpty() || setting.reason().isEmpty(), name);
        });
    }

    @Test
    void theReasonSaysWhenNotOneItemFitsSafely() {
        Setting batch = plan(gpu(2048 + 1000), declared(500, 400)).batch(); // 900 of 1000; 800 are the budget
        assertEquals(1, batch.value());
        assertEquals(
                "one item of 256 elements takes 900.0 MiB, more than 800.0 MiB = 0.80 x (3.0 GiB free - 2.0 GiB"
                        + " reserved): the risk of running out of memory is high",
                batch.reason());
    }

    @Test
    void whatWasMeasuredUnderAnotherBudgetIsPlannedAsMeasured() {
        Calibration stopped = new Calibration(
                Calibrations.AT,
                500 * MIB,
                OptionalLong.of(GIB),
                measured(10, 40).samples());
        assertEquals(16, plan(gpu(143771), calibrated(stopped)).batch().value());
    }

    @Test
    void severalDevicesAreEachFedABatch() {
        Plan one = plan(gpu(24564), declared(500, 1000));
        Plan three = plan(gpu(24564).counted(3), declared(500, 1000));
        assertEquals(one.batch(), three.batch());
        assertEquals(one.memory(), three.memory());
        assertEquals(4 * three.batch().value(), three.prefetch().value());
        assertEquals(
                "4 x batch: 3 batches run while the next one forms",
                three.prefetch().reason());
        assertEquals(
                3 * (one.directMemory().value() - 64 * MIB),
                three.directMemory().value() - 64 * MIB);
        assertTrue(three.knative().autoscalingTarget().value()
                > 2 * one.knative().autoscalingTarget().value());
    }
}
