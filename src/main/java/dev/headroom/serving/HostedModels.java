package dev.headroom.serving;

import dev.headroom.measured.StateKey;
import dev.headroom.model.ModelSpec;
import dev.headroom.plan.ModelPlan;
import dev.headroom.plan.Planner;
import dev.headroom.plan.Resident;
import dev.headroom.settings.PlanRefusedException;
import dev.headroom.task.Entrance;
import dev.headroom.task.Pipeline;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jboss.logging.Logger;

/**
 * All models of the folder that run batches, open or not.
 *
 * @param all the models, in the order of their folders
 */
record HostedModels(List<HostedModel> all) {

    private static final Logger LOG = Logger.getLogger("dev.headroom");

    /**
     * These models, all closed: each has the plan that it would have alone.
     *
     * @param first the state of their calibration
     * @throws PlanRefusedException when one of them does not even fit alone
     */
    static HostedModels of(List<ModelSpec> specs, Planner planner, StateFolder state, CalibrationStatus first) {
        Map<String, List<ModelSpec>> folders = new LinkedHashMap<>();
        specs.forEach(spec -> folders.computeIfAbsent(spec.names().getFirst(), name -> new ArrayList<>())
                .add(spec));
        Graphs graphs = new Graphs(planner, state, first);
        return new HostedModels(folders.values().stream()
                .map(folder -> new HostedModel(folder.getFirst(), entrance -> graphs.of(folder, entrance)))
                .toList());
    }

    /** Makes the graphs of a folder. */
    private record Graphs(Planner planner, StateFolder state, CalibrationStatus first) {

        private List<ServedModel> of(List<ModelSpec> folder, Entrance entrance) {
            List<ModelPlan> alone =
                    planner.plan(folder.stream().map(ModelSpec::demand).toList());
            return IntStream.range(0, folder.size())
                    .mapToObj(i -> graph(folder.get(i), alone.get(i), entrance))
                    .toList();
        }

        private ServedModel graph(ModelSpec spec, ModelPlan plan, Entrance entrance) {
            StateKey key = state.key(spec, plan.plan().threads().asInt());
            spec.remarks().forEach(remark -> LOG.warnf("Model %s: %s", spec.name(), remark));
            ModelReport report = new ModelReport(spec.names(), plan, first);
            Pipeline pipeline = new Pipeline(spec.name(), spec.task(), entrance);
            ServedModel model = new ServedModel(spec, pipeline, state.limits(key), report);
            state.openings().load(key).ifPresent(model::opening);
            return model;
        }
    }

    /** The model that requests may ask for by this name; empty where there is none. */
    Optional<HostedModel> named(String name) {
        return all.stream().filter(model -> model.isCalled(name)).findFirst();
    }

    /** The graphs of all models. */
    List<ServedModel> graphs() {
        return all.stream().flatMap(model -> model.graphs().stream()).toList();
    }

    /** The reports of all graphs, in the order of their names. */
    List<ModelReport> reports() {
        return graphs().stream()
                .sorted(Comparator.comparing(ServedModel::name))
                .map(ServedModel::report)
                .toList();
    }

    /** The models as they are shown. */
    List<ModelStatus> statuses() {
        return all.stream().map(ModelStatus::of).toList();
    }

    /**
     * The models as the policy sees them at this moment.
     *
     * @param ofASession bytes of the device that each session takes beside the arena
     */
    List<Resident> residents(long now, long ofASession) {
        return all.stream().map(model -> model.resident(now, ofASession)).toList();
    }
}
