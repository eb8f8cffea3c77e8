package dev.headroom.serving;

import dev.headroom.session.NativeHeap;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/** What looks after the devices while they serve: how full they are, whether they answer, and what was learned on them. */
public final class Watches implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger("dev.headroom");

    private static final Duration KEEP_PERIOD = Duration.ofSeconds(1);

    /** The folder may be on a file system that hangs. */
    private static final Duration LONGEST_KEEP = Duration.ofSeconds(2);

    private final ServedModels models;
    private final MeterRegistry registry;
    private final ScheduledExecutorService clock = Executors.newScheduledThreadPool(
            2, Thread.ofPlatform().daemon().name("headroom-clock-", 0).factory());
    private final ScheduledExecutorService keeper = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("headroom-keeper").factory());
    private volatile boolean trimmed;
    private final List<MemoryWatch> memory = new CopyOnWriteArrayList<>();

    public Watches(ServedModels models, MeterRegistry registry) {
        this.models = models;
        this.registry = registry;
    }

    /** Begins to look. */
    public void start() {
        List<ServedDevice> devices = models.devices();
        for (ServedDevice device : devices) {
            Optional<String> number = Optional.of(device.number()).filter(it -> devices.size() > 1);
            memory.add(new MemoryWatch(readings(device), number, registry));
            DeviceWatch watch = new DeviceWatch(device.gate(), () -> models.defect(device), models::longestRun);
            repeat(clock, watch, DeviceWatch.PERIOD);
        }
        memory.forEach(MemoryWatch::start);
        repeat(keeper, models::keepLearned, KEEP_PERIOD);
        repeat(clock, this::trimOnceIdle, KEEP_PERIOD);
    }

    private MemoryWatch.Readings readings(ServedDevice device) {
        return new MemoryWatch.Readings(
                device.totalBytes(models.plan().totalBytes()),
                device::usedBytes,
                device.memory()::readNanos,
                device.memory()::peakBytes,
                () -> models.predictedBytes(device),
                models::fullBatches);
    }

    /** What a load has left is given back when it is over; not under it, because the next batch would take it again. */
    private void trimOnceIdle() {
        boolean idle = models.idle().compareTo(KEEP_PERIOD) > 0;
        if (idle && !trimmed) {
            NativeHeap.trim();
        }
        trimmed = idle;
    }

    private static void repeat(ScheduledExecutorService clock, Runnable task, Duration period) {
        clock.scheduleWithFixedDelay(() -> once(task), period.toMillis(), period.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** An exception would end the repetition. */
    private static void once(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            LOG.debug("A look at a device, or at what was learned, failed", e);
        }
    }

    /** Looks no more, and keeps what was learned for the last time. */
    @Override
    public void close() {
        memory.forEach(MemoryWatch::close);
        clock.shutdownNow();
        keeper.execute(() -> once(models::keepLearnedAtLast));
        keeper.shutdown();
        try {
            keeper.awaitTermination(LONGEST_KEEP.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
