package dev.headroom.serving;

import dev.headroom.plan.Plan;
import dev.headroom.plan.Setting;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The graphs of the models that are open, or about to be.
 *
 * @param all in the order of their names
 */
public record PlannedGraphs(List<ServedModel> all) {

    static final PlannedGraphs NONE = new PlannedGraphs(List.of());

    /** These and those of another model. */
    PlannedGraphs with(HostedModel model) {
        return new PlannedGraphs(Stream.concat(all.stream(), model.graphs().stream())
                .sorted(Comparator.comparing(ServedModel::name))
                .toList());
    }

    /** These without those of a model. */
    PlannedGraphs without(HostedModel model) {
        return new PlannedGraphs(
                all.stream().filter(graph -> !model.graphs().contains(graph)).toList());
    }

    /** Those of these models of which all graphs are here. */
    List<HostedModel> whole(List<HostedModel> models) {
        return models.stream().filter(model -> all.containsAll(model.graphs())).toList();
    }

    /** The largest of the models' values of a setting that they share; 1 where there is no model. */
    public int most(Function<Plan, Setting> setting) {
        return all.stream()
                .mapToInt(model -> setting.apply(model.plan()).asInt())
                .max()
                .orElse(1);
    }

    /** Sessions that are open, or about to be; at least one. */
    int sessions() {
        return Math.max(1, all.size());
    }
}
