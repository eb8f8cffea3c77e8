package dev.headroom.generation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class ChunksTest {

    @Test
    void besideOthersAChunkTakesOneStep() {
        Chunks chunks = new Chunks(512, true);
        chunks.stepped(10_000_000);
        chunks.read(100, 10_000_000);
        assertEquals(100, chunks.size(400, true));
        assertEquals(400, chunks.size(400, false));
    }
}
