package dev.headroom.device;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * One look at all GPUs through NVML. A GPU that MIG has split counts as its slices; one that cannot be read becomes a
 * remark.
 */
final class NvmlSurvey {

    private static final int MOST_HOLDERS = 3;

    private final Nvml nvml;
    private final Host host;
    private final List<Gpu> gpus = new ArrayList<>();
    private final List<String> remarks = new ArrayList<>();

    NvmlSurvey(Nvml nvml, Host host) {
        this.nvml = nvml;
        this.host = host;
    }

    Sighting sighting() throws NvmlRefused {
        int count = nvml.deviceCount();
        if (count == 0) {
            remarks.add("the driver counts none");
        }
        for (int index = 0; index < count; index++) {
            try {
                addCard(index, nvml.device(index));
            } catch (NvmlRefused e) {
                remarks.add("GPU " + index + " is left out: " + e.getMessage());
            }
        }
        return Sighting.of(gpus, remarks);
    }

    private void addCard(int index, MemorySegment card) throws NvmlRefused {
        String capability = nvml.computeCapability(card);
        if (!nvml.sliced(card)) {
            gpus.add(gpu(index, card, capability, false));
            tellHolders(index, card);
            return;
        }
        List<MemorySegment> slices = nvml.slices(card);
        if (slices.isEmpty()) {
            remarks.add("GPU " + index + " is left out: MIG is on and there is no slice for this process");
        }
        for (MemorySegment slice : slices) {
            addSlice(index, slice, capability);
        }
    }

    private void addSlice(int index, MemorySegment slice, String capability) {
        try {
            gpus.add(gpu(index, slice, capability, true));
        } catch (NvmlRefused e) {
            remarks.add("a slice of GPU " + index + " is left out: " + e.getMessage());
        }
    }

    private void tellHolders(int index, MemorySegment card) {
        String holders = nvml.holders(card).stream()
                .filter(holder -> holder.pid() != ProcessHandle.current().pid())
                .limit(MOST_HOLDERS)
                .map(holder -> "pid " + holder.pid() + " holds " + Bytes.floor(holder.bytes()))
                .collect(Collectors.joining(" and "));
        if (!holders.isEmpty()) {
            remarks.add(holders + " of GPU " + index);
        }
    }

    private Gpu gpu(int index, MemorySegment device, String capability, boolean mig) throws NvmlRefused {
        Optional<GpuMemory> own = mig ? Optional.of(nvml.memory(device)) : ownMemory(device);
        GpuMemory memory = own.orElseGet(() -> GpuMemory.of(host));
        if (own.isEmpty()) {
            remarks.add("GPU " + index + " has no memory of its own and shares the host's");
        }
        return new Gpu(
                index,
                nvml.uuid(device),
                nvml.name(device),
                memory,
                capability,
                nvml.driverVersion(),
                nvml.cudaVersion(),
                mig,
                own.isEmpty());
    }

    private Optional<GpuMemory> ownMemory(MemorySegment device) throws NvmlRefused {
        try {
            return Optional.of(nvml.memory(device)).filter(memory -> memory.totalBytes() > 0);
        } catch (NvmlRefused e) {
            if (e.status() == NvmlRefused.NOT_SUPPORTED) {
                return Optional.empty();
            }
            throw e;
        }
    }
}
