package dev.headroom.generation;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/** The meters of one model that generates text, on one device. */
public final class GenerationMeters {

    private final MeterRegistry registry;
    private final Tags model;
    private final Counter promptTokens;
    private final Counter cachedTokens;
    private final Counter generatedTokens;
    private final Counter preemptions;
    private final Counter unfit;
    private final DistributionSummary rows;
    private final Timer firstToken;
    private final Timer step;

    /**
     * Meters tagged with the model's name.
     *
     * @param device the device's number, by which they are tagged too; empty where it is the only one
     */
    public GenerationMeters(MeterRegistry registry, String name, Optional<String> device) {
        this.registry = registry;
        model = device.map(number -> Tags.of("model", name, "device", number)).orElseGet(() -> Tags.of("model", name));
        promptTokens = tokens("prompt");
        cachedTokens = tokens("cached");
        generatedTokens = tokens("generated");
        preemptions = counter("headroom.generation.preemptions", "Sequences that were read again");
        unfit = counter("headroom.generation.unfit", "Steps for which the device had no memory");
        rows = DistributionSummary.builder("headroom.generation.rows")
                .description("Sequences that a step continued")
                .tags(model)
                .register(registry);
        firstToken = timer("headroom.generation.first.token", "From a sequence's arrival to its first token");
        step = timer("headroom.generation.step", "One step of all sequences on the device: the time per token of each");
    }

    private Counter tokens(String kind) {
        return Counter.builder("headroom.generation.tokens")
                .description(
                        "Tokens that were read of prompts, those read again included; that were in the cache; or that were chosen")
                .baseUnit("tokens")
                .tags(model.and("kind", kind))
                .register(registry);
    }

    private Counter counter(String name, String description) {
        return Counter.builder(name).description(description).tags(model).register(registry);
    }

    private Timer timer(String name, String description) {
        return Timer.builder(name).description(description).tags(model).register(registry);
    }

    /**
     * Shows the numbers that others keep. Nothing is on a device that is lost.
     *
     * @param waiting gives the number of sequences that are not on the device
     */
    void watch(Generator.Parts parts, Supplier<Number> waiting) {
        Occupancy occupancy = parts.batch().occupancy();
        gauge(
                "headroom.generation.sequences",
                "running",
                "Sequences, by their place",
                whileServing(parts, occupancy::running));
        gauge("headroom.generation.sequences", "waiting", "Sequences, by their place", waiting);
        gauge("headroom.cache.bytes", "held", "Bytes of keys and values", whileServing(parts, occupancy::heldBytes));
        gauge("headroom.cache.bytes", "kept", "Bytes of keys and values", whileServing(parts, occupancy::keptBytes));
        gauge(
                "headroom.cache.bytes",
                "budget",
                "Bytes of keys and values",
                parts.batch().budget()::bytes);
    }

    private static Supplier<Number> whileServing(Generator.Parts parts, Supplier<Number> value) {
        return () -> parts.gate().lost().isPresent() ? 0 : value.get();
    }

    private void gauge(String name, String kind, String description, Supplier<Number> value) {
        Gauge.builder(name, value)
                .description(description)
                .tags(model.and("kind", kind))
                .register(registry);
    }

    void read(int tokens) {
        promptTokens.increment(tokens);
    }

    void cached(int tokens) {
        cachedTokens.increment(tokens);
    }

    void chosen(int tokens) {
        generatedTokens.increment(tokens);
    }

    void stepped(int sequences, long nanos) {
        rows.record(sequences);
        step.record(Duration.ofNanos(nanos));
    }

    void firstToken(long nanos) {
        firstToken.record(Duration.ofNanos(nanos));
    }

    void preempted() {
        preemptions.increment();
    }

    void unfit() {
        unfit.increment();
    }
}
