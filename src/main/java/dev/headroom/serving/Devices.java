package dev.headroom.serving;

import dev.headroom.device.Gpu;
import dev.headroom.device.Hardware;
import dev.headroom.plan.DeviceSelection;
import dev.headroom.plan.ServingDevice;
import dev.headroom.settings.HeadroomConfig;
import io.quarkus.runtime.configuration.MemorySize;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * The devices of this machine: asks each GPU on a thread of its own, and keeps those that serve. Used by one thread.
 */
public final class Devices implements DeviceSelection.Cuda {

    private final HeadroomConfig config;
    private final Hardware hardware;
    private final Map<Integer, DeviceAccess> gpus = new TreeMap<>();
    private List<DeviceAccess> serving = List.of();

    public Devices(HeadroomConfig config, Hardware hardware) {
        this.config = config;
        this.hardware = hardware;
    }

    /** Selects the devices that serve; returns the one that the plan is for. */
    public ServingDevice select() {
        DeviceSelection.Choice choice = new DeviceSelection(config.device(), hardware).select(this);
        serving = choice.device().gpu() ? access(choice.gpus()) : List.of(DeviceAccess.cpu());
        gpus.values().stream()
                .filter(access -> !serving.contains(access))
                .forEach(access -> access.threads().close());
        return choice.device();
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

    /**
     * Opens the devices that serve, the one that the plan is for first.
     *
     * @param availableBytes most bytes of a CPU's arena
     */
    public List<ServedDevice> open(long availableBytes) {
        return serving.stream()
                .map(access -> new ServedDevice(access, access.memory(availableBytes)))
                .toList();
    }

    /** Ends the threads of the devices that serve. */
    public void close() {
        serving.forEach(access -> access.threads().close());
    }

    @Override
    public Optional<String> defect(int index) {
        return access(index).defect();
    }

    @Override
    public Optional<Long> freeBytes(int index) {
        return access(index).freeBytes();
    }
}
