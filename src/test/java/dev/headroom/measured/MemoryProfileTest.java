package dev.headroom.measured;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

class MemoryProfileTest {

    @Test
    void asManyRowsFitAsArePredictedToAndNoMore() {
        Random random = new Random(7);
        for (int i = 0; i < 10_000; i++) {
            long longest = 1 + random.nextInt(8192);
            MemoryProfile profile =
                    MemoryProfile.ofItem(random.nextLong(1L << 34), 1 + random.nextLong(1L << 32), longest);
            int rows = 1 + random.nextInt(64);
            long exactly = profile.bytes(rows, longest);
            assertEquals(rows, profile.mostRows(exactly, longest), profile::toString);
            assertEquals(rows - 1, profile.mostRows(exactly - 1, longest), profile::toString);
        }
    }

    @Test
    void anItemTakesWhatTheFolderDeclares() {
        MemoryProfile profile = MemoryProfile.ofItem(100, 1000, 384);
        assertEquals(1100, profile.bytes(1, 384));
        assertEquals(100, profile.bytes(0, 384));
    }

    @Test
    void noneFitWhereTheModelAloneDoesNot() {
        assertEquals(0, MemoryProfile.ofItem(1000, 1, 1).mostRows(999, 1));
        assertEquals(0, MemoryProfile.ofItem(1000, 1, 1).mostRows(0, 1));
        assertEquals(0, new MemoryProfile(1000, 0, 0).mostRows(0, 1));
    }

    @Test
    void whatTakesNothingFitsOften() {
        assertEquals(1 << 20, new MemoryProfile(1000, 0, 0).mostRows(1000, 512));
    }

    @Test
    void moreThanCanBeCountedIsMuchAndNotNegative() {
        MemoryProfile endless = MemoryProfile.ofItem(Long.MAX_VALUE / 2, Long.MAX_VALUE, 1);
        assertEquals(Long.MAX_VALUE, endless.bytes(1, 1));
        assertTrue(endless.bytes(Integer.MAX_VALUE, Integer.MAX_VALUE) > 0);
        assertEquals(0, endless.mostRows(1L << 40, 1));
    }
}
