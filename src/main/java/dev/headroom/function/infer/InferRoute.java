package dev.headroom.function.infer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.headroom.function.Inputs;
import dev.headroom.function.JsonDoor;
import dev.headroom.function.RequestEnd;
import dev.headroom.function.RequestTerms;
import dev.headroom.function.ServerTiming;
import dev.headroom.function.body.BodyJson;
import dev.headroom.function.body.BodyThread;
import dev.headroom.function.body.ReadingRoom;
import dev.headroom.request.Terms;
import io.quarkus.vertx.http.runtime.RouteConstants;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;

/** {@code POST /infer}: reads the body, calls the function and writes its response. */
@Singleton
class InferRoute {

    private final InferFunction function;
    private final Inputs limits;
    private final BodyJson bodies;
    private final JsonDoor door;

    InferRoute(InferFunction function, Inputs limits, BodyJson bodies, JsonDoor door) {
        this.function = function;
        this.limits = limits;
        this.bodies = bodies;
        this.door = door;
    }

    /** Stands before the route of the same path that Funqy makes for the function. */
    void route(@Observes Router router) {
        router.post("/infer")
                .order(RouteConstants.ROUTE_ORDER_COMPRESSION)
                .handler(context -> BodyThread.read(context, room -> infer(context, room)));
    }

    private void infer(RoutingContext context, ReadingRoom room) {
        JsonNode body = bodies.read(context.body().buffer(), room);
        Terms terms = RequestTerms.of(context.request(), false);
        InferCall call = InferCall.ofHttp(InferRequest.read(body, limits), terms);
        RequestEnd.follow(context, call.abandonment());
        function.infer(call)
                .subscribe()
                .with(
                        response -> {
                            ServerTiming.slowest(context, response.slowest());
                            door.answer(context, "application/json", response);
                        },
                        context::fail);
    }
}
