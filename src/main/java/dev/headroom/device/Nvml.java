package dev.headroom.device;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * NVIDIA's management library through the foreign-function API: it comes with the driver and needs no CUDA. Functions
 * and structs are those of nvml.h; a function that an older driver lacks is answered FUNCTION_NOT_FOUND. A device is
 * its {@code nvmlDevice_t}, an opaque pointer. Texts are empty where the driver does not tell. NVML is thread-safe, and
 * so is this class.
 */
final class Nvml {

    /** The places where installers, container runtimes and WSL put the library; the first leaves it to the loader. */
    static final List<String> PLACES = List.of(
            "libnvidia-ml.so.1",
            "/usr/lib/x86_64-linux-gnu/libnvidia-ml.so.1",
            "/usr/lib/aarch64-linux-gnu/libnvidia-ml.so.1",
            "/usr/lib/aarch64-linux-gnu/nvidia/libnvidia-ml.so.1",
            "/usr/lib/aarch64-linux-gnu/tegra/libnvidia-ml.so.1",
            "/usr/lib64/libnvidia-ml.so.1",
            "/usr/local/nvidia/lib64/libnvidia-ml.so.1",
            "/usr/lib/wsl/lib/libnvidia-ml.so.1");

    private static final int SUCCESS = 0;
    private static final int MOST_PROCESSES = 64;
    private static final int TEXT_BYTES = 96; // NVML_DEVICE_UUID_V2_BUFFER_SIZE, the longest of the texts
    private static final int MEMORY_V2 = 40 | 2 << 24; // NVML_STRUCT_VERSION(Memory, 2): size and version

    private final NativeLibrary library;

    private Nvml(NativeLibrary library) {
        this.library = library;
    }

    /**
     * Loads and starts the library for the rest of this process's life.
     *
     * @throws IllegalStateException where it is in none of the places, or does not load
     * @throws NvmlRefused where it does not start, as without the kernel's module
     */
    static Nvml open(List<String> places) throws NvmlRefused {
        Nvml nvml = new Nvml(
                NativeLibrary.load(places, "no NVIDIA driver is installed, or this container is not given it"));
        nvml.call("nvmlInit_v2");
        return nvml;
    }

    String driverVersion() {
        return text("nvmlSystemGetDriverVersion");
    }

    String cudaVersion() {
        MemorySegment version = slot();
        int status = status("nvmlSystemGetCudaDriverVersion_v2", version);
        int number = version.get(JAVA_INT, 0); // 12040 is 12.4
        return status == SUCCESS ? number / 1000 + "." + number % 1000 / 10 : "";
    }

    int deviceCount() throws NvmlRefused {
        MemorySegment count = slot();
        call("nvmlDeviceGetCount_v2", count);
        return count.get(JAVA_INT, 0);
    }

    MemorySegment device(int index) throws NvmlRefused {
        MemorySegment device = slot();
        call("nvmlDeviceGetHandleByIndex_v2", index, device);
        return device.get(ADDRESS, 0);
    }

    /** The GPU of that identifier, or the MIG slice: drivers before 470 do not find slices. */
    MemorySegment device(String uuid) throws NvmlRefused {
        MemorySegment device = slot();
        call("nvmlDeviceGetHandleByUUID", Arena.ofAuto().allocateFrom(uuid), device);
        return device.get(ADDRESS, 0);
    }

    /** True if MIG is on: the GPU can then be used through its slices only. */
    boolean sliced(MemorySegment device) {
        MemorySegment current = slot();
        return status("nvmlDeviceGetMigMode", device, current, slot()) == SUCCESS && current.get(JAVA_INT, 0) == 1;
    }

    /** The MIG slices this process may see. */
    List<MemorySegment> slices(MemorySegment device) throws NvmlRefused {
        MemorySegment most = slot();
        call("nvmlDeviceGetMaxMigDeviceCount", device, most);
        List<MemorySegment> slices = new ArrayList<>();
        for (int index = 0; index < most.get(JAVA_INT, 0); index++) {
            MemorySegment slice = slot();
            if (status("nvmlDeviceGetMigDeviceHandleByIndex", device, index, slice) == SUCCESS) {
                slices.add(slice.get(ADDRESS, 0));
            }
        }
        return slices;
    }

    String name(MemorySegment device) {
        return text("nvmlDeviceGetName", device);
    }

    String uuid(MemorySegment device) {
        return text("nvmlDeviceGetUUID", device);
    }

    String computeCapability(MemorySegment device) {
        MemorySegment major = slot();
        MemorySegment minor = slot();
        int status = status("nvmlDeviceGetCudaComputeCapability", device, major, minor);
        return status == SUCCESS ? major.get(JAVA_INT, 0) + "." + minor.get(JAVA_INT, 0) : "";
    }

    /**
     * The memory of a GPU or slice. Version 2, since driver 510, is asked first: version 1 counts the driver's own
     * reserve, up to 1 GiB, as used, and {@code nvidia-smi} does not.
     */
    GpuMemory memory(MemorySegment device) throws NvmlRefused {
        MemorySegment memory = Arena.ofAuto().allocate(JAVA_LONG, 5);
        memory.set(JAVA_INT, 0, MEMORY_V2);
        if (status("nvmlDeviceGetMemoryInfo_v2", device, memory) == SUCCESS) {
            return memory(memory, 1, 3, 4); // version and padding, total, reserved, free, used
        }
        call("nvmlDeviceGetMemoryInfo", device, memory);
        return memory(memory, 0, 1, 2); // total, free, used
    }

    /** A process, by its number on the host, and the bytes that it holds of a device's memory. */
    record Holder(long pid, long bytes) {}

    /**
     * The processes that compute on a device, the largest first; without those whose share the driver does not know.
     */
    List<Holder> holders(MemorySegment device) {
        MemorySegment count = slot();
        count.set(JAVA_INT, 0, MOST_PROCESSES);
        MemorySegment processes = Arena.ofAuto().allocate(JAVA_LONG, 3 * MOST_PROCESSES); // number, bytes, slice
        int status = status("nvmlDeviceGetComputeRunningProcesses_v3", device, count, processes);
        return IntStream.range(0, status == SUCCESS ? Math.min(count.get(JAVA_INT, 0), MOST_PROCESSES) : 0)
                .map(process -> 3 * process)
                .mapToObj(at -> new Holder(
                        Integer.toUnsignedLong(processes.getAtIndex(JAVA_INT, 2 * at)),
                        processes.getAtIndex(JAVA_LONG, at + 1)))
                .filter(holder -> holder.bytes() > 0)
                .sorted(Comparator.comparingLong(Holder::bytes).reversed())
                .toList();
    }

    private static GpuMemory memory(MemorySegment struct, int total, int free, int used) {
        return new GpuMemory(
                struct.getAtIndex(JAVA_LONG, total),
                struct.getAtIndex(JAVA_LONG, free),
                struct.getAtIndex(JAVA_LONG, used));
    }

    /** Room for one answer: an int or a pointer. */
    private static MemorySegment slot() {
        return Arena.ofAuto().allocate(ADDRESS);
    }

    private String text(String function, MemorySegment... device) {
        MemorySegment text = Arena.ofAuto().allocate(TEXT_BYTES);
        Object[] arguments =
                Stream.concat(Stream.of(device), Stream.of(text, TEXT_BYTES)).toArray();
        return status(function, arguments) == SUCCESS ? text.getString(0) : "";
    }

    private void call(String function, Object... arguments) throws NvmlRefused {
        int status = status(function, arguments);
        if (status != SUCCESS) {
            String text = library.callForText("nvmlErrorString", status).orElse("error");
            throw new NvmlRefused(function, status, text);
        }
    }

    private int status(String function, Object... arguments) {
        return library.callForInt(function, arguments).orElse(NvmlRefused.FUNCTION_NOT_FOUND);
    }
}
