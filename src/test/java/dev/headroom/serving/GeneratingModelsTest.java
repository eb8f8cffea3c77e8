package dev.headroom.serving;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.headroom.plan.GenerationPlan;
import java.util.List;
import org.junit.jupiter.api.Test;

class GeneratingModelsTest {

    @Test
    void takesNothingAndReadsNoFilesWhereNoModelGeneratesText() {
        GeneratingModels none = new GeneratingModels(List.of(), new GenerationPlan.Terms(0.9, false, true));
        assertEquals(
                0,
                none.plans(1L << 30, () -> {
                            throw new AssertionError("the weights of all models were read");
                        })
                        .bytes());
    }
}
