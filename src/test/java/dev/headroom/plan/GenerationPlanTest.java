package dev.headroom.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.plan.GenerationPlan.Terms;
import dev.headroom.settings.PlanRefusedException;
import java.util.List;
import org.junit.jupiter.api.Test;

class GenerationPlanTest {

    private static final long KIB = 1 << 10;
    private static final long GIB = 1 << 30;

    /** Like an 8B Llama in half precision: 128 KiB of a token, 128,256 scores of 4 bytes. */
    private static final GenerationDemand LLAMA =
            new GenerationDemand("llama", 15 * GIB, 128 * KIB, 1, 4 * 128_256, false, 131_072);

    private static GenerationPlan plan(GenerationDemand model, long bytes) {
        return GenerationPlan.of(model, bytes, new Terms(0.8, true, true));
    }

    @Test
    void theCacheIsWhatWeightsAndAChunkOfAPromptLeave() {
        GenerationPlan plan = plan(LLAMA, 22 * GIB);
        long rest = (long) (0.8 * 7 * GIB);
        assertEquals(512, plan.chunk().value());
        assertEquals(rest - (512 * 4 * 128 * KIB + 4 * 128_256), plan.cache().value());
        assertTrue(
                plan.cache().reason().contains("only the last is scored"),
                plan.cache().reason());
        assertEquals(plan.cache().value() / (128 * KIB), plan.tokens().value());
        assertEquals(plan.tokens().value(), plan.context().value());
        assertTrue(plan.context().reason().contains("131,072"), plan.context().reason());
    }

    @Test
    void aLargeDeviceHoldsTheWholeContext() {
        GenerationPlan plan = plan(LLAMA, 75 * GIB);
        assertEquals(131_072, plan.context().value());
        assertEquals(256, plan.rows().value());
    }

    @Test
    void aSmallDeviceReadsSmallerChunksAndContinuesFewerSequences() {
        GenerationPlan plan = plan(LLAMA, 15 * GIB + GIB / 4);
        double quarter = 0.8 * GIB / 4 / 4;
        assertEquals(quarter / (4 * 128 * KIB), plan.chunk().value(), 1);
        assertTrue(
                plan.rows().value() <= quarter / (4 * 128_256 + 4 * 128 * KIB),
                plan.rows().text());
    }

    @Test
    void aGraphThatScoresAllOfAPromptLeavesLessForTheCache() {
        GenerationDemand all = new GenerationDemand("llama", 15 * GIB, 128 * KIB, 1, 4 * 128_256, true, 131_072);
        GenerationPlan plan = plan(all, 22 * GIB);
        assertEquals(
                plan(LLAMA, 22 * GIB).cache().value() - 511 * 4 * 128_256,
                plan.cache().value());
        assertTrue(
                plan.cache().reason().contains("all are scored"), plan.cache().reason());
    }

    @Test
    void theScoresOfAStepFitBesideTheCache() {
        GenerationDemand wide = new GenerationDemand("wide", GIB, KIB, 1, 4 * 1_000_000, false, 512);
        GenerationPlan plan = plan(wide, 2 * GIB);
        long rest = (long) (0.8 * GIB);
        assertEquals(rest / 4 / (4 * 1_000_000 + 4 * KIB), plan.rows().value());
        assertEquals(
                rest - plan.rows().value() * (4 * 1_000_000 + 4 * KIB),
                plan.cache().value());
    }

    @Test
    void aGraphThatCopiesItsCacheHoldsHalf() {
        GenerationDemand copied = new GenerationDemand("llama", 15 * GIB, 128 * KIB, 2, 4 * 128_256, false, 131_072);
        assertEquals(
                plan(LLAMA, 22 * GIB).tokens().value() / 2,
                plan(copied, 22 * GIB).tokens().value());
    }

    @Test
    void refusesADeviceThatHoldsNoSequence() {
        PlanRefusedException refused = assertThrows(PlanRefusedException.class, () -> plan(LLAMA, 15 * GIB));
        assertTrue(refused.getMessage().contains("15.0 GiB"), refused.getMessage());
    }

    @Test
    void aModelOfAFewTokensFits() {
        GenerationDemand tiny = new GenerationDemand("tiny", 1024, 256, 1, 400, false, 8);
        assertEquals(
                8,
                GenerationPlan.of(tiny, 64 * KIB, new Terms(0.8, false, true))
                        .context()
                        .value());
    }

    @Test
    void modelsShareWhatAllWeightsLeave() {
        assertEquals(List.of(40 * GIB), GenerationPlans.shares(List.of(LLAMA), 40 * GIB, 0));
        assertEquals(List.of(15 * GIB + 12 * GIB), GenerationPlans.shares(List.of(LLAMA), 40 * GIB, GIB));
        assertEquals(List.of(20 * GIB, 20 * GIB), GenerationPlans.shares(List.of(LLAMA, LLAMA), 40 * GIB, 0));
        assertEquals(List.of(), GenerationPlans.shares(List.of(), 40 * GIB, GIB));
    }
}
