package dev.headroom.serving;

import dev.headroom.plan.GenerationPlan;
import dev.headroom.plan.GenerationPlans;
import dev.headroom.plan.Planner;
import dev.headroom.settings.PlanRefusedException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The plans of a model that generates text: one for the device that the models' plans are for and all like it, and one for each
 * that differs. Where it does not fit there is none. One thread plans; any thread may read.
 *
 * @param model the model's name
 */
record PlannedPlaces(String model, Map<Integer, Optional<GenerationPlan>> byNumber, List<Refusal> refusals) {

    /** The number of the device that the models' plans are for, which stands for all like it. */
    static final int FIRST = -1;

    /**
     * A device on which the model does not run.
     *
     * @param totalBytes all of its memory
     */
    record Refusal(String device, long totalBytes, PlanRefusedException reason) {

        String remark() {
            return "No text is generated on %s: %s".formatted(device, reason.getMessage());
        }
    }

    /** No plan yet. */
    PlannedPlaces(String model) {
        this(model, new ConcurrentSkipListMap<>(), new CopyOnWriteArrayList<>());
    }

    /**
     * Plans for the device of this number.
     *
     * @param planner knows the device
     * @param here the plans of all models there
     */
    void plan(int number, Planner planner, GenerationPlans here) {
        byNumber.put(number, Optional.ofNullable(here.plans().get(model)));
        String name = planner.device().name();
        Optional.ofNullable(here.refusals().get(model))
                .ifPresent(reason -> refusals.add(new Refusal(
                        number == FIRST ? name : "GPU %d (%s)".formatted(number, name), planner.totalBytes(), reason)));
    }

    /** A device that it had a plan for is left out after all. */
    void leaveOut(ServedDevice device, PlanRefusedException reason) {
        refusals.add(new Refusal(device.access().name(), 0, reason));
    }

    /**
     * Passes where it fits on a device.
     *
     * @throws PlanRefusedException when it fits on none; it tells of the largest
     */
    void check() {
        if (all().isEmpty()) {
            throw refusals.stream()
                    .max(Comparator.comparingLong(Refusal::totalBytes))
                    .map(Refusal::reason)
                    .orElseThrow();
        }
    }

    /** The plan for the device of this number; empty where it does not fit. */
    Optional<GenerationPlan> on(int number) {
        return byNumber.getOrDefault(number, byNumber.get(FIRST));
    }

    /** All plans, by the numbers of the devices. */
    Map<Integer, GenerationPlan> all() {
        Map<Integer, GenerationPlan> all = new TreeMap<>();
        byNumber.forEach((number, plan) -> plan.ifPresent(known -> all.put(number, known)));
        return all;
    }

    /** A sentence for each device on which it does not run. */
    List<String> remarks() {
        return refusals.stream().map(Refusal::remark).toList();
    }
}
