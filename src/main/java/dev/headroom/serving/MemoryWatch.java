package dev.headroom.serving;

import dev.headroom.device.Bytes;
import dev.headroom.plan.MemoryBudget;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;

/**
 * Reads the device's memory every few seconds, and logs, with the remedy, when it runs short and when full batches
 * leave most of the models' share unused. The meters show the last reading and its age.
 *
 * <p>One thread of its own reads, and holds no lock, because the driver may hang. Scrapes of the meters never wait for
 * it.
 */
final class MemoryWatch implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(MemoryWatch.class);

    private static final long PERIOD_SECONDS = 5;

    /** So many full batches are no accident. */
    private static final long MANY_FULL_BATCHES = 20;

    private final Readings readings;
    private final String device;
    private final LongSupplier nanoTime;
    private final ScheduledExecutorService clock;
    private final Alert risk;
    private final Alert underUse;
    private volatile long usedBytes;
    private volatile long peakBytes;
    private volatile long readNanos;

    /**
     * The numbers that are watched.
     *
     * @param totalBytes the device's memory, or the limit that was set
     * @param modelBytes the most of it that this process's models may hold
     * @param usedBytes its memory in use, by any process, as last read
     * @param readNanos the time of that reading, by the clock of {@link System#nanoTime}
     * @param peakBytes the most that this process's models ever held of it
     * @param predictedBytes the most that the batches so far were predicted to take of it
     * @param fullBatches batches so far that were as large as can be
     */
    record Readings(
            long totalBytes,
            long modelBytes,
            LongSupplier usedBytes,
            LongSupplier readNanos,
            LongSupplier peakBytes,
            LongSupplier predictedBytes,
            LongSupplier fullBatches) {}

    /**
     * A watch that meters its readings.
     *
     * @param number the device's number, by which the meters are tagged; empty where it is the only one
     */
    MemoryWatch(Readings readings, Optional<String> number, MeterRegistry registry) {
        this(readings, number, registry, System::nanoTime);
    }

    MemoryWatch(Readings readings, Optional<String> number, MeterRegistry registry, LongSupplier nanoTime) {
        this.readings = readings;
        this.nanoTime = nanoTime;
        readNanos = nanoTime.getAsLong();
        clock = Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform()
                .daemon()
                .name(number.map("headroom-watch-"::concat).orElse("headroom-watch"))
                .factory());
        device = number.map("device "::concat).orElse("the device");
        Tags tags = Tags.of(number.stream().map(it -> Tag.of("device", it)).toList());
        String memory = "Memory of the device that the models run on";
        String peak = "The most that the models held of the device, and what the plan predicts for the batches so far";
        bytes("headroom.device.memory", memory, "total", readings::totalBytes, tags)
                .register(registry);
        bytes("headroom.device.memory", memory, "free", () -> Math.max(0, readings.totalBytes - usedBytes), tags)
                .register(registry);
        bytes("headroom.memory.peak", peak, "actual", () -> peakBytes, tags).register(registry);
        bytes("headroom.memory.peak", peak, "predicted", readings.predictedBytes, tags)
                .register(registry);
        Gauge.builder("headroom.device.memory.age", () -> (nanoTime.getAsLong() - readNanos) / 1e9)
                .description(
                        "How long ago the device's memory was last read: it grows while the driver does not answer")
                .baseUnit("seconds")
                .tags(tags)
                .register(registry);
        risk = new Alert(alerts("risk", tags).register(registry), nanoTime);
        underUse = new Alert(alerts("underuse", tags).register(registry), nanoTime);
    }

    private static Gauge.Builder<?> bytes(String name, String description, String kind, LongSupplier value, Tags tags) {
        return Gauge.builder(name, value::getAsLong)
                .description(description)
                .baseUnit("bytes")
                .tags(tags.and("kind", kind));
    }

    private static Counter.Builder alerts(String kind, Tags tags) {
        return Counter.builder("headroom.memory.alerts")
                .description(
                        "Readings with more than 90 % of the device's memory in use, or less than 60 % of the models' at full batches")
                .tags(tags.and("kind", kind));
    }

    /** Begins to read. */
    void start() {
        clock.scheduleWithFixedDelay(this::look, 0, PERIOD_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }

    /** Reads once. A reading that is no newer than the last one counts for nothing. */
    void look() {
        try {
            long peak = readings.peakBytes.getAsLong();
            long used = readings.usedBytes.getAsLong();
            long nanos = readings.readNanos.getAsLong();
            if (nanos - readNanos > 0) {
                usedBytes = used;
                readNanos = nanos;
                lookForRisk(peak > peakBytes ? Math.max(peak, used) : used);
                peakBytes = Math.max(peak, peakBytes);
                lookForUnderUse();
            }
        } catch (RuntimeException | Error e) {
            LOG.debug("The device's memory was not read", e); // an exception would end the readings
        }
    }

    /** A peak between two readings counts once, when it is first seen. */
    private void lookForRisk(long mostBytes) {
        if (mostBytes <= MemoryBudget.RISK * readings.totalBytes) {
            risk.over();
            return;
        }
        risk.holds(() -> LOG.warnf(
                "%s of %s's %s are in use, %d %%: batches may not fit and be halved. Raise"
                        + " headroom.memory.limit where it is set, raise headroom.memory.reserved by what others"
                        + " take, lower headroom.memory.target, or take a device with more memory.",
                Bytes.text(mostBytes),
                device,
                Bytes.text(readings.totalBytes),
                percent(mostBytes, readings.totalBytes)));
    }

    private void lookForUnderUse() {
        boolean told = peakBytes > 0;
        boolean full = readings.fullBatches.getAsLong() >= MANY_FULL_BATCHES;
        if (!told || !full || peakBytes >= MemoryBudget.UNDER_USE * readings.modelBytes) {
            underUse.over();
            return;
        }
        underUse.holds(() -> LOG.infof(
                "Full batches take %s of the %s that the models may take of %s, %d %%: see GET /plan for what limits them."
                        + " Where that is throughput a device with less memory serves as fast; where it is a setting, raise it.",
                Bytes.text(peakBytes),
                Bytes.text(readings.modelBytes),
                device,
                percent(peakBytes, readings.modelBytes)));
    }

    private static long percent(long bytes, long ofBytes) {
        return 100 * bytes / Math.max(1, ofBytes);
    }
}
