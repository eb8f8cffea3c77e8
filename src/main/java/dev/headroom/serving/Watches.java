package dev.headroom.serving;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * The watches over devices that serve: how full they are, whether they answer, and what was learned on them.
 *
 * <p>Threads of its own look, and hold no lock. Only the keeper's writes files, because their file system may hang.
 */
public final class Watches implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger("dev.headroom");

    private static final int TIMEOUTS_OF_A_HUNG_RUN = 5;
    private static final Duration SHORTEST_HANG = Duration.ofMinutes(2);
    private static final Duration KEEP_PERIOD = Duration.ofSeconds(1);
    private static final Duration OTHERS_PERIOD = Duration.ofSeconds(5);

    /** The end of the process waits no longer for a file system that hangs. */
    private static final Duration LONGEST_KEEP = Duration.ofSeconds(2);

    private final ServedModels models;
    private final MeterRegistry registry;
    private final ScheduledExecutorService clock = Executors.newScheduledThreadPool(
            2, Thread.ofPlatform().daemon().name("headroom-clock-", 0).factory());
    private final ScheduledExecutorService keeper = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("headroom-keeper").factory());
    private final List<MemoryWatch> memory = new CopyOnWriteArrayList<>();

    public Watches(ServedModels models, MeterRegistry registry) {
        this.models = models;
        this.registry = registry;
    }

    /** Begins to look. */
    public void start() {
        for (ServedDevice device : models.devices().all()) {
            memory.add(new MemoryWatch(readings(device), models.devices().tag(device), registry));
            DeviceWatch watch = new DeviceWatch(device.gate(), () -> defect(device), this::longestRun);
            repeat(clock, watch, DeviceWatch.PERIOD);
        }
        memory.forEach(MemoryWatch::start);
        repeat(keeper, () -> models.plan().graphs().all().forEach(ServedModel::keepLearned), KEEP_PERIOD);
        repeat(keeper, models.limits()::keepGrown, KEEP_PERIOD);
        repeat(clock, new IdleMemory(models::idle), KEEP_PERIOD);
        repeat(clock, models::followOthers, OTHERS_PERIOD);
    }

    private MemoryWatch.Readings readings(ServedDevice device) {
        long totalBytes = device.totalBytes(models.plan().device().planner().totalBytes());
        return new MemoryWatch.Readings(
                totalBytes,
                device.memory().totalBytes(),
                () -> device.usedBytes(totalBytes),
                device::readNanos,
                device.memory()::peakBytes,
                () -> predictedBytes(device),
                this::fullBatches);
    }

    /** The reason why only a restart of the process brings a device back; empty while all is well. */
    Optional<String> defect(ServedDevice device) {
        return device.alive()
                ? models.served()
                        .flatMap(parts -> parts.batcher().defect(device.gate()).stream())
                        .findFirst()
                : Optional.of("a thread of the device has ended");
    }

    /** The longest that a run may take before its device counts as hung. */
    Duration longestRun() {
        return models.served()
                .map(parts -> parts.batcher().timeout().multipliedBy(TIMEOUTS_OF_A_HUNG_RUN))
                .reduce(SHORTEST_HANG, (a, b) -> a.compareTo(b) > 0 ? a : b);
    }

    /** The most that the batches so far were predicted to take of a device, all models included. */
    private long predictedBytes(ServedDevice device) {
        long bases = models.plan().graphs().all().stream()
                .mapToLong(model -> model.demand().baseBytes())
                .sum();
        long most = models.served()
                .mapToLong(parts -> parts.meters().predictedPeak())
                .max()
                .orElse(0);
        return bases + device.gate().lanes() * most;
    }

    private long fullBatches() {
        return models.served().mapToLong(parts -> parts.meters().fullBatches()).sum();
    }

    private static void repeat(ScheduledExecutorService clock, Runnable task, Duration period) {
        clock.scheduleWithFixedDelay(() -> once(task), period.toMillis(), period.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Runs a task and lets no exception out, which would end the repetition. */
    private static void once(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            LOG.debug("A look at a device, or at what was learned, failed", e);
        }
    }

    /** Ends the watches, and keeps what was learned for the last time. */
    @Override
    public void close() {
        memory.forEach(MemoryWatch::close);
        clock.shutdownNow();
        keeper.execute(() -> once(() -> models.plan().graphs().all().forEach(ServedModel::keepLearnedAtLast)));
        keeper.execute(() -> once(models.limits()::keepGrown));
        keeper.shutdown();
        try {
            keeper.awaitTermination(LONGEST_KEEP.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
