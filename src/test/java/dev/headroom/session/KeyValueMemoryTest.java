package dev.headroom.session;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.headroom.session.ExecutionProvider.Cpu;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Memory of keys and values is cleared where something reads it before a run writes it, and counted. */
class KeyValueMemoryTest {

    private static final int BYTES = 1 << 16;

    @TempDir
    private Path folder;

    @Test
    void onlyMemoryThatIsReadBeforeItIsWrittenIsCleared() {
        try (OnnxSession session = new OnnxSession(TinyLlama.write(folder, LlamaForm.CONCATENATED), new Cpu(1));
                KeyValueMemory memory = new KeyValueMemory(session.pointer(), new Cpu(1))) {
            MemorySegment written = bytes(memory.allocate(BYTES));
            written.fill((byte) 7);
            memory.free(written);
            MemorySegment again = bytes(memory.allocate(BYTES));
            assertEquals(written.address(), again.address(), "the arena gives the same block");
            assertEquals(7, again.get(ValueLayout.JAVA_BYTE, BYTES - 1));
            memory.free(again);
            MemorySegment zeros = bytes(memory.allocateZeros(BYTES));
            assertEquals(written.address(), zeros.address());
            assertEquals(0, zeros.get(ValueLayout.JAVA_BYTE, BYTES - 1));
            memory.free(zeros);
        }
    }

    @Test
    void countsTheBlocksThatAreTaken() {
        try (OnnxSession session = new OnnxSession(TinyLlama.write(folder, LlamaForm.CONCATENATED), new Cpu(1));
                KeyValueMemory memory = new KeyValueMemory(session.pointer(), new Cpu(1))) {
            MemorySegment one = memory.allocate(BYTES);
            MemorySegment two = memory.allocateZeros(BYTES);
            memory.free(memory.allocate(0));
            assertEquals(2, memory.blocks());
            memory.free(one);
            memory.free(two);
            assertEquals(0, memory.blocks());
        }
    }

    @SuppressWarnings("restricted")
    private static MemorySegment bytes(MemorySegment memory) {
        return memory.reinterpret(BYTES);
    }
}
