package dev.headroom.serving;

import dev.headroom.plan.GenerationPlan;
import dev.headroom.plan.GenerationPlans;
import dev.headroom.plan.Planner;
import dev.headroom.settings.PlanRefusedException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/**
 * The plans of a model that generates text: one for the device that the models' plans are for and all like it, and one for each
 * that differs. Where it does not fit there is none. One thread plans; any thread may read.
 */
final class PlannedPlaces {

    private final String model;
    private final Map<Integer, Optional<GenerationPlan>> own = new ConcurrentHashMap<>(); // by the devices' numbers
    private final List<Refusal> refusals = new CopyOnWriteArrayList<>();
    private volatile Optional<GenerationPlan> usual = Optional.empty();

    /**
     * A device on which the model does not run.
     *
     * @param totalBytes all of its memory
     */
    private record Refusal(String device, long totalBytes, PlanRefusedException reason) {

        private String remark() {
            return "No text is generated on %s: %s".formatted(device, reason.getMessage());
        }
    }

    /** No plan yet for the model of this name. */
    PlannedPlaces(String model) {
        this.model = model;
    }

    /**
     * Plans for a device.
     *
     * @param number the device's number; empty for the one that the models' plans are for
     * @param planner knows the device
     * @param here the plans of all models there
     */
    void plan(OptionalInt number, Planner planner, GenerationPlans here) {
        Optional<GenerationPlan> plan = Optional.ofNullable(here.plans().get(model));
        number.ifPresentOrElse(differs -> own.put(differs, plan), () -> usual = plan);
        String name = planner.device().name();
        Optional.ofNullable(here.refusals().get(model))
                .ifPresent(reason -> refusals.add(new Refusal(
                        number.isPresent() ? "GPU %d (%s)".formatted(number.getAsInt(), name) : name,
                        planner.totalBytes(),
                        reason)));
    }

    /** A device that it had a plan for is left out after all. */
    void leaveOut(ServedDevice device, PlanRefusedException reason) {
        refusals.add(new Refusal(device.access().name(), 0, reason));
    }

    /**
     * The plan of the first device on which it fits.
     *
     * @throws PlanRefusedException when it fits on none; it tells of the largest
     */
    GenerationPlan first() {
        return Stream.concat(usual.stream(), own().values().stream())
                .findFirst()
                .orElseThrow(() -> refusals.stream()
                        .max(Comparator.comparingLong(Refusal::totalBytes))
                        .orElseThrow()
                        .reason());
    }

    /** The plan for the device of this number; empty where it does not fit. */
    Optional<GenerationPlan> on(int number) {
        return own.getOrDefault(number, usual);
    }

    /** The plans for the devices that differ, in the order of their numbers. */
    Map<Integer, GenerationPlan> own() {
        Map<Integer, GenerationPlan> fitting = new TreeMap<>();
        own.forEach((number, plan) -> plan.ifPresent(known -> fitting.put(number, known)));
        return fitting;
    }

    /** A sentence for each device on which it does not run. */
    List<String> remarks() {
        return refusals.stream().map(Refusal::remark).toList();
    }
}
