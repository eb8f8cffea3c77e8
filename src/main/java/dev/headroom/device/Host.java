package dev.headroom.device;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;

/**
 * The processors and the memory of the host, or of the container.
 *
 * @param cores processors this process may use, cgroup quotas counted in
 * @param processor its name, "AMD EPYC 7763 64-Core Processor", or where the kernel does not tell its kind, "aarch64"
 * @param memoryBytes the smallest of RAM and the cgroup limits, less the largest heap: for tensors and native code
 * @param freeBytes bytes of it that can still be taken, the part of the heap that the JVM has yet to claim left alone
 * @param memorySource the origin of {@code memoryBytes}: "cgroup v2 limit 2.0 GiB less 512 MiB of heap"
 */
public record Host(int cores, String processor, long memoryBytes, long freeBytes, String memorySource) {

    /** The JVM's heap, in bytes: the most it may take, and what it has claimed so far. */
    record Heap(long maxBytes, long committedBytes) {

        static Heap ofThisProcess() {
            Runtime runtime = Runtime.getRuntime();
            return new Heap(runtime.maxMemory(), runtime.totalMemory());
        }
    }

    /** Reads the host of this process again: some small files under /proc and /sys. Never throws. */
    public static Host read() {
        return read(Path.of("/"), Heap.ofThisProcess());
    }

    static Host read(Path root, Heap heap) {
        List<MemoryCeiling> ceilings = MemoryCeiling.of(root);
        MemoryCeiling lowest = ceilings.stream()
                .min(Comparator.comparingLong(MemoryCeiling::limitBytes))
                .orElseThrow();
        long memory = Math.max(0, lowest.limitBytes() - heap.maxBytes());
        long free = ceilings.stream().mapToLong(MemoryCeiling::freeBytes).min().orElseThrow()
                - (heap.maxBytes() - heap.committedBytes());
        String source = lowest.name() + " " + Bytes.floor(lowest.limitBytes()) + " less " + Bytes.floor(heap.maxBytes())
                + " of heap";
        int cores = Runtime.getRuntime().availableProcessors();
        String processor = new KernelFile(root.resolve("proc/cpuinfo"))
                .words("model name\t:")
                .orElse(System.getProperty("os.arch"));
        return new Host(cores, processor, memory, Math.clamp(free, 0, memory), source);
    }
}
