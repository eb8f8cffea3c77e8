package dev.headroom.function;

import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.funqy.Funq;
import io.quarkus.funqy.knative.events.CloudEvent;
import io.quarkus.funqy.knative.events.CloudEventBuilder;
import io.quarkus.funqy.knative.events.CloudEventMapping;
import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Map;

/** The native function by CloudEvent. */
@Singleton
public class InferFunction {

    /** The type of the events that ask. */
    static final String EVENT_TYPE = "dev.headroom.infer";

    private static final String REPLY_TYPE = "dev.headroom.infer.result";
    private static final String REPLY_SOURCE = "headroom";

    private final Inference inference;
    private final CurrentVertxRequest current;

    InferFunction(Inference inference, CurrentVertxRequest current) {
        this.inference = inference;
        this.current = current;
    }

    /** Answers when every input has been answered or has failed; the reply names the event as {@code causationid}. */
    @Funq("infer-event")
    @CloudEventMapping(trigger = EVENT_TYPE, responseType = REPLY_TYPE, responseSource = REPLY_SOURCE)
    public Uni<CloudEvent<InferResponse>> inferEvent(CloudEvent<JsonNode> event) {
        String correlation = event.extensions().get("correlationid");
        Map<String, String> extensions =
                Map.of("causationid", event.id(), "correlationid", correlation == null ? event.id() : correlation);
        return answer(event.data())
                .emitOn(Infrastructure.getDefaultExecutor())
                .map(response -> CloudEventBuilder.create()
                        .time(OffsetDateTime.now(ZoneOffset.UTC))
                        .extensions(extensions)
                        .build(response));
    }

    private Uni<InferResponse> answer(JsonNode json) {
        RoutingContext context = current.getCurrent();
        RunningInference running = inference.start(json, RequestTerms.of(context.request(), true));
        running.running().abandonWith(context);
        return Uni.createFrom()
                .completionStage(() -> running.response(true))
                .invoke(() -> ServerTiming.slowest(context, running.running().slowest()));
    }
}
