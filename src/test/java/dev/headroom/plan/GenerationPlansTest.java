package dev.headroom.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.plan.GenerationPlan.Terms;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Which models generate text on a device, and what they get of it. */
class GenerationPlansTest {

    private static final long KIB = 1 << 10;
    private static final long GIB = 1 << 30;
    private static final GenerationDemand LARGE = demand("large", 15 * GIB);
    private static final GenerationDemand SMALL = demand("small", GIB);

    private static GenerationDemand demand(String name, long bytes) {
        return new GenerationDemand(name, bytes, 128 * KIB, 1, 4 * 128_256, false, 131_072);
    }

    private static GenerationPlans plans(long availableBytes, long othersBytes, GenerationDemand... models) {
        return GenerationPlans.of(List.of(models), availableBytes, othersBytes, new Terms(0.8, true, true));
    }

    private static Map<String, Long> bytes(GenerationPlans plans) {
        return Map.of(
                "large", plans.plans().get("large").memory().value(),
                "small", plans.plans().get("small").memory().value());
    }

    @Test
    void modelsThatFitShareWhatTheirWeightsLeave() {
        GenerationPlans plans = plans(40 * GIB, 0, LARGE, SMALL);
        assertEquals(Map.of("large", 27 * GIB, "small", 13 * GIB), bytes(plans));
        assertEquals(40 * GIB, plans.bytes());
        assertEquals(Map.of(), plans.refusals());
    }

    @Test
    void oneThatDoesNotFitLeavesItsShareToTheOthers() {
        GenerationPlans plans = plans(10 * GIB, 0, LARGE, SMALL);
        assertEquals(Set.of("small"), plans.plans().keySet());
        assertEquals(10 * GIB, plans.bytes());
        String reason = plans.refusals().get("large").getMessage();
        assertTrue(reason.contains("The model large cannot generate text here"), reason);
    }

    @Test
    void ofTwoThatDoNotFitTogetherTheSmallerIsThere() {
        GenerationPlans plans = plans(16 * GIB, 0, SMALL, LARGE);
        assertEquals(Set.of("small"), plans.plans().keySet());
        assertEquals(16 * GIB, plans.bytes());
    }

    @Test
    void nothingIsTakenWhereNoneFits() {
        GenerationPlans plans = plans(GIB / 2, GIB / 4, LARGE, SMALL);
        assertEquals(0, plans.bytes());
        assertEquals(Set.of("large", "small"), plans.refusals().keySet());
        assertEquals(0, plans(GIB, 0).bytes());
    }
}
