package dev.headroom.generation.form;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ParameterTypesTest {

    @Test
    void aParameterThatIsNotKnownHasNoTypes() {
        ParameterTypes types = new ParameterTypes(Map.of("a", Set.of("string", "null")));
        assertEquals(Set.of("string", "null"), types.of("a"));
        assertEquals(Set.of(), types.of("A"));
        assertEquals(Set.of(), ParameterTypes.UNKNOWN.of("a"));
    }
}
