package dev.headroom.serving;

import dev.headroom.device.Bytes;
import dev.headroom.device.Gpu;
import dev.headroom.device.Hardware;
import dev.headroom.model.ModelSpec;
import dev.headroom.plan.CudaTrial;
import dev.headroom.plan.DeviceSelection;
import dev.headroom.plan.MemoryBudget;
import dev.headroom.plan.PrecisionRule;
import dev.headroom.plan.ServingDevice;
import dev.headroom.settings.CudaGraphsMode;
import dev.headroom.settings.DeviceMode;
import dev.headroom.settings.HeadroomConfig;
import io.quarkus.runtime.configuration.MemorySize;
import java.time.Duration;
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
    private final DeviceMode mode;
    private final Hardware hardware;
    private final List<ModelSpec> models;
    private final Map<Integer, DeviceAccess> gpus = new TreeMap<>();
    private final Map<Integer, CudaTrial> trials = new TreeMap<>();
    private Optional<Boolean> needsCudnn = Optional.empty(); // empty until a GPU is tried
    private List<DeviceAccess> serving = List.of();
    private Map<Integer, ServingDevice> unlike = Map.of();

    /**
     * The devices of this machine, none of which is tried yet.
     *
     * @param mode where the models may run
     * @param models those that a device has to hold
     */
    public Devices(HeadroomConfig config, DeviceMode mode, Hardware hardware, List<ModelSpec> models) {
        this.config = config;
        this.mode = mode;
        this.hardware = hardware;
        this.models = models;
    }

    /** Selects the devices that serve; returns the one that the plan is for. Waits for a GPU that is full. */
    public ServingDevice select() {
        DeviceSelection selection = new DeviceSelection(mode, hardware);
        if (mode != DeviceMode.CPU) {
            waitForMemory(selection);
        }
        DeviceSelection.Choice choice = selection.select(this);
        unlike = choice.unlike();
        serving = choice.device().gpu() ? access(choice.gpus()) : List.of(DeviceAccess.cpu());
        gpus.values().stream()
                .filter(access -> !serving.contains(access))
                .forEach(access -> access.threads().close());
        return choice.device();
    }

    /** Waits until a GPU works, or until none is full, or until the time is over. Only full ones are tried again. */
    private void waitForMemory(DeviceSelection selection) {
        long start = System.nanoTime();
        List<Gpu> full = full(selection.visible());
        if (!full.isEmpty()) {
            LOG.warnf(
                    "No GPU has the memory that CUDA and the models need, %s for weights alone: %s. The start waits for it for %d s"
                            + " (headroom.device-wait). When the GPUs were probed: %s",
                    Bytes.text(weightBytes(full.getFirst())),
                    full.stream().map(this::freeText).collect(Collectors.joining(", ")),
                    config.deviceWait().toSeconds(),
                    selection.probed());
        }
        while (!full.isEmpty()
                && System.nanoTime() - start < config.deviceWait().toNanos()) {
            LockSupport.parkNanos(PAUSE.toNanos());
            full.forEach(gpu -> trials.remove(gpu.index()));
            full = full(selection.visible());
        }
    }

    /** The GPUs whose memory is taken; none where one works. */
    private List<Gpu> full(List<Gpu> visible) {
        return visible.stream().anyMatch(gpu -> trial(gpu.index()).defect().isEmpty())
                ? List.of()
                : visible.stream().filter(gpu -> trial(gpu.index()).full()).toList();
    }

    private String freeText(Gpu gpu) {
        return "%s has %s free of %s"
                .formatted(
                        gpu.label(),
                        Bytes.text(access(gpu.index()).freeBytes()),
                        Bytes.text(gpu.memory().totalBytes()));
    }

    private List<DeviceAccess> access(List<Gpu> chosen) {
        return chosen.isEmpty()
                ? List.of(access(0))
                : chosen.stream().map(gpu -> access(gpu.index())).toList();
    }

    private DeviceAccess access(int index) {
        boolean graphs = config.cudaGraphs() == CudaGraphsMode.ON;
        return gpus.computeIfAbsent(index, cuda -> DeviceAccess.gpu(cuda, found(cuda), memoryLimit(), graphs));
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

    private CudaTrial tried(int index) {
        CudaTrial trial = access(index).tryCuda(needsCudnn());
        return trial.defect().isPresent()
                ? trial
                : found(index).flatMap(gpu -> tooFull(gpu, trial)).orElse(trial);
    }

    private boolean needsCudnn() {
        if (needsCudnn.isEmpty()) {
            needsCudnn = Optional.of(models.stream().anyMatch(ModelSpec::needsCudnn));
        }
        return needsCudnn.get();
    }

    /** The outcome for a GPU on which CUDA works, but whose memory others hold so that the models do not fit. */
    private Optional<CudaTrial> tooFull(Gpu gpu, CudaTrial trial) {
        long free = trial.freeBytes().orElse(Long.MAX_VALUE);
        long needed = weightBytes(gpu) + MemoryBudget.reservedBytes(true, config.memory());
        return free > needed || gpu.memory().totalBytes() <= needed
                ? Optional.empty()
                : Optional.of(CudaTrial.fails(
                        "%s are free, and the weights and headroom.memory.reserved take %s"
                                .formatted(Bytes.text(free), Bytes.text(needed)),
                        true));
    }

    /** Bytes of the weights in the files that would be served on this GPU. */
    private long weightBytes(Gpu gpu) {
        long total = gpu.memory().totalBytes();
        ServingDevice device = new ServingDevice(true, gpu.name(), gpu.computeCapability(), total, total, "");
        PrecisionRule precision = new PrecisionRule(config.precision(), device);
        return models.stream()
                .mapToLong(model -> model.by(precision).weightBytes())
                .sum();
    }
}
