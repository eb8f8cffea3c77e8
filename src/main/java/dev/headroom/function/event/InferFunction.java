package dev.headroom.function.event;

import com.fasterxml.jackson.databind.JsonNode;
import dev.headroom.function.ServerTiming;
import dev.headroom.function.event.DuplicateWindow.Share;
import dev.headroom.function.event.EventInference.Answered;
import dev.headroom.function.infer.InferResponse;
import io.quarkus.funqy.Funq;
import io.quarkus.funqy.knative.events.CloudEvent;
import io.quarkus.funqy.knative.events.CloudEventMapping;
import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;

/** The native function by CloudEvent. */
@Singleton
public class InferFunction {

    /** The type of the events that ask. */
    static final String EVENT_TYPE = "dev.headroom.infer";

    private final CurrentVertxRequest current;

    InferFunction(CurrentVertxRequest current) {
        this.current = current;
    }

    /**
     * Answers when every input has been answered or has failed; the reply names the event as {@code causationid}.
     *
     * @param unread the event as Funqy would read it: {@link EventRoute} has read it, and started on it
     */
    @Funq("infer-event")
    @CloudEventMapping(trigger = EVENT_TYPE, responseType = EventReply.RESULT_TYPE, responseSource = EventReply.SOURCE)
    public Uni<CloudEvent<InferResponse>> inferEvent(CloudEvent<JsonNode> unread) {
        RoutingContext context = current.getCurrent();
        EventRoute.Started started = EventRoute.started(context);
        Share<Answered> share = started.share();
        boolean binary = !EventRoute.isStructured(context.request());
        return Uni.createFrom()
                .completionStage(share::result)
                .invoke(answered -> {
                    if (!share.duplicate()) {
                        ServerTiming.slowest(context, answered.slowest());
                    }
                })
                .emitOn(Infrastructure.getDefaultExecutor())
                .map(answered -> started.reply().result(answered.response(), binary));
    }
}
