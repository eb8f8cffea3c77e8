package dev.headroom.serving;

import dev.headroom.model.HubOrigin;
import dev.headroom.model.ModelSpec;
import dev.headroom.plan.GenerationDemand;
import dev.headroom.plan.GenerationPlan;
import dev.headroom.plan.Table;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The plan of a model that generates text, as {@code GET /plan} and the log show it.
 *
 * @param names the names under which requests ask for it, its folder's first
 * @param demand the facts that the plan follows from
 * @param plan its plan, on the first of its devices
 * @param unlike its plans for the devices where they differ from that, by the devices' numbers
 * @param remarks sentences on all that was taken where the model's folder does not decide
 * @param origin the place on the Hub that it comes from; empty for a folder of the operator's
 */
public record GenerationReport(
        List<String> names,
        GenerationDemand demand,
        GenerationPlan plan,
        Map<Integer, GenerationPlan> unlike,
        List<String> remarks,
        Optional<HubOrigin> origin) {

    /**
     * The plans of a model.
     *
     * @param first that of the first of its devices
     * @param others those of devices that are not like it, by the devices' numbers
     */
    record InForce(GenerationPlan first, Map<Integer, GenerationPlan> others) {}

    /** The report of a model. */
    static GenerationReport of(ModelSpec spec, GenerationDemand demand, InForce plans, List<String> remarks) {
        Map<Integer, GenerationPlan> unlike = new LinkedHashMap<>(plans.others);
        unlike.values().removeIf(plans.first::equals);
        return new GenerationReport(spec.names(), demand, plans.first, unlike, remarks, spec.origin());
    }

    /** The model's name. */
    public String name() {
        return demand.name();
    }

    /** The report as the log prints it. */
    String text() {
        List<List<String>> rows = new ArrayList<>();
        plan.settings()
                .forEach((name, setting) ->
                        rows.add(List.of(name, setting.text(), setting.source().toString(), setting.reason())));
        unlike.forEach((number, own) -> rows.add(List.of(
                "on device " + number,
                own.cache().text(),
                own.cache().source().toString(),
                "a plan of its own, for %s and a context of %s"
                        .formatted(own.rows().text(), own.context().text()))));
        remarks.forEach(remark -> rows.add(List.of("remark", "", "", remark)));
        return "Model %s, which generates text%s".formatted(String.join(" or ", names), new Table(rows).text());
    }
}
