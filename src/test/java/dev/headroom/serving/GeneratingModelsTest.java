package dev.headroom.serving;

import static org.junit.jupiter.api.Assertions.assertSame;

import dev.headroom.plan.GenerationPlan;
import dev.headroom.plan.Planner;
import dev.headroom.plan.ServingDevice;
import dev.headroom.settings.Configs;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class GeneratingModelsTest {

    @Test
    void takesNothingAndReadsNoFilesWhereNoModelGeneratesText() {
        GeneratingModels none = new GeneratingModels(List.of(), new GenerationPlan.Terms(0.9, false, true));
        Planner planner = new Planner(
                new ServingDevice(false, "a CPU", "", 1L << 30, 1L << 30, "test"),
                new Planner.Host(1, 1L << 30),
                Configs.of("headroom.models", "models"));
        assertSame(planner, none.planBeside(OptionalInt.empty(), planner, Collections.nCopies(1, null)));
    }
}
