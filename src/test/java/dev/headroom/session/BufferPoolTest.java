package dev.headroom.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class BufferPoolTest {

    private final BufferPool pool = new BufferPool(false);

    @Test
    void aBufferGivenBackIsUsedAgainForLikeSizes() {
        ByteBuffer first = pool.take(5000);
        assertEquals(5000, first.limit());
        assertEquals(8192, first.capacity());
        pool.give(first);
        ByteBuffer second = pool.take(8192);
        assertSame(first, second);
        assertEquals(8192, second.limit());
        assertNotSame(second, pool.take(8192));
    }

    @Test
    void withoutCudaABufferThatShouldBePageLockedIsAnOrdinaryOne() {
        BufferPool locked = new BufferPool(true);
        ByteBuffer first = locked.take(5000);
        assertEquals(8192, first.capacity());
        locked.give(first);
        locked.clear();
        assertNotSame(first, locked.take(5000));
    }

    @Test
    void aPowerOfTwoIsNotDoubled() {
        assertEquals(4096, pool.take(1).capacity());
        assertEquals(4096, pool.take(4096).capacity());
        assertEquals(8192, pool.take(4097).capacity());
    }

    @Test
    void whatNoBufferCanHoldIsAMemoryError() {
        assertThrows(OutOfMemoryError.class, () -> pool.take(1L << 31));
    }
}
