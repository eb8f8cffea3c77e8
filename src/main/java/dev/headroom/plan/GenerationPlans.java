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
            GenerationPlans together = together(here, shares(here, availableBytes, othersBytes), terms);
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

    /**
     * The bytes that each model may take, in their order. They get all that others leave: beside models that run batches their weights,
     * and half of what all weights leave, in equal parts.
     */
    static List<Long> shares(List<GenerationDemand> models, long availableBytes, long othersBytes) {
        long weights = models.stream().mapToLong(GenerationDemand::baseBytes).sum();
        long rest = Math.max(0, availableBytes - weights - othersBytes);
        long shared = othersBytes == 0 ? rest : rest / 2;
        return models.stream()
                .map(model -> model.baseBytes() + shared / models.size())
                .toList();
    }

    private static GenerationPlans together(
            List<GenerationDemand> models, List<Long> shares, GenerationPlan.Terms terms) {
        GenerationPlans together = new GenerationPlans(new HashMap<>(), new HashMap<>());
        for (int i = 0; i < models.size(); i++) {
            GenerationDemand model = models.get(i);
            try {
                together.plans.put(model.name(), GenerationPlan.of(model, shares.get(i), terms));
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
