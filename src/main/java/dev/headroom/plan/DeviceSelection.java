package dev.headroom.plan;

import dev.headroom.device.Gpu;
import dev.headroom.device.Hardware;
import java.util.Optional;
import java.util.stream.Collectors;

/** Which device the models run on, and why. */
public record DeviceSelection(DeviceMode mode, Hardware hardware) {

    /** What a GPU is taken to have when one is asked for and its memory cannot be read. */
    private static final long UNMEASURED_GPU_BYTES = 24L << 30;

    /** CUDA on this machine; asked only when it matters. */
    public interface Cuda {

        /** Tries CUDA and says why it does not work; empty when it works. */
        Optional<String> defect();

        /** Bytes that CUDA can allocate; empty where it cannot be asked. */
        Optional<Long> freeBytes();
    }

    /**
     * Selects the device.
     *
     * @throws PlanRefusedException when a GPU is asked for and none works
     */
    public ServingDevice select(Cuda cuda) {
        return switch (mode) {
            case CPU -> cpu("headroom.device is cpu.");
            case AUTO ->
                hardware.gpus().isEmpty()
                        ? cpu("No GPU was found: " + passedOver() + ".")
                        : cuda.defect()
                                .map(defect -> cpu("%s was found, but CUDA does not work here: %s."
                                        .formatted(hardware.gpus().getFirst().name(), defect)))
                                .orElseGet(() -> gpu(cuda));
            case GPU -> {
                cuda.defect().ifPresent(this::refuse);
                yield gpu(cuda);
            }
        };
    }

    private void refuse(String defect) {
        throw new PlanRefusedException(
                ("headroom.device is gpu, but CUDA does not work here: %s. Probed: %s. Build with -Pgpu"
                                + " and run where an NVIDIA driver, CUDA 12 and cuDNN 9 are, or set headroom.device to auto or"
                                + " cpu.")
                        .formatted(defect, passedOver()));
    }

    private ServingDevice gpu(Cuda cuda) {
        if (hardware.gpus().isEmpty()) {
            return new ServingDevice(
                    true,
                    "a GPU whose memory cannot be read",
                    "",
                    UNMEASURED_GPU_BYTES,
                    UNMEASURED_GPU_BYTES,
                    "headroom.device is gpu and CUDA works, but its memory could not be read (%s): %s are assumed."
                            .formatted(passedOver(), Bytes.text(UNMEASURED_GPU_BYTES)));
        }
        Gpu gpu = hardware.gpus().getFirst();
        String reason = gpu.unifiedMemory()
                ? "CUDA works on it; it shares the host's memory."
                : "CUDA works on it; other processes use %s of it.".formatted(Bytes.text(gpu.usedByOthersBytes()));
        long free = cuda.freeBytes().orElse(gpu.freeBytes());
        return new ServingDevice(true, gpu.name(), gpu.computeCapability(), gpu.totalBytes(), free, reason);
    }

    private ServingDevice cpu(String reason) {
        return new ServingDevice(
                false,
                "%s, %d cores"
                        .formatted(hardware.host().processor(), hardware.host().cores()),
                "",
                hardware.host().memoryBytes(),
                hardware.host().freeBytes(),
                "%s Memory: %s.".formatted(reason, hardware.host().memorySource()));
    }

    private String passedOver() {
        return hardware.findings().stream()
                .filter(finding -> !finding.source().equals("host"))
                .map(finding -> finding.source() + ": " + finding.reason())
                .collect(Collectors.joining("; "));
    }
}
