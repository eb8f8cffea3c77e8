package dev.headroom.serving;

import dev.headroom.generation.GeneratingModel;
import dev.headroom.generation.GenerationMeters;
import dev.headroom.generation.Generators;
import dev.headroom.generation.TextModel;
import dev.headroom.model.ModelSpec;
import dev.headroom.plan.GenerationDemand;
import dev.headroom.plan.GenerationPlan;
import dev.headroom.serving.GenerationReport.InForce;
import dev.headroom.session.DeviceThread;
import dev.headroom.settings.PlanRefusedException;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * A model that generates text: planned, then open, then served, on each device where it fits. Any thread may read;
 * {@link GeneratingModels} moves it on.
 */
final class HostedGenerator {

    private static final Logger LOG = Logger.getLogger("dev.headroom");

    private final ModelSpec spec;
    private final GenerationDemand demand;
    private final PlannedPlaces places;
    private volatile List<PlacedGenerator> placed = List.of();
    private volatile Generators generators;
    private volatile GeneratingModel served;

    /** A model that is closed. */
    HostedGenerator(ModelSpec spec) {
        this.spec = spec;
        this.demand = spec.generationDemand();
        this.places = new PlannedPlaces(spec.name());
    }

    ModelSpec spec() {
        return spec;
    }

    /** The facts that its plans follow from before it is open. */
    GenerationDemand demand() {
        return demand;
    }

    /** Its plans, device by device. */
    PlannedPlaces places() {
        return places;
    }

    /**
     * Opens it on each of these devices that it has a plan for, on all at a time.
     *
     * @param cpuThreads the threads that share the work of a step on a CPU
     */
    void open(List<ServedDevice> devices, int cpuThreads) {
        placed = DeviceThread.joinAll(devices.stream()
                .flatMap(device -> places.on(device.access().number()).stream()
                        .map(plan -> device.models()
                                .openDecoder(spec, cpuThreads)
                                .thenApply(opened -> new PlacedGenerator(device, opened, demand, plan))))
                .toList());
    }

    /**
     * Runs it once on each device, and plans with what it takes there.
     *
     * @throws PlanRefusedException when it fits on no device
     */
    void warmUp(GenerationPlan.Terms terms) {
        DeviceThread.joinAll(placed.stream().map(PlacedGenerator::warmUp).toList());
        Map<PlacedGenerator, PlanRefusedException> unfit = new LinkedHashMap<>();
        for (PlacedGenerator one : placed) {
            try {
                one.planOpened(terms);
            } catch (PlanRefusedException e) {
                unfit.put(one, e);
            }
        }
        if (unfit.size() == placed.size()) {
            throw unfit.values().iterator().next();
        }
        unfit.forEach(this::leaveOut);
    }

    private void leaveOut(PlacedGenerator one, PlanRefusedException reason) {
        placed = placed.stream().filter(other -> other != one).toList();
        places.leaveOut(one.device(), reason);
        LOG.warnf("%s: %s", demand.name(), places.remarks().getLast());
        one.close();
    }

    /**
     * Serves it.
     *
     * @param number gives the number by which a device's meters are tagged; empty where it is the only one
     */
    void serve(MeterRegistry registry, Function<ServedDevice, Optional<String>> number) {
        generators = new Generators(placed.stream()
                .map(one -> one.generator(new GenerationMeters(registry, spec.name(), number.apply(one.device()))))
                .toList());
        served = new GeneratingModel(spec, generators);
        generators.start();
    }

    /** It, while it is served. */
    Optional<TextModel> served() {
        return Optional.ofNullable(served);
    }

    void readAhead() {
        Optional.ofNullable(served).ifPresent(GeneratingModel::readAhead);
    }

    GenerationReport report() {
        List<String> remarks = Stream.of(
                        spec.remarks().stream(),
                        places.remarks().stream(),
                        placed.stream().flatMap(one -> one.remark().stream()).distinct())
                .flatMap(Function.identity())
                .toList();
        GenerationDemand known =
                placed.stream().findFirst().map(PlacedGenerator::demand).orElse(demand);
        return placed.isEmpty()
                ? GenerationReport.of(spec, known, new InForce(places.first(), places.own()), remarks)
                : GenerationReport.of(spec, known, inForce(placed), remarks);
    }

    private static InForce inForce(List<PlacedGenerator> placed) {
        PlacedGenerator first = placed.getFirst();
        Map<Integer, GenerationPlan> unlike = new LinkedHashMap<>();
        placed.stream()
                .filter(one -> !one.isLike(first))
                .forEach(one -> unlike.put(one.device().access().number(), one.plan()));
        return new InForce(first.plan(), unlike);
    }

    /** Why it can answer nobody any more; empty while one of its devices serves. */
    Optional<String> defect() {
        return Optional.ofNullable(generators)
                .flatMap(Generators::lost)
                .map(losses -> "No device is left for %s: %s".formatted(spec.name(), losses));
    }

    boolean busy() {
        return generators != null && generators.busy();
    }

    void drain() {
        Optional.ofNullable(generators).ifPresent(Generators::drain);
    }

    void close() {
        Optional.ofNullable(generators).ifPresent(Generators::close);
    }
}
