package dev.headroom.function;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headroom.batch.Failure;
import dev.headroom.batch.RequestFailedException;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.quarkus.vertx.http.runtime.RouteConstants;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Stands before the functions, measures every request for them, and refuses what Funqy would misread. */
@Singleton
class RequestGuard {

    private static final List<String> REQUIRED = List.of("specversion", "id", "source", "type");

    private final MeterRegistry registry;
    private final ObjectMapper json;
    private final Map<Answered, Timer> timers = new ConcurrentHashMap<>();

    private record Answered(String door, int status) {}

    RequestGuard(MeterRegistry registry, ObjectMapper json) {
        this.registry = registry;
        this.json = json;
    }

    void route(@Observes Router router) {
        router.route().order(Integer.MIN_VALUE).handler(RequestGuard::direct); // before anything reads the body
        router.route().order(RouteConstants.ROUTE_ORDER_COMPRESSION - 1).handler(this::guard);
    }

    /** An event is taken at any path, and Funqy takes it at this one. */
    private static void direct(RoutingContext context) {
        if (Door.enter(context) == Door.EVENT && !context.request().path().equals("/")) {
            context.reroute("/");
        } else {
            context.next();
        }
    }

    private void guard(RoutingContext context) {
        Door door = Door.of(context);
        ServerTiming.start(context);
        if (door != Door.OTHER) {
            measure(context, door.tag());
            check(context, door);
        }
        context.next();
    }

    private void measure(RoutingContext context, String door) {
        Timer.Sample sample = Timer.start(registry);
        context.addEndHandler(end -> {
            int status = end.succeeded() ? context.response().getStatusCode() : Problem.CALLER_HUNG_UP;
            sample.stop(timers.computeIfAbsent(new Answered(door, status), this::timer));
        });
    }

    private Timer timer(Answered answered) {
        return Timer.builder("headroom.requests")
                .description("Requests for inference")
                .tags("door", answered.door, "status", Integer.toString(answered.status))
                .register(registry);
    }

    private void check(RoutingContext context, Door door) {
        HttpServerRequest request = context.request();
        if (!door.isPosted(request.path())) {
            return;
        }
        if (request.method() != HttpMethod.POST) {
            context.response().putHeader("Allow", "POST");
            throw failed(new Failure.WrongMethod("%s is answered to POST only.".formatted(request.path())));
        }
        String type = Door.mediaType(request);
        if (door == Door.EVENT && type.equals("application/cloudevents+json")) {
            checkStructured(context.body().buffer());
        } else if (!type.equals("application/json")) {
            throw failed(new Failure.UnsupportedMedia(
                    "The content type is '%s'; send application/json, or an event as application/cloudevents+json."
                            .formatted(type)));
        } else if (door == Door.EVENT) {
            REQUIRED.forEach(attribute -> required(attribute, request.getHeader("ce-" + attribute)));
        }
        request.headers().set("Content-Type", type); // Funqy does not know that media types have no case
        if (context.body().isEmpty()) {
            throw failed(
                    new Failure.Invalid("The body is empty; send a JSON object such as {\"inputs\": [\"text\"]}."));
        }
    }

    private void checkStructured(Buffer body) {
        JsonNode event = read(json, body);
        if (!event.isObject()) {
            throw failed(new Failure.Invalid("The event is no JSON object; send one with id, source, type and data."));
        }
        REQUIRED.forEach(attribute -> required(attribute, event.path(attribute).textValue()));
        JsonNode dataType = event.path("datacontenttype");
        boolean isJson = dataType.isMissingNode() || dataType.asText().startsWith("application/json");
        if (!isJson || event.has("data_base64")) {
            throw failed(
                    new Failure.UnsupportedMedia(
                            "The event's data is no JSON; set data to {\"inputs\": [\"text\"]} and datacontenttype to application/json."));
        }
        if (!event.has("data")) {
            throw failed(new Failure.Invalid("The event has no data; set data to {\"inputs\": [\"text\"]}."));
        }
    }

    private static void required(String attribute, String value) {
        if (value == null || value.isBlank()) {
            throw failed(new Failure.Invalid(
                    "The event's attribute %s is missing or no string; set it to a string.".formatted(attribute)));
        }
        if (attribute.equals("type") && !value.equals(InferFunction.EVENT_TYPE)) {
            throw failed(new Failure.Invalid("No function takes events of type '%s'; send the type %s."
                    .formatted(value, InferFunction.EVENT_TYPE)));
        }
        if (attribute.equals("specversion") && !value.equals("1.0") && !value.equals("0.3")) {
            throw failed(new Failure.Invalid("The event's specversion is '%s'; send 1.0.".formatted(value)));
        }
    }

    /** Reads JSON, with an error that says where it ends to be JSON. */
    static JsonNode read(ObjectMapper json, Buffer body) {
        try {
            return json.readTree(body == null ? new byte[0] : body.getBytes());
        } catch (JsonProcessingException e) {
            String reason = e.getOriginalMessage().lines().findFirst().orElse("unreadable");
            JsonLocation at = e.getLocation();
            String where = at == null ? "" : ", line %d, column %d".formatted(at.getLineNr(), at.getColumnNr());
            throw failed(new Failure.Invalid("The body is no JSON (%s%s); correct it there.".formatted(reason, where)));
        } catch (IOException e) {
            throw failed(new Failure.Invalid("The body could not be read; send it again."));
        }
    }

    private static RequestFailedException failed(Failure failure) {
        return new RequestFailedException(failure);
    }
}
