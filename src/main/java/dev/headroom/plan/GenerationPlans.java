package dev.headroom.plan;

import dev.headroom.settings.PlanRefusedException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The plans of the models that generate text on one device. A model that does not fit there has none, and takes nothing of it.
 *
 * @param plans those of the models that fit, by their names
 * @param refusals why the others do not, by their names
 */
public record GenerationPlans(Map<String, GenerationPlan> plans, Map<String, PlanRefusedException> refusals) {

    /**
     * Plans for models that share a device. Of those that do not fit beside each other the largest is left out first.
     *
     * @param availableBytes most bytes that all models may take of the device
     * @param othersBytes bytes of the weights of models that run batches; 0 where there are none
     */
    public static GenerationPlans of(
            List<GenerationDemand> models, long availableBytes, long othersBytes, GenerationPlan.Terms terms) {
        List<GenerationDemand> here = new ArrayList<>(models);
        Map<String, PlanRefusedException> refusals = new HashMap<>();
        while (true) {
            GenerationPlans together = together(here, GenerationShares.of(here, availableBytes, othersBytes), terms);
            Optional<GenerationDemand> largest = here.stream()
                    .filter(model -> together.refusals.containsKey(model.name()))
                    .max(Comparator.comparingLong(GenerationDemand::baseBytes));
            if (largest.isEmpty()) {
                return new GenerationPlans(together.plans, refusals);
            }
            String name = largest.get().name();
            refusals.put(name, together.refusals.get(name));
            here.remove(largest.get());
        }
    }

    private static GenerationPlans together(
            List<GenerationDemand> models, GenerationShares shares, GenerationPlan.Terms terms) {
        GenerationPlans together = new GenerationPlans(new HashMap<>(), new HashMap<>());
        for (int i = 0; i < models.size(); i++) {
            GenerationDemand model = models.get(i);
            try {
                together.plans.put(
                        model.name(), GenerationPlan.of(model, shares.bytes().get(i), terms));
            } catch (PlanRefusedException e) {
                together.refusals.put(model.name(), e);
            }
        }
        return together;
    }

    /** The bytes that they may take together. */
    public long bytes() {
        return plans.values().stream().mapToLong(plan -> plan.memory().value()).sum();
    }
}
