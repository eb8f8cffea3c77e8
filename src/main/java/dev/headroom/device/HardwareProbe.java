package dev.headroom.device;

import dev.headroom.device.Finding.Answer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Asks the machine for its hardware: NVML first, {@code nvidia-smi} where NVML knows no GPU, and always the host. */
public final class HardwareProbe {

    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final Path root;
    private final Duration limit;
    private final List<GpuSource> sources;

    HardwareProbe(Path root, Duration limit, List<GpuSource> sources) {
        this.root = root;
        this.limit = limit;
        this.sources = List.copyOf(sources);
    }

    /**
     * Asks each source for at most 10 s, until one sees a GPU. Never throws: a source that did not answer is a
     * {@link Finding} with its reason. Each source is asked on a thread of its own, which is left behind if it hangs.
     *
     * @param visible the devices that the environment lets this process use
     */
    public static Hardware probe(VisibleDevices visible) {
        NativeEnvironment.prepare();
        return new HardwareProbe(Path.of("/"), LIMIT, List.of(NvmlSource.PROCESS, new NvidiaSmi(NvidiaSmi.PLACES)))
                .look(visible);
    }

    /** Asks for the host alone, and touches no GPU. */
    public static Hardware host() {
        return new HardwareProbe(Path.of("/"), LIMIT, List.of()).look(VisibleDevices.ALL);
    }

    Hardware look(VisibleDevices visible) {
        long start = System.nanoTime();
        Host host = Host.read(root, Host.Heap.ofThisProcess());
        String hostReason = host.cores() + " cores, " + host.memorySource();
        Finding hostFinding = new Finding("host", Answer.USED, hostReason, since(start));

        List<Gpu> gpus = List.of();
        List<Finding> findings = new ArrayList<>();
        for (GpuSource source : sources) {
            long asked = System.nanoTime();
            Sighting sighting = ask(source, host);
            VisibleDevices.Choice choice = choose(visible, sighting.gpus());
            gpus = choice.gpus();
            findings.add(finding(source, sighting, choice, since(asked)));
            if (!sighting.gpus().isEmpty()) {
                break;
            }
        }
        findings.add(hostFinding);
        return new Hardware(gpus, host, findings);
    }

    private Sighting ask(GpuSource source, Host host) {
        FutureTask<Sighting> answer = new FutureTask<>(() -> source.look(host));
        Thread.ofPlatform().daemon().name("headroom-" + source.name()).start(answer);
        try {
            return answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            String seconds = limit.toString().substring(2).replace("S", " s"); // PT10S
            return Sighting.none(source.name() + " did not answer within " + seconds);
        } catch (ExecutionException e) {
            return Sighting.none(reason(e.getCause()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Sighting.none("interrupted while asking " + source.name());
        } finally {
            answer.cancel(true);
        }
    }

    /**
     * The container runtime obeys NVIDIA_VISIBLE_DEVICES. If it has mounted the driver's library, it has already hidden and
     * renumbered the devices, so the variable is ignored here; under CDI it says only "void".
     */
    private VisibleDevices.Choice choose(VisibleDevices visible, List<Gpu> gpus) {
        return (driverIsMounted() ? new VisibleDevices(visible.cuda(), null) : visible).pick(gpus);
    }

    private boolean driverIsMounted() {
        return new KernelFile(root.resolve("proc/self/mountinfo")).text().contains("/libnvidia-ml.so");
    }

    private static Finding finding(GpuSource source, Sighting sighting, VisibleDevices.Choice choice, Duration took) {
        List<String> reasons = new ArrayList<>(List.of(sighting.reason()));
        reasons.addAll(choice.notes());
        Answer answer = choice.gpus().isEmpty() ? Answer.PASSED_OVER : Answer.USED;
        return new Finding(source.name(), answer, String.join("; ", reasons), took);
    }

    private static String reason(Throwable failure) {
        return failure.getMessage() == null ? failure.toString() : failure.getMessage();
    }

    private static Duration since(long start) {
        return Duration.ofNanos(System.nanoTime() - start);
    }
}
