package dev.headroom.serving;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.headroom.plan.ServingDevice;
import java.util.List;
import org.junit.jupiter.api.Test;

class GeneratingModelsTest {

    private static final ServingDevice CPU = new ServingDevice(false, "CPU", "", 1L << 30, 1L << 30, "test");

    @Test
    void takesNothingAndReadsNoFilesWhereNoModelGeneratesText() {
        GeneratingModels none = new GeneratingModels(List.of(), CPU, 0.9);
        assertEquals(0, none.share(1L << 30, () -> {
            throw new AssertionError("the weights of all models were read");
        }));
    }
}
