package dev.headroom.function.v2.json;

import dev.headroom.function.UrgencyReader;
import dev.headroom.function.body.BodyThread;
import dev.headroom.function.body.ParseMemory;
import dev.headroom.function.body.RequestMemory;
import dev.headroom.function.body.StrictJson;
import dev.headroom.function.v2.TensorAddress;
import dev.headroom.function.v2.TensorRequest;
import dev.headroom.function.v2.V2Models;
import dev.headroom.settings.HeadroomConfig;
import io.netty.buffer.ByteBuf;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.Optional;

/** {@code POST /v2/models/{model}/infer}: answers when every row has been answered or has failed. */
@Singleton
class V2Route {

    /**
     * The memory for each byte of a body: a number of one digit and a comma becomes eight bytes, and the body is
     * copied.
     */
    private static final long GROWTH = 10;

    /** The JSON of an answer that is not counted: to count it costs more than it takes. */
    private static final long LITTLE = 64 << 10;

    private final V2Models models;

    V2Route(V2Models models, HeadroomConfig config) {
        this.models = models;
        V2Json.FACTORY.setStreamReadConstraints(StrictJson.limits(config.input()));
    }

    void route(@Observes Router router) {
        V2Paths.ofModel(HttpMethod.POST, router, "/infer", models::knows, this::infer);
    }

    private void infer(RoutingContext context) {
        BodyThread.read(context, room -> start(context, room));
    }

    private void start(RoutingContext context, ParseMemory room) {
        TensorRequest request = read(context, room);
        models.start(request, UrgencyReader.of(context, false)).write(context, (response, outputs) -> {
            V2JsonResponse answer = new V2JsonResponse(outputs, request);
            long json = answer.jsonBytes();
            if (json > LITTLE) {
                RequestMemory.Share.of(context).takeForAnswer(json);
            }
            return body(response, answer.write());
        });
    }

    private TensorRequest read(RoutingContext context, ParseMemory room) {
        TensorAddress address = new TensorAddress(V2Paths.model(context), V2Paths.version(context), Optional.empty());
        Buffer body = context.body().buffer();
        room.take(GROWTH * Math.max(0, context.body().length()));
        V2Payload payload = V2Payload.of(
                body == null ? new byte[0] : bytes(body), context.request().getHeader(V2Payload.JSON_LENGTH));
        return V2JsonRequest.read(address, payload, models.inputBudget());
    }

    /** The body's own array where it has the body's size, as it has if the length was announced. */
    @SuppressWarnings("deprecation") // for internal use from Vert.x 5 on
    private static byte[] bytes(Buffer body) {
        ByteBuf bytes = body.getByteBuf();
        boolean exact = bytes.hasArray() && bytes.arrayOffset() == 0 && bytes.array().length == body.length();
        return exact ? bytes.array() : body.getBytes();
    }

    @SuppressWarnings("deprecation") // for internal use from Vert.x 5 on
    private static Buffer body(HttpServerResponse response, V2JsonResponse.Body body) {
        boolean binary = body.jsonLength() < body.bytes().readableBytes();
        if (binary) {
            response.putHeader(V2Payload.JSON_LENGTH, Integer.toString(body.jsonLength()));
        }
        response.putHeader(HttpHeaders.CONTENT_TYPE, binary ? "application/octet-stream" : "application/json");
        return Buffer.buffer(body.bytes());
    }
}
