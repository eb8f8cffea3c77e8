package dev.headroom.function.trace;

import dev.headroom.function.Door;
import dev.headroom.function.Doors;
import dev.headroom.function.GrpcDoor;
import dev.headroom.function.trace.Tracing.Keys;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.util.Set;

/** The span of a request for inference, over HTTP or gRPC, by the names of OpenTelemetry's conventions. */
final class HttpSpan {

    private static final Set<String> METHODS =
            Set.of("GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH");

    /** Of gRPC's statuses those that are the server's fault. */
    private static final Set<String> FAULTS =
            Set.of("UNKNOWN", "DEADLINE_EXCEEDED", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS");

    private static final String DOOR = "headroom.door";

    private HttpSpan() {}

    /** Begins it as a child of the caller's, if the caller names one. */
    static SpanTrace begin(Tracing tracing, HttpServerRequest request, Door door) {
        String method = method(request);
        SpanBuilder span = tracing.span(method, Tracing.parent(request.headers(), MultiMap::get))
                .setSpanKind(SpanKind.SERVER)
                .setAttribute(DOOR, door.name());
        if (door instanceof GrpcDoor) {
            span.setAttribute("rpc.system", "grpc")
                    .setAttribute("rpc.service", "inference.GRPCInferenceService")
                    .setAttribute("rpc.method", "ModelInfer");
        } else {
            span.setAttribute("http.request.method", method)
                    .setAttribute("url.scheme", request.scheme())
                    .setAttribute("url.path", request.path());
        }
        return new SpanTrace(tracing, span.startSpan());
    }

    /** The method, unless it is an invention of the caller. */
    private static String method(HttpServerRequest request) {
        String method = request.method().name();
        return METHODS.contains(method) ? method : "_OTHER";
    }

    static void end(SpanTrace trace, RoutingContext context, String outcome) {
        Span span = trace.span();
        if (Character.isDigit(outcome.charAt(0))) {
            int status = Integer.parseInt(outcome);
            Door door = context.get(Door.class.getName());
            span.setAttribute(DOOR, door.name()); // which the body may have told
            span.setAttribute("http.response.status_code", status);
            if (status != 404) {
                route(span, context, door);
            }
            failed(span, outcome, status >= 500);
        } else {
            span.updateName(GrpcDoor.INFER.substring(1));
            span.setAttribute("rpc.response.status_code", outcome);
            failed(span, outcome, FAULTS.contains(outcome));
        }
        trace.end();
    }

    private static void route(Span span, RoutingContext context, Door door) {
        String route = door.route(Doors.path(context));
        span.setAttribute("http.route", route);
        span.updateName(method(context.request()) + " " + route);
    }

    private static void failed(Span span, String outcome, boolean fault) {
        if (fault) {
            span.setStatus(StatusCode.ERROR).setAttribute(Keys.ERROR, outcome);
        }
    }
}
