package dev.headroom.function.tei;

import dev.headroom.function.body.JsonFields;
import dev.headroom.model.HubOrigin;
import dev.headroom.model.TaskSpec;
import dev.headroom.plan.ModelPlan;
import dev.headroom.plan.Plan;
import dev.headroom.plan.Precision;
import dev.headroom.request.RequestFailedException;
import dev.headroom.serving.ModelReport;
import dev.headroom.serving.PlanReport;
import dev.headroom.task.NamedModel;
import dev.headroom.task.Pipeline;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Singleton;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.eclipse.microprofile.config.Config;

/** The answer to {@code GET /info}, as in text-embeddings-inference, with the settings in force. */
@Singleton
class TeiInfo {

    private final Instance<PlanReport> report;
    private final String version;

    TeiInfo(Instance<PlanReport> report, Config config) {
        this.report = report;
        this.version = config.getValue("quarkus.application.version", String.class);
    }

    /**
     * The answer for a model.
     *
     * @throws RequestFailedException when the model reads no text
     */
    Map<String, Object> of(NamedModel named) {
        Pipeline pipeline = named.forTexts();
        if (!(pipeline.spec() instanceof TaskSpec.OfText spec)) {
            throw JsonFields.wrong(
                    "model",
                    "'%s' is for the task %s, and what is told here is of models that read text; see /plan.",
                    named.name(),
                    pipeline.spec().name());
        }
        ModelReport known = report.get().model(pipeline.name()).orElseThrow();
        ModelPlan planned = known.planned();
        Map<String, Object> info = model(named.name(), spec, known);
        limits(info, planned.plan(), pipeline.mostItems());
        info.put("max_input_length", spec.text().maxLength());
        info.put("auto_truncate", false);
        info.put("version", version);
        info.put("sha", null);
        info.put("docker_label", null);
        info.put("remarks", known.remarks());
        return info;
    }

    private static Map<String, Object> model(String name, TaskSpec.OfText spec, ModelReport known) {
        Map<String, Object> info = new LinkedHashMap<>();
        info.put("model_id", name);
        info.put("model_sha", known.origin().map(HubOrigin::commit).orElse(null));
        info.put("model_dtype", dtype(known.planned().model().precision().value()));
        info.put("served_model_name", name);
        info.put("model_type", type(spec));
        return info;
    }

    private static String dtype(Precision precision) {
        return switch (precision) {
            case FULL -> "float32";
            case HALF -> "float16";
            case BFLOAT16 -> "bfloat16";
        };
    }

    private static void limits(Map<String, Object> info, Plan plan, long mostItems) {
        info.put("max_concurrent_requests", mostItems);
        info.put("max_batch_tokens", plan.elements().value());
        info.put("max_batch_requests", plan.batch().value());
        info.put("max_client_batch_size", mostItems);
        info.put("tokenization_workers", plan.workers().value());
    }

    private static Map<String, Object> type(TaskSpec.OfText spec) {
        return switch (spec) {
            case TaskSpec.Embed embed -> Map.of("embedding", Map.of("pooling", pooling(embed.vectors())));
            case TaskSpec.Sparse _ -> Map.of("embedding", Map.of("pooling", "splade"));
            case TaskSpec.Classify classify ->
                Map.of("classifier", labels(classify.labels().names()));
            case TaskSpec.Rerank _ -> Map.of("reranker", labels(List.of("LABEL_0")));
        };
    }

    /** The ways of pooling, joined by a plus; "none" where the graph pools. */
    private static String pooling(TaskSpec.Vectors vectors) {
        return vectors.poolings().isEmpty()
                ? "none"
                : vectors.poolings().stream()
                        .map(pooling -> pooling.name().toLowerCase(Locale.ROOT))
                        .collect(Collectors.joining("+"));
    }

    private static Map<String, Object> labels(List<String> names) {
        Map<String, String> byId = new LinkedHashMap<>();
        Map<String, Integer> byLabel = new LinkedHashMap<>();
        for (int id = 0; id < names.size(); id++) {
            byId.put(Integer.toString(id), names.get(id));
            byLabel.put(names.get(id), id);
        }
        return Map.of("id2label", byId, "label2id", byLabel);
    }
}
