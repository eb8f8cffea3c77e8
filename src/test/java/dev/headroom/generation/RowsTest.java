package dev.headroom.generation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.generation.RunningGenerator.Room;
import dev.headroom.session.Decoder;
import dev.headroom.session.ExecutionProvider.Cpu;
import dev.headroom.session.LlamaForm;
import dev.headroom.session.TinyLlama;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RowsTest {

    private static final long TOKENS = 1000;

    @TempDir
    private Path folder;

    /** Otherwise all rows would be copied for each token. */
    @Test
    void rowsGetMemoryForSomeStepsThoughAllOfItIsKept() throws Exception {
        Room room = new Room(TOKENS * TinyLlama.TOKEN_BYTES, TinyLlama.LONGEST, 8, 512);
        try (Decoder decoder = Decoder.open(TinyLlama.write(folder, LlamaForm.SHARED), new Cpu(1))) {
            KeptSequences kept = new KeptSequences(decoder);
            for (int i = 0; i < 9; i++) {
                kept.add(new int[] {i}, decoder.prompts().begin(100));
            }
            kept.add(new int[] {9}, decoder.prompts().begin(99));
            Rows rows = new Rows(decoder, new CacheBudget(decoder, room.plan()), kept);
            assertTrue(rows.makeRoom(new Rows.Shape(2, 41), 0, false));
            assertEquals(64, decoder.capacity(), "half as many again, in steps of 32");
            assertEquals(799 * TinyLlama.TOKEN_BYTES, kept.bytes(), "two of 100 tokens gave way to two rows of 64");
            kept.shrinkTo(0);
            decoder.clear();
        }
    }
}
