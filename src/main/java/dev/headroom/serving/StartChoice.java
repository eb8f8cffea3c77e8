package dev.headroom.serving;

import dev.headroom.device.Bytes;
import dev.headroom.settings.PlanRefusedException;
import java.util.List;
import org.jboss.logging.Logger;

/**
 * Chooses the models that are opened at the start: those that must be, and of the others those that fit, in the folder's order.
 *
 * @param plan knows all models, none of which it has admitted yet
 */
record StartChoice(LivePlan plan) {

    private static final Logger LOG = Logger.getLogger("dev.headroom");

    /**
     * Admits them to the plan.
     *
     * @throws PlanRefusedException when not all fit that are to be open at the start
     */
    void admit() {
        plan.hosted().all().stream()
                .filter(model -> model.residence().opensAtStart())
                .forEach(this::admitOrRefuse);
        plan.hosted().all().stream()
                .filter(model -> model.residence().opening().isEmpty())
                .filter(model -> !plan.planned().contains(model))
                .forEach(this::admitIfItFits);
    }

    /** True if a model fits beside those that are admitted, by what is known of each. */
    private boolean fits(HostedModel model) {
        List<HostedModel> open = plan.hosted().all().stream()
                .filter(one -> one == model || plan.planned().contains(one))
                .toList();
        long ofASession = plan.device().bytesOfASession();
        return plan.residency().fit(new HostedModels(open).residents(System.nanoTime(), ofASession));
    }

    private void admitOrRefuse(HostedModel model) {
        try {
            if (!fits(model)) {
                throw new PlanRefusedException(
                        "with what was measured they do not fit beside each other within %s. Pin fewer models, or use a device with more memory."
                                .formatted(Bytes.text(plan.residency().budgetBytes())));
            }
            plan.admit(model);
        } catch (PlanRefusedException e) {
            throw new PlanRefusedException("%s says that it is open from the start on, and that is not possible: %s"
                    .formatted(model.name(), e.getMessage()));
        }
    }

    private void admitIfItFits(HostedModel model) {
        try {
            if (fits(model)) {
                plan.admit(model);
            }
        } catch (PlanRefusedException e) {
            LOG.debugf("%s is opened on demand: %s", model.name(), e.getMessage());
        }
    }
}
