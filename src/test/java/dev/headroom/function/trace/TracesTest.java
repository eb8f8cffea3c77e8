package dev.headroom.function.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.List;
import org.junit.jupiter.api.Test;

class TracesTest {

    @Test
    void nothingIsOpenedUnlessACollectorIsNamed() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        Traces traces = new Traces(new SmallRyeConfigBuilder().build(), registry);
        traces.begin(null, null); // asks for neither
        assertEquals(List.of(), registry.getMeters());
    }
}
