package dev.headroom.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Collections;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Functions of the C library, whose signatures differ. */
class NativeFunctionTest {

    @Test
    void anIntGoesInAndComesOut() {
        assertEquals(5, (int) function("abs").call(-5));
        assertEquals('A', (int) function("toupper").call((int) 'a'));
    }

    @Test
    void pointersAndLongsGoInAndComeOut() {
        try (Arena memory = Arena.ofConfined()) {
            MemorySegment text = memory.allocateFrom("headroom");
            assertEquals(8, function("strlen").call(text));
            assertEquals(
                    text.address() + 4,
                    function("strchr").callForPointer(text, (int) 'r').address());
            assertEquals(3_000_000_000L, function("labs").call(-3_000_000_000L));
        }
    }

    @Test
    void itGetsAllOfItsArguments() {
        try (Arena memory = Arena.ofConfined()) {
            MemorySegment numbers = memory.allocateFrom(ValueLayout.JAVA_BYTE, (byte) 1, (byte) 2, (byte) 3);
            MemorySegment copy = memory.allocate(3);
            function("memcpy").call(copy, numbers, 3L);
            assertEquals(-1, copy.mismatch(numbers));
        }
    }

    @Test
    void otherArgumentsAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> function("abs").call(1.5));
        assertThrows(IllegalArgumentException.class, () -> function("strlen").call("text"));
        assertThrows(IllegalArgumentException.class, () -> function("strlen").call(MemorySegment.ofArray(new byte[1])));
        assertThrows(
                IllegalArgumentException.class,
                () -> function("abs").call(Collections.nCopies(9, 1).toArray()));
    }

    @Test
    void anUnknownFunctionIsEmpty() {
        assertEquals(Optional.empty(), NativeFunction.ofTheCLibrary("no_such_function"));
    }

    private static NativeFunction function(String name) {
        return NativeFunction.ofTheCLibrary(name).orElseThrow();
    }
}
