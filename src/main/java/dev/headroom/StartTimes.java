package dev.headroom;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** How long the start took, from the beginning of the JVM, phase by phase. */
final class StartTimes implements MeterBinder {

    /** What a start consists of, in this order. */
    enum Phase {
        /** The JVM and Quarkus, beside which the native libraries are loaded. */
        RUNTIME("JVM and Quarkus"),
        /** Models found, hardware probed, plan derived. */
        PLAN("plan"),
        /** Sessions and tokenisers. */
        OPEN("models opened"),
        /** The first runs. */
        WARM_UP("warm-up"),
        /** Measuring before the first call, where that is set. */
        CALIBRATE("calibration");

        private final String words;

        Phase(String words) {
            this.words = words;
        }
    }

    private final Map<Phase, Duration> phases = new EnumMap<>(Phase.class);
    private long last = System.nanoTime();

    /** Begins where the first phase ends. */
    StartTimes() {
        long sinceStart = System.currentTimeMillis()
                - ManagementFactory.getRuntimeMXBean().getStartTime();
        phases.put(Phase.RUNTIME, Duration.ofMillis(sinceStart));
    }

    /** A phase has ended, and the next begins. */
    void ended(Phase phase) {
        long now = System.nanoTime();
        phases.merge(phase, Duration.ofNanos(now - last), Duration::plus);
        last = now;
    }

    /** All of it in one line. */
    String text() {
        Duration total = phases.values().stream().reduce(Duration.ZERO, Duration::plus);
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
    }
}
