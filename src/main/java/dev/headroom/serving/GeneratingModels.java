package dev.headroom.serving;

import dev.headroom.generation.TextModel;
import dev.headroom.model.ModelSpec;
import dev.headroom.plan.GenerationPlan;
import dev.headroom.plan.GenerationPlans;
import dev.headroom.plan.Planner;
import dev.headroom.settings.HeadroomConfig;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The models that generate text. All of them are open from the start to the end, on each device where they fit, and share
 * what they may take of it. Any thread may read; {@link ModelLifecycle} opens them, {@link ServedModels} closes them in the end.
 */
public final class GeneratingModels {

    private final List<HostedGenerator> models;
    private final GenerationPlan.Terms terms;

    /**
     * Those of these models that generate text, closed.
     *
     * @param terms by which each is planned
     */
    GeneratingModels(List<ModelSpec> specs, GenerationPlan.Terms terms) {
        this.models = specs.stream()
                .filter(ModelSpec::generates)
                .map(HostedGenerator::new)
                .toList();
        this.terms = terms;
    }

    /** The same by the terms of the machine's device and the settings. */
    static GeneratingModels of(List<ModelSpec> specs, Machine machine, HeadroomConfig config) {
        return new GeneratingModels(
                specs, GenerationPlan.Terms.of(config, machine.device().gpu()));
    }

    /**
     * Plans for them on a device, and makes a planner of the others, which get the rest.
     *
     * @param number the device's number; empty for the one that the models' plans are for
     * @param planner knows the device, and nothing of them
     * @param others the models that run batches, whose files are read only where a model generates text
     */
    Planner planBeside(OptionalInt number, Planner planner, List<ModelSpec> others) {
        if (models.isEmpty()) {
            return planner;
        }
        GenerationPlans plans = GenerationPlans.of(
                models.stream().map(HostedGenerator::demand).toList(),
                planner.availableBytes(models.size() + others.size()),
                others.stream().mapToLong(ModelSpec::weightBytes).sum(),
                terms);
        models.forEach(model -> model.places().plan(number, planner, plans));
        return planner.beside(plans.bytes());
    }

    /**
     * Passes where each of them fits on a device.
     *
     * @throws dev.headroom.settings.PlanRefusedException when not even a short sequence of one of them fits on any
     */
    void check() {
        models.forEach(model -> model.places().first());
    }

    /**
     * Opens them.
     *
     * @param threads threads for a step on a CPU beside batches
     * @param alone true where no model runs batches, so that a step may have all cores
     */
    void open(ServedDevices devices, int threads, boolean alone) {
        int steps = alone ? Runtime.getRuntime().availableProcessors() : threads;
        models.forEach(model -> model.open(devices.all(), steps));
    }

    /** Runs each once, and plans with what it takes. */
    void warmUp() {
        models.forEach(model -> model.warmUp(terms));
    }

    /** Serves them. */
    void serve(ServedDevices devices, MeterRegistry registry) {
        models.forEach(model -> model.serve(registry, devices::tag));
    }

    /** Reads what the first requests would wait for; called while nobody waits. */
    public void readAhead() {
        models.forEach(HostedGenerator::readAhead);
    }

    /** Their reports, in the order of their folders. */
    List<GenerationReport> reports() {
        return models.stream().map(HostedGenerator::report).toList();
    }

    /** Those that are served, by each of their names. */
    public Map<String, TextModel> byName() {
        Map<String, TextModel> byName = new LinkedHashMap<>();
        models.forEach(model ->
                model.served().ifPresent(text -> model.spec().names().forEach(name -> byName.put(name, text))));
        return byName;
    }

    /** Why one of them can answer nobody any more; empty while each has a device. */
    Optional<String> defect() {
        return models.stream().flatMap(model -> model.defect().stream()).findFirst();
    }

    /** True while a sequence has no end. */
    boolean busy() {
        return models.stream().anyMatch(HostedGenerator::busy);
    }

    /** Admits nothing new; what was admitted is answered. */
    public void drain() {
        models.forEach(HostedGenerator::drain);
    }

    /** Ends all sequences. */
    public void close() {
        models.forEach(HostedGenerator::close);
    }
}
