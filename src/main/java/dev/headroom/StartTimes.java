package dev.headroom;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.search.Search;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * The durations of the start's phases, from the beginning of the JVM, or of its restore. Used by one thread until its meters are bound.
 */
final class StartTimes implements MeterBinder {

    /** The phases of a start, in this order. */
    enum Phase {
        /** The JVM and Quarkus. */
        RUNTIME("JVM and Quarkus"),
        /** Instead of that: the process from its checkpoint. */
        RESTORE("checkpoint restored"),
        /** Beside it: models of the Hub found and downloaded, where there are any. */
        DOWNLOAD("models downloaded"),
        /** Beside it: native libraries loaded, models found, hardware probed, plan derived. */
        PLAN("plan"),
        /** Beside it: sessions and tokenisers. */
        OPEN("models opened"),
        /** Beside it: the first runs. */
        WARM_UP("warm-up"),
        /** Waiting until those had ended. */
        WAIT("waited for that"),
        /** Batchers, pipelines, meters and watches are made. */
        SERVE("ready to serve"),
        /** Measuring before the first call, where that is set. */
        CALIBRATE("calibration");

        private static final Set<Phase> BESIDE = EnumSet.of(DOWNLOAD, PLAN, OPEN, WARM_UP);

        private final String words;

        Phase(String words) {
            this.words = words;
        }
    }

    private final Map<Phase, Duration> phases = new EnumMap<>(Phase.class);
    private final Instant begun;
    private long last = System.nanoTime();

    /** Times of a start, of which the JVM and Quarkus are behind us. */
    StartTimes() {
        this(
                Phase.RUNTIME,
                Instant.ofEpochMilli(ManagementFactory.getRuntimeMXBean().getStartTime()));
    }

    /**
     * Times of a start whose first phase ends now.
     *
     * @param begun when it began
     */
    StartTimes(Phase first, Instant begun) {
        this.begun = begun;
        phases.put(first, Duration.between(begun, Instant.now()));
    }

    /** Adds the phases that ran beside the JVM and Quarkus. */
    void beside(Map<Phase, Duration> times) {
        phases.putAll(times);
    }

    /** Ends a phase; the next begins. */
    void ended(Phase phase) {
        long now = System.nanoTime();
        phases.merge(phase, Duration.ofNanos(now - last), Duration::plus);
        last = now;
    }

    /** All phases in one line, for the log. */
    String text() {
        Duration total = phases.entrySet().stream()
                .filter(phase -> !Phase.BESIDE.contains(phase.getKey()))
                .map(Map.Entry::getValue)
                .reduce(Duration.ZERO, Duration::plus);
        return phases.entrySet().stream()
                .map(phase -> "%s %s".formatted(phase.getKey().words, seconds(phase.getValue())))
                .collect(Collectors.joining(", ", "Awake in " + seconds(total) + ": ", ""));
    }

    private static String seconds(Duration time) {
        return String.format(Locale.ROOT, "%.3f s", time.toNanos() / 1e9);
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        phases.forEach((phase, time) -> Gauge.builder("headroom.start", () -> time.toNanos() / 1e9)
                .description("How long the phases of the start took")
                .baseUnit("seconds")
                .tags("phase", phase.name().toLowerCase(Locale.ROOT))
                .register(registry));
        if (phases.containsKey(Phase.RESTORE)) {
            beginAnew(registry);
        }
    }

    /** Has the process begin when it was restored; Quarkus tells the start of the JVM that was checkpointed. */
    private void beginAnew(MeterRegistry registry) {
        Search.in(registry)
                .name(name -> name.equals("process.uptime") || name.equals("process.start.time"))
                .meters()
                .forEach(registry::remove);
        TimeGauge.builder(
                        "process.uptime",
                        () -> Duration.between(begun, Instant.now()).toMillis(),
                        TimeUnit.MILLISECONDS)
                .description("The uptime of the process, since it was restored")
                .register(registry);
        TimeGauge.builder("process.start.time", begun::toEpochMilli, TimeUnit.MILLISECONDS)
                .description("The time when the process was restored, since the Unix epoch")
                .register(registry);
    }
}
