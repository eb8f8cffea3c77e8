package dev.headroom.function;

import dev.headroom.batch.Failure;
import dev.headroom.batch.RequestFailedException;
import dev.headroom.plan.ModelDemand;
import dev.headroom.plan.Plan;
import dev.headroom.plan.PlanReport;
import io.vertx.core.json.Json;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Singleton;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code GET /plan}: every number in force, with its unit, source and reason. */
@Singleton
class PlanRoute {

    private final Instance<PlanReport> report;

    PlanRoute(Instance<PlanReport> report) {
        this.report = report;
    }

    void route(@Observes Router router) {
        router.get("/plan").blockingHandler(this::answer);
    }

    private void answer(RoutingContext context) {
        PlanReport known = report.get();
        List<String> models =
                known.plans().sequencedKeySet().stream().map(ModelDemand::name).toList();
        String asked = context.queryParam("model").stream().findFirst().orElse(models.getFirst());
        Map.Entry<ModelDemand, Plan> entry = known.plans().sequencedEntrySet().stream()
                .filter(plan -> plan.getKey().name().equals(asked))
                .findFirst()
                .orElseThrow(() -> new RequestFailedException(
                        new Failure.UnknownModel("model '%s' is not served here; the models are: %s."
                                .formatted(asked, String.join(", ", models)))));
        context.response()
                .putHeader("Content-Type", "application/json")
                .end(Json.encodeToBuffer(body(known, entry.getKey(), entry.getValue(), models)));
    }

    private static Map<String, Object> body(PlanReport report, ModelDemand model, Plan plan, List<String> models) {
        Map<String, Object> body = new LinkedHashMap<>(plan.settings());
        body.put("model", model);
        body.put("models", models);
        body.put("device", report.device());
        body.putAll(report.hardwareFound());
        return body;
    }
}
