package dev.headroom.serving;

import dev.headroom.device.Bytes;
import dev.headroom.device.Finding;
import dev.headroom.device.Gpu;
import dev.headroom.device.Hardware;
import dev.headroom.model.ModelSpec;
import dev.headroom.plan.CudaTrial;
import dev.headroom.plan.DeviceSelection;
import dev.headroom.plan.MemoryBudget;
import dev.headroom.plan.ServingDevice;
import dev.headroom.settings.DeviceMode;
import dev.headroom.settings.HeadroomConfig;
import io.quarkus.runtime.configuration.MemorySize;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntToLongFunction;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * The devices of this machine: asks each GPU on a thread of its own, and keeps those that serve. Used by one thread.
 */
public final class Devices implements DeviceSelection.Cuda {

    private static final Logger LOG = Logger.getLogger("dev.headroom");

    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final HeadroomConfig config;
    private final Hardware hardware;
    private final List<ModelSpec> models;
    private final Map<Integer, DeviceAccess> gpus = new TreeMap<>();
    private final Map<Integer, CudaTrial> trials = new TreeMap<>();
    private List<DeviceAccess> serving = List.of();
    private Map<Integer, ServingDevice> unlike = Map.of();

    /**
     * The devices of this machine, none of which is tried yet.
     *
     * @param models those that a device has to hold
     */
    public Devices(HeadroomConfig config, Hardware hardware, List<ModelSpec> models) {
        this.config = config;
        this.hardware = hardware;
        this.models = models;
    }

    /** Selects the devices that serve; returns the one that the plan is for. Waits for a GPU that is full. */
    public ServingDevice select() {
        DeviceSelection selection = new DeviceSelection(config.device(), hardware);
        if (config.device() != DeviceMode.CPU) {
            waitForMemory(selection.visible());
        }
        DeviceSelection.Choice choice = selection.select(this);
        unlike = choice.unlike();
        serving = choice.device().gpu() ? access(choice.gpus()) : List.of(DeviceAccess.cpu());
        gpus.values().stream()
                .filter(access -> !serving.contains(access))
                .forEach(access -> access.threads().close());
        return choice.device();
    }

    /** Tries the GPUs until one works, or until none is full, or until the time is over. */
    private void waitForMemory(List<Gpu> visible) {
        long start = System.nanoTime();
        Optional<String> full = full(visible);
        full.ifPresent(said -> LOG.warnf(
                "No GPU has the memory that CUDA and the models need, %s for weights alone: %s. The start waits for it for %d s"
                        + " (headroom.device-wait). When the GPUs were probed: %s",
                Bytes.text(weightBytes()),
                said,
                config.deviceWait().toSeconds(),
                hardware.findings().stream()
                        .filter(finding -> !finding.source().equals("host"))
                        .map(Finding::reason)
                        .collect(Collectors.joining("; "))));
        while (full.isPresent()
                && System.nanoTime() - start < config.deviceWait().toNanos()) {
            LockSupport.parkNanos(PAUSE.toNanos());
            full = full(visible);
        }
    }

    /** Tries each GPU again, and describes those that are full; empty where one works or none is full. */
    private Optional<String> full(List<Gpu> visible) {
        List<String> full = new ArrayList<>();
        for (Gpu gpu : visible) {
            CudaTrial trial = tried(gpu.index());
            trials.put(gpu.index(), trial);
            if (trial.defect().isEmpty()) {
                return Optional.empty();
            }
            if (trial.full()) {
                full.add("%s has %s free of %s"
                        .formatted(
                                gpu.label(),
                                Bytes.text(access(gpu.index()).freeBytes()),
                                Bytes.text(gpu.memory().totalBytes())));
            }
        }
        return full.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", full));
    }

    private List<DeviceAccess> access(List<Gpu> chosen) {
        return chosen.isEmpty()
                ? List.of(access(0))
                : chosen.stream().map(gpu -> access(gpu.index())).toList();
    }

    private DeviceAccess access(int index) {
        return gpus.computeIfAbsent(index, cuda -> DeviceAccess.gpu(cuda, found(cuda), memoryLimit()));
    }

    private Optional<Gpu> found(int index) {
        return hardware.gpus().stream().filter(gpu -> gpu.index() == index).findFirst();
    }

    private OptionalLong memoryLimit() {
        return config.memory().limit().map(MemorySize::asLongValue).stream()
                .mapToLong(Long::longValue)
                .findFirst();
    }

    /** The devices that serve and differ from the one that the plan is for, by their numbers. */
    public Map<Integer, ServingDevice> unlike() {
        return unlike;
    }

    /**
     * Opens the devices that serve, the one that the plan is for first.
     *
     * @param availableBytes returns the most bytes of a device's arena, by the device's number
     */
    public List<ServedDevice> open(IntToLongFunction availableBytes) {
        return serving.stream()
                .map(access -> new ServedDevice(access, access.memory(availableBytes.applyAsLong(access.number()))))
                .toList();
    }

    /** Ends the threads of the devices that serve. */
    public void close() {
        serving.forEach(access -> access.threads().close());
    }

    @Override
    public CudaTrial trial(int index) {
        return trials.computeIfAbsent(index, this::tried);
    }

    /** Tries CUDA on a GPU; one that works, but whose memory others hold so that no model fits, counts as full. */
    private CudaTrial tried(int index) {
        CudaTrial trial = access(index).tryCuda(models.stream().anyMatch(ModelSpec::needsCudnn));
        long needed = weightBytes()
                + config.memory().reserved().map(MemorySize::asLongValue).orElse(MemoryBudget.CUDA_RESERVED);
        boolean couldFit =
                found(index).filter(gpu -> gpu.memory().totalBytes() > needed).isPresent();
        boolean fits = trial.freeBytes().orElse(Long.MAX_VALUE) > needed;
        return trial.defect().isPresent() || fits || !couldFit
                ? trial
                : CudaTrial.fails(
                        "%s are free, and the weights and headroom.memory.reserved take %s"
                                .formatted(Bytes.text(trial.freeBytes().orElseThrow()), Bytes.text(needed)),
                        true);
    }

    private long weightBytes() {
        return models.stream().mapToLong(ModelSpec::weightBytes).sum();
    }
}
