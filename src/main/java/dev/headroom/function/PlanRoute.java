package dev.headroom.function;

import dev.headroom.plan.ModelPlan;
import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import dev.headroom.serving.PlanReport;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Singleton;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code GET /plan}: every setting in force, with its unit, source and reason. */
@Singleton
class PlanRoute {

    private final JsonEndpoint endpoint;
    private final Instance<PlanReport> report;

    PlanRoute(JsonEndpoint endpoint, Instance<PlanReport> report) {
        this.endpoint = endpoint;
        this.report = report;
    }

    void route(@Observes Router router) {
        router.route("/plan").blockingHandler(endpoint.shown(this::plan));
    }

    private Map<String, Object> plan(RoutingContext context) {
        PlanReport known = report.get();
        List<String> models =
                known.plans().stream().map(planned -> planned.model().name()).toList();
        int index = context.queryParam("model").stream()
                .findFirst()
                .map(models::indexOf)
                .orElse(0);
        if (index < 0) {
            throw new RequestFailedException(
                    Failure.UnknownModel.of(context.queryParam("model").getFirst(), models));
        }
        ModelPlan planned = known.plans().get(index);
        Map<String, Object> body = new LinkedHashMap<>(planned.plan().settings());
        body.put("model", planned.model());
        body.put("models", models);
        body.put("device", known.device());
        body.putAll(known.hardwareFound());
        body.put("calibration", known.calibration(index));
        return body;
    }
}
