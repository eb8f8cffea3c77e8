package dev.headroom.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.settings.PlanRefusedException;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.statistics.Statistics;

/** What holds for every device, every model and every setting of the memory. */
class PlanPropertiesTest {

    /** The same cases at each build; take it away to draw others. */
    private static final String SEED = "20260102";

    @Provide
    Arbitrary<PlanCase> cases() {
        return PlanCases.cases();
    }

    @Provide
    Arbitrary<Long> moreBytes() {
        return PlanCases.bytes(PlanCases.MOST_DEVICE_BYTES);
    }

    /** Batches of more than one row that a plan allows, among them the largest of each length. */
    private static void eachAllowed(ModelPlan planned, BiConsumer<Long, Long> shape) {
        Plan plan = planned.plan();
        long longest = planned.model().elementsPerItem();
        for (long length : new long[] {1, Math.max(1, longest / 16), Math.max(1, longest / 2), longest}) {
            LongStream.iterate(plan.batch().value(), rows -> rows > 1, rows -> rows - Math.max(1, rows / 8))
                    .filter(rows -> plan.allows(rows, length))
                    .forEach(rows -> shape.accept(rows, length));
        }
    }

    @Property(seed = SEED, edgeCases = EdgeCasesMode.NONE)
    void noBatchOfSeveralItemsIsPredictedToCrossTheRiskLine(@ForAll("cases") PlanCase drawn) {
        for (ModelPlan planned : drawn.answer().orElse(List.of())) {
            double belowRisk = MemoryBudget.RISK * drawn.totalBytes() - drawn.othersBytes(planned.model());
            long mostBytes = (long) Math.max(0, belowRisk);
            Plan plan = planned.plan();
            assertTrue(plan.memory().value() >= 0 && plan.memory().value() <= mostBytes, plan::toString);
            eachAllowed(planned, (rows, length) -> {
                long predicted = plan.profile()
                        .map(profile -> profile.bytes(rows, length))
                        .orElse(0L);
                assertTrue(predicted <= mostBytes, () -> rows + " x " + length + " in " + plan);
            });
        }
    }

    @Property(seed = SEED, edgeCases = EdgeCasesMode.NONE)
    void theCasesAreOfEveryKind(@ForAll("cases") PlanCase drawn) {
        List<ModelPlan> plans = drawn.answer().orElse(List.of());
        seen("refused", plans.isEmpty());
        for (Source source : List.of(Source.CALIBRATED, Source.DECLARED, Source.TIER, Source.DEFAULT)) {
            seen(source.toString(), sources(plans).anyMatch(source::equals));
        }
        seen("limited", !plans.isEmpty() && drawn.limited());
        seen("memory decides", plans.stream().anyMatch(PlanPropertiesTest::memoryDecides));
        seen("runs alone", plans.stream().anyMatch(planned -> !allowsItems(planned, 2)));
    }

    private static void seen(String what, boolean here) {
        Statistics.label(what).collect(here);
        Statistics.label(what).coverage(coverage -> coverage.check(true).percentage(p -> p >= 2));
    }

    private static Stream<Source> sources(List<ModelPlan> plans) {
        return plans.stream().map(planned -> planned.plan().batch().source());
    }

    private static boolean memoryDecides(ModelPlan planned) {
        Plan plan = planned.plan();
        long items = plan.elements().value() / planned.model().elementsPerItem();
        return allowsItems(planned, 2)
                && !allowsItems(planned, Math.min(items, plan.batch().value()));
    }

    private static boolean allowsItems(ModelPlan planned, long items) {
        return planned.plan().allows(items, planned.model().elementsPerItem());
    }

    @Property(seed = SEED, edgeCases = EdgeCasesMode.NONE)
    void oneItemIsServedWhereItFits(@ForAll("cases") PlanCase drawn) {
        for (ModelPlan planned : drawn.answer().orElse(List.of())) {
            Plan plan = planned.plan();
            assertTrue(
                    plan.batch().asInt() >= 1 && plan.allows(1, planned.model().elementsPerItem()), plan::toString);
            plan.settings().forEach((name, setting) -> assertTrue(setting.value() >= 0, () -> name + plan));
        }
    }

    @Property(seed = SEED, edgeCases = EdgeCasesMode.NONE)
    void aRefusalIsRightAndSaysTheNumbersAndTheRemedy(@ForAll("cases") PlanCase drawn) {
        long available = drawn.planner(drawn.device()).availableBytes(1);
        boolean limited = drawn.limited();
        boolean allFit = drawn.models().stream().allMatch(model -> {
            long there = Math.max(0, available - drawn.othersBytes(model));
            long item = model.memory()
                    .map(profile -> profile.bytes(1, model.elementsPerItem()))
                    .orElse(model.weightBytes());
            return model.calibration().isPresent() || (limited ? there >= leastLimit(drawn, model) : item <= there);
        });
        try {
            drawn.plans();
            assertTrue(allFit, "planned what does not fit");
        } catch (PlanRefusedException e) {
            assertTrue(!allFit, e.getMessage());
            assertTrue(e.getMessage().matches(".*\\d (B|KiB|MiB|GiB).*\\d (B|KiB|MiB|GiB).*"), e.getMessage());
            assertTrue(
                    e.getMessage().contains("Use a device with more memory or a smaller model")
                            || e.getMessage().contains("raise it well above that, or leave it out"),
                    e.getMessage());
        }
    }

    private static long leastLimit(PlanCase drawn, ModelDemand model) {
        return drawn.device().gpu() ? model.weightBytes() : model.weightBytes() / 2;
    }

    @Property(seed = SEED, edgeCases = EdgeCasesMode.NONE)
    void aLargerDeviceNeverGetsASmallerBatch(
            @ForAll("cases") PlanCase small, @ForAll("moreBytes") long moreTotal, @ForAll("moreBytes") long moreFree) {
        PlanCase large = small.with(moreTotal, moreFree);
        small.answer().ifPresent(plans -> {
            List<ModelPlan> larger = large.answer().orElseThrow();
            for (int i = 0; i < plans.size(); i++) {
                Plan less = plans.get(i).plan();
                Plan more = larger.get(i).plan();
                assertTrue(inAllLanes(more) >= inAllLanes(less), () -> less + " " + more);
                if (more.lanes().value() > less.lanes().value()) {
                    continue; // as much in all, and less in each
                }
                assertTrue(more.elements().value() >= less.elements().value(), () -> less + " " + more);
                assertTrue(more.memory().value() >= less.memory().value(), () -> less + " " + more);
                eachAllowed(
                        plans.get(i),
                        (rows, length) -> assertTrue(more.allows(rows, length), () -> rows + " x " + length));
            }
        });
    }

    private static long inAllLanes(Plan plan) {
        return plan.lanes().value() * plan.batch().value();
    }

    @Property(seed = SEED, edgeCases = EdgeCasesMode.NONE)
    void everythingElseFollowsFromTheBatch(@ForAll("cases") PlanCase drawn) {
        for (ModelPlan planned : drawn.answer().orElse(List.of())) {
            Plan plan = planned.plan();
            long batch = plan.batch().value();
            long lanes = plan.lanes().value();
            assertTrue(lanes == 1 || lanes == 4 && !drawn.device().gpu(), plan::toString);
            assertEquals(
                    4 - lanes + 1, drawn.device().gpu() ? 4 : plan.threads().value());
            assertEquals((lanes + 1) * batch, plan.prefetch().value());
            assertEquals(2 * batch, plan.fetches().value());
            assertEquals(Math.min(batch, 4), plan.workers().value());
            assertEquals(
                    Math.min(65_536, 64 * (lanes + 1) * batch),
                    plan.queueItems().value());
            assertTrue(
                    plan.timeout().value() >= (planned.model().calibration().isPresent() ? 10_000 : 60_000),
                    plan::toString);
            assertTrue(plan.window().value() >= 1 && plan.window().value() <= 10, plan::toString);
            long elements =
                    Math.min(plan.elements().value(), batch * planned.model().elementsPerItem());
            assertTrue(plan.directMemory().value()
                    >= (lanes + 1) * elements * planned.model().bytesPerElement());
            knativeFollows(plan);
        }
    }

    private static void knativeFollows(Plan plan) {
        KnativePlan knative = plan.knative();
        long concurrency = knative.containerConcurrency().value();
        assertEquals(Math.min(1000, plan.prefetch().value()), concurrency);
        assertEquals(concurrency, knative.parallelism().value());
        assertTrue(
                knative.autoscalingTarget().value()
                        >= Math.min(1000, plan.batch().value()),
                plan::toString);
        assertTrue(knative.autoscalingTarget().value() <= concurrency, plan::toString);
        long seconds = knative.timeoutSeconds().value();
        assertTrue(seconds >= 300 && seconds <= 600, plan::toString);
    }

    @Property(seed = SEED, edgeCases = EdgeCasesMode.NONE)
    void whatIsCalculatedIsWhatIsEnforced(@ForAll("cases") PlanCase drawn) {
        for (ModelPlan planned : drawn.answer().orElse(List.of())) {
            Plan plan = planned.plan();
            long all = plan.batch().value() * planned.model().elementsPerItem();
            boolean buffersFit = plan.elements().value() >= all;
            if (plan.batch().source() == Source.DECLARED && buffersFit) {
                assertTrue(plan.allows(plan.batch().value(), planned.model().elementsPerItem()), plan::toString);
            }
        }
    }
}
