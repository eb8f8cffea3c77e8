package dev.headroom.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostTest {

    private static final long MIB = 1L << 20;
    private static final Host.Heap HEAP = new Host.Heap(512 * MIB, 128 * MIB);

    @TempDir
    private Path root;

    @Test
    void withoutALimitItIsTheRam() throws IOException {
        ram(24576, 20000);
        file("proc/self/cgroup", "0::/\n");

        assertHost(24576 - 512, 20000 - 384, "RAM 24.0 GiB less 512 MiB of heap");
    }

    @Test
    void theLimitOfACgroupV2Counts() throws IOException {
        ram(24576, 20000);
        file("proc/self/cgroup", "0::/\n");
        v2("", 2048, 500, 100);

        assertHost(2048 - 512, 2048 - (500 - 100) - 384, "cgroup v2 limit 2.0 GiB less 512 MiB of heap");
    }

    @Test
    void theSmallestLimitOnTheWayUpCounts() throws IOException {
        ram(24576, 20000);
        file("proc/self/cgroup", "0::/kubepods.slice/pod7.slice/container\n");
        file("sys/fs/cgroup/kubepods.slice/pod7.slice/container/memory.max", "max\n");
        v2("kubepods.slice/pod7.slice/", 3000, 0, 0);
        v2("kubepods.slice/", 8000, 7000, 500);

        assertHost(3000 - 512, 1500 - 384, "cgroup v2 limit 2.9 GiB less 512 MiB of heap");
    }

    @Test
    void theLimitOfACgroupV1Counts() throws IOException {
        ram(24576, 20000);
        file("proc/self/cgroup", "9:name=systemd:/\n5:cpuset,memory:/docker/4711\n0::/\n");
        v1("docker/4711/", 1024 * MIB, 300, 50);
        v1("", 9223372036854771712L, 9000, 0);

        assertHost(1024 - 512, 1024 - (300 - 50) - 384, "cgroup v1 limit 1.0 GiB less 512 MiB of heap");
    }

    @Test
    void insideAContainerTheRootOfWhatIsMountedIsItsOwnGroup() throws IOException {
        ram(24576, 20000);
        file("proc/self/cgroup", "4:memory:/docker/a-path-of-the-host\n");
        v1("", 900 * MIB, 700, 0);

        assertHost(900 - 512, 0, "cgroup v1 limit 900 MiB less 512 MiB of heap");
    }

    @Test
    void aPathOutsideOfTheNamespaceIsTakenForTheRoot() throws IOException {
        ram(24576, 20000);
        file("proc/self/cgroup", "0::/../../elsewhere\n");
        v2("", 2048, 0, 0);

        assertHost(2048 - 512, 2048 - 512, "cgroup v2 limit 2.0 GiB less 512 MiB of heap");
    }

    @Test
    void aLimitBelowTheHeapLeavesNothing() throws IOException {
        ram(24576, 20000);
        v2("", 400, 100, 0);

        assertHost(0, 0, "cgroup v2 limit 400 MiB less 512 MiB of heap");
    }

    @Test
    void scarceRamBoundsWhatIsFreeUnderALimit() throws IOException {
        ram(24576, 1000);
        v2("", 2048, 0, 0);

        assertHost(2048 - 512, 1000 - 384, "cgroup v2 limit 2.0 GiB less 512 MiB of heap");
    }

    @Test
    void nonsenseInTheFilesIsNoLimit() throws IOException {
        ram(24576, 20000);
        file("proc/self/cgroup", "nonsense\n\n0::\n");
        file("sys/fs/cgroup/memory.max", "");
        file("sys/fs/cgroup/memory/memory.limit_in_bytes", "-1\n");

        assertHost(24576 - 512, 20000 - 384, "RAM 24.0 GiB less 512 MiB of heap");
    }

    @Test
    void aNumberTooLargeForAnyMemoryIsNoLimit() throws IOException {
        ram(24576, 20000);
        file("sys/fs/cgroup/memory.max", "9999999999999999999\n");
        file("sys/fs/cgroup/memory/memory.limit_in_bytes", "18446744073709551615\n");

        assertHost(24576 - 512, 20000 - 384, "RAM 24.0 GiB less 512 MiB of heap");
    }

    @Test
    void aLimitCountsWhereNothingElseIsTold() throws IOException {
        ram(24576, 20000);
        file("sys/fs/cgroup/memory.max", 2048 * MIB + "\n");

        assertHost(2048 - 512, 2048 - 512, "cgroup v2 limit 2.0 GiB less 512 MiB of heap");
    }

    @Test
    void withoutStatisticsAllThatIsUsedIsKept() throws IOException {
        ram(24576, 20000);
        file("sys/fs/cgroup/memory.max", 2048 * MIB + "\n");
        file("sys/fs/cgroup/memory.current", 500 * MIB + "\n");

        assertHost(2048 - 512, 2048 - 500 - 384, "cgroup v2 limit 2.0 GiB less 512 MiB of heap");
    }

    @Test
    void inAHybridTheVersionThatHasTheMemoryLimits() throws IOException {
        ram(24576, 20000);
        file("proc/self/cgroup", "4:memory:/user.slice\n1:name=systemd:/user.slice\n0::/user.slice\n");
        file("sys/fs/cgroup/unified/user.slice/cgroup.procs", "1\n");
        v1("user.slice/", 3072 * MIB, 1000, 0);

        assertHost(3072 - 512, 3072 - 1000 - 384, "cgroup v1 limit 3.0 GiB less 512 MiB of heap");
    }

    @Test
    void anOldKernelThatDoesNotTellWhatIsAvailableTellsWhatIsFreeAndCached() throws IOException {
        file("proc/meminfo", "MemTotal: 8388608 kB\nMemFree: 2097152 kB\nBuffers: 7 kB\nCached: 1048576 kB\n");

        assertHost(8192 - 512, 3072 - 384, "RAM 8.0 GiB less 512 MiB of heap");
    }

    @Test
    void aGroupThatIsNoPathIsTakenForTheRoot() throws IOException {
        ram(24576, 20000);
        file("proc/self/cgroup", "0::/a\0b\n");
        v2("", 2048, 0, 0);

        assertHost(2048 - 512, 2048 - 512, "cgroup v2 limit 2.0 GiB less 512 MiB of heap");
    }

    @Test
    void aGroupMayHaveAnyName() throws IOException {
        assumeTrue("UTF-8".equals(System.getProperty("sun.jnu.encoding")), "such a file can be made here");
        ram(24576, 20000);
        file("proc/self/cgroup", "0::/größe\n");
        v2("größe/", 1024, 0, 0);

        assertHost(1024 - 512, 1024 - 512, "cgroup v2 limit 1.0 GiB less 512 MiB of heap");
    }

    @Test
    void aMachineWithoutProcTellsItsRamAnyway() {
        Host host = Host.read(root, HEAP);

        assertTrue(host.memoryBytes() > 0 && host.cores() > 0, host.toString());
    }

    @Test
    void tellsTheProcessorWhereTheKernelDoes() throws IOException {
        ram(24576, 20000);
        file("proc/cpuinfo", "processor\t: 0\nmodel name\t: AMD EPYC 7763 64-Core Processor\nflags\t\t: fpu\n");
        assertEquals("AMD EPYC 7763 64-Core Processor", Host.read(root, HEAP).processor());
    }

    @Test
    void readsThisMachine() {
        Host host = Host.read();

        assertTrue(host.memoryBytes() > 0, host.toString());
        assertTrue(host.freeBytes() <= host.memoryBytes(), host.toString());
    }

    private void assertHost(long memoryMib, long freeMib, String source) {
        int cores = Runtime.getRuntime().availableProcessors();
        String kind = System.getProperty("os.arch");
        assertEquals(new Host(cores, kind, memoryMib * MIB, freeMib * MIB, source), Host.read(root, HEAP));
    }

    private void ram(long totalMib, long availableMib) throws IOException {
        String text = "MemTotal:       %d kB\nMemFree:        7 kB\nMemAvailable:   %d kB\n";
        file("proc/meminfo", text.formatted(totalMib << 10, availableMib << 10));
    }

    private void v2(String group, long limitMib, long usedMib, long cacheMib) throws IOException {
        String folder = "sys/fs/cgroup/" + group;
        file(folder + "memory.max", limitMib * MIB + "\n");
        file(folder + "memory.current", usedMib * MIB + "\n");
        file(folder + "memory.stat", "anon 1\nactive_file 2\ninactive_file " + cacheMib * MIB + "\n");
    }

    private void v1(String group, long limitBytes, long usedMib, long cacheMib) throws IOException {
        String folder = "sys/fs/cgroup/memory/" + group;
        file(folder + "memory.limit_in_bytes", limitBytes + "\n");
        file(folder + "memory.usage_in_bytes", usedMib * MIB + "\n");
        file(folder + "memory.stat", "inactive_file 3\ntotal_inactive_file " + cacheMib * MIB + "\n");
    }

    private void file(String path, String text) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
