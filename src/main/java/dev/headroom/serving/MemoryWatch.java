package dev.headroom.serving;

import dev.headroom.device.Bytes;
import dev.headroom.plan.MemoryBudget;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;

/**
 * Reads the device's memory every few seconds, on a thread of its own, and says, with the remedy, when it runs short and when
 * full batches leave most of it unused. Says so again when that has ended and comes back, but not every time. The meters
 * show the last reading and its age, and wait for nobody.
 */
public final class MemoryWatch implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(MemoryWatch.class);

    private static final long PERIOD_SECONDS = 5;

    /** So many full batches are no accident. */
    private static final long MANY_FULL_BATCHES = 20;

    private static final Duration QUIET = Duration.ofMinutes(10);

    private final Readings readings;
    private final String device;
    private final Counter risks;
    private final Counter underUses;
    private final LongSupplier nanoTime;
    private final ScheduledExecutorService clock;
    private final Remark risk;
    private final Remark underUse;
    private volatile long usedBytes;
    private volatile long peakBytes;
    private volatile long readNanos;

    /**
     * What is watched.
     *
     * @param totalBytes the device's memory, or the limit that was set
     * @param usedBytes what is used of it, by whomever, as last read
     * @param readNanos when that was, by the clock of {@link System#nanoTime}
     * @param peakBytes the most that this process's models ever held of it
     * @param predictedBytes the most that the batches so far were predicted to take of it
     * @param fullBatches batches so far that were as large as can be
     */
    public record Readings(
            long totalBytes,
            LongSupplier usedBytes,
            LongSupplier readNanos,
            LongSupplier peakBytes,
            LongSupplier predictedBytes,
            LongSupplier fullBatches) {}

    /** A watch over the only device, that meters its readings. */
    public MemoryWatch(Readings readings, MeterRegistry registry) {
        this(readings, Optional.empty(), registry);
    }

    /** The same for one of several devices, by which the meters are tagged then. */
    public MemoryWatch(Readings readings, Optional<String> number, MeterRegistry registry) {
        this(readings, number, registry, System::nanoTime);
    }

    MemoryWatch(Readings readings, Optional<String> number, MeterRegistry registry, LongSupplier nanoTime) {
        this.readings = readings;
        this.nanoTime = nanoTime;
        readNanos = nanoTime.getAsLong();
        risk = new Remark(QUIET, nanoTime);
        underUse = new Remark(QUIET, nanoTime);
        clock = Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform()
                .daemon()
                .name(number.map("headroom-watch-"::concat).orElse("headroom-watch"))
                .factory());
        device = number.map("device "::concat).orElse("the device");
        Tags tags = Tags.of(number.stream().map(it -> Tag.of("device", it)).toList());
        gauge(registry, tags.and("kind", "total"), "headroom.device.memory", readings::totalBytes);
        gauge(
                registry,
                tags.and("kind", "free"),
                "headroom.device.memory",
                () -> Math.max(0, readings.totalBytes - usedBytes));
        age(registry, tags);
        gauge(registry, tags.and("kind", "actual"), "headroom.memory.peak", () -> peakBytes);
        gauge(registry, tags.and("kind", "predicted"), "headroom.memory.peak", readings.predictedBytes);
        risks = alert(registry, tags.and("kind", "risk"));
        underUses = alert(registry, tags.and("kind", "underuse"));
    }

    private static void gauge(MeterRegistry registry, Tags tags, String name, LongSupplier bytes) {
        String description = name.endsWith("peak")
                ? "The most that the models held of the device, and what the plan predicts for the batches so far"
                : "Memory of the device that the models run on";
        Gauge.builder(name, bytes::getAsLong)
                .description(description)
                .baseUnit("bytes")
                .tags(tags)
                .register(registry);
    }

    private void age(MeterRegistry registry, Tags tags) {
        Gauge.builder("headroom.device.memory.age", () -> (nanoTime.getAsLong() - readNanos) / 1e9)
                .description(
                        "How long ago the device's memory was last read: it grows while the driver does not answer")
                .baseUnit("seconds")
                .tags(tags)
                .register(registry);
    }

    private static Counter alert(MeterRegistry registry, Tags tags) {
        return Counter.builder("headroom.memory.alerts")
                .description(
                        "Readings with more than 90 % of the device's memory in use, or less than 60 % at full batches")
                .tags(tags)
                .register(registry);
    }

    /** Begins to read. */
    public void start() {
        clock.scheduleWithFixedDelay(this::look, 0, PERIOD_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }

    /** One reading. What is no newer than the last one is no news. */
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

    /** What batches took for moments counts once, when it is seen to have been more than ever before. */
    private void lookForRisk(long mostBytes) {
        if (mostBytes <= MemoryBudget.RISK * readings.totalBytes) {
            risk.over();
            return;
        }
        risks.increment();
        if (risk.holds()) {
            LOG.warnf(
                    "%s of %s's %s are in use, %d %%: batches may not fit and be halved. Raise"
                            + " headroom.memory.limit where it is set, raise headroom.memory.reserved by what others"
                            + " take, lower headroom.memory.target, or take a device with more memory.",
                    Bytes.text(mostBytes), device, Bytes.text(readings.totalBytes), percent(mostBytes));
        }
    }

    private void lookForUnderUse() {
        long peak = peakBytes;
        boolean told = peak > 0;
        boolean full = readings.fullBatches.getAsLong() >= MANY_FULL_BATCHES;
        if (!told || !full || peak >= MemoryBudget.UNDER_USE * readings.totalBytes) {
            underUse.over();
            return;
        }
        underUses.increment();
        if (underUse.holds()) {
            LOG.infof(
                    "Full batches take %s of %s's %s, %d %%: see GET /plan for what limits them. Where that is"
                            + " throughput a device with less memory serves as fast; where it is a setting, raise it.",
                    Bytes.text(peak), device, Bytes.text(readings.totalBytes), percent(peak));
        }
    }

    private long percent(long bytes) {
        return 100 * bytes / Math.max(1, readings.totalBytes);
    }
}
