package dev.headroom.device;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * A bound of this process's memory: RAM, or the limit of a cgroup it is in.
 *
 * @param name "RAM", "cgroup v1 limit" or "cgroup v2 limit"
 * @param limitBytes the most that can ever be taken under it
 * @param freeBytes bytes that can still be taken
 */
record MemoryCeiling(String name, long limitBytes, long freeBytes) {

    /** RAM, and every limit from the process's own cgroup up to the root's. */
    static List<MemoryCeiling> of(Path root) {
        Stream<MemoryCeiling> limits = Stream.of(Cgroup.values()).flatMap(cgroup -> cgroup.ceilings(root));
        return Stream.concat(Stream.of(ram(root)), limits).toList();
    }

    private static MemoryCeiling ram(Path root) {
        KernelFile memory = new KernelFile(root.resolve("proc/meminfo"));
        long total = memory.number("MemTotal:") << 10;
        long available = available(memory) << 10;
        return total > 0 ? new MemoryCeiling("RAM", total, available) : ramWithoutProc();
    }

    private static long available(KernelFile memory) {
        long available = memory.number("MemAvailable:"); // since Linux 3.14
        long cached = Math.max(0, memory.number("Cached:"));
        return available == KernelFile.NONE ? memory.number("MemFree:") + cached : available;
    }

    /** RAM of a developer's machine that is no Linux. */
    private static MemoryCeiling ramWithoutProc() {
        var system = (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        return new MemoryCeiling("RAM", system.getTotalMemorySize(), system.getFreeMemorySize());
    }
}
