package dev.headroom.function;

import dev.headroom.function.body.JsonFields;
import dev.headroom.model.TaskSpec;
import dev.headroom.plan.GenerationPlan;
import dev.headroom.plan.Plan;
import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import dev.headroom.serving.GenerationReport;
import dev.headroom.serving.ModelReport;
import dev.headroom.serving.Pipelines;
import dev.headroom.serving.PlanReport;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Singleton;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** {@code GET /plan}: every setting in force, with its unit, source and reason. */
@Singleton
class PlanRoute {

    private static final String GENERATE = TaskSpec.NAMES.get(TaskSpec.Generate.class);

    private final JsonEndpoint endpoint;
    private final Instance<PlanReport> report;
    private final Pipelines pipelines;

    PlanRoute(JsonEndpoint endpoint, Instance<PlanReport> report, Pipelines pipelines) {
        this.endpoint = endpoint;
        this.report = report;
        this.pipelines = pipelines;
    }

    void route(@Observes Router router) {
        router.route("/plan").blockingHandler(endpoint.shown(this::plan));
    }

    private Map<String, Object> plan(RoutingContext context) {
        PlanReport known = report.get();
        String name = context.queryParam("model").stream()
                .findFirst()
                .orElse(known.names().getFirst());
        Map<String, Object> body =
                known.generating(name).map(PlanRoute::ofText).orElseGet(() -> ofBatches(called(name, known)));
        body.put("models", known.names());
        body.put("tasks", tasks(known));
        body.put("card", known.card());
        body.put("device", known.device());
        body.putAll(known.hardwareFound());
        return body;
    }

    /** The word for the task of each graph, by the name under which {@code models} has it. */
    private Map<String, String> tasks(PlanReport known) {
        Map<String, String> tasks = new LinkedHashMap<>();
        pipelines.served().forEach(graph -> tasks.put(graph.name(), graph.spec().name()));
        known.generating().forEach(model -> tasks.put(model.name(), GENERATE));
        return tasks;
    }

    private static Map<String, Object> ofText(GenerationReport model) {
        Map<String, Object> body = new LinkedHashMap<>(model.plan().settings());
        putUnlike(body, model.unlike(), GenerationPlan::settings);
        body.put("model", model.demand());
        model.origin().ifPresent(origin -> body.put("hub", origin));
        body.put("remarks", model.remarks());
        body.put("names", model.names());
        return body;
    }

    private static Map<String, Object> ofBatches(ModelReport model) {
        Map<String, Object> body = new LinkedHashMap<>(model.planned().plan().settings());
        putUnlike(body, model.unlike(), Plan::settings);
        body.put("model", model.planned().model());
        model.origin().ifPresent(origin -> body.put("hub", origin));
        body.put("remarks", model.remarks());
        body.put("names", model.names());
        body.put("calibration", model.calibration());
        return body;
    }

    /** The plans of the devices that have their own, by the devices' numbers. */
    private static <P> void putUnlike(Map<String, Object> body, Map<Integer, P> plans, Function<P, Object> settings) {
        if (!plans.isEmpty()) {
            Map<Integer, Object> unlike = new LinkedHashMap<>();
            plans.forEach((number, plan) -> unlike.put(number, settings.apply(plan)));
            body.put("unlikeDevices", unlike);
        }
    }

    private static ModelReport called(String name, PlanReport known) {
        List<ModelReport> called = known.called(name);
        return switch (called.size()) {
            case 0 -> throw new RequestFailedException(Failure.UnknownModel.of(name, known.names()));
            case 1 -> called.getFirst();
            default ->
                throw JsonFields.invalid(
                        "model '%s' has two graphs, and each has a plan: ask for one of %s.",
                        name, called.stream().map(ModelReport::name).toList());
        };
    }
}
