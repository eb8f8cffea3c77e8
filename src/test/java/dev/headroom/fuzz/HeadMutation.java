package dev.headroom.fuzz;

import java.util.ArrayList;
import java.util.List;

/** Changes the head of a request so that it is a request all the same. */
final class HeadMutation {

    private static final String[] TYPES = {
        "",
        "*/*",
        "text/plain",
        "application/json; charset=utf-16",
        "application/json;charset=\"",
        "application/jsonp",
        "APPLICATION/JSON ;a",
        "application/cloudevents+json",
        "application/cloudevents-batch+json",
        "application/cloudevents+avro",
        "application/octet-stream",
        "multipart/form-data",
        "multipart/form-data; boundary=a",
        "application/x-www-form-urlencoded",
        "application/grpc",
        "application/grpc-web+proto",
        "image/png",
        "\u00ff/\u00fe",
        ";",
        "application/json, application/json",
        "application/json; charset=none"
    };

    private static final String[] LINES = {
        "Headroom-Deadline-Ms: -1",
        "Headroom-Deadline-Ms: 1e999",
        "Headroom-Deadline-Ms: NaN",
        "Headroom-Deadline-Ms: 0x1p3",
        "Headroom-Deadline-Ms: 9999999999999999999999",
        "Headroom-Deadline-Ms:",
        "Headroom-Deadline-Ms: 1",
        "Request-Timeout: 0",
        "Request-Timeout: 5, 6",
        "Headroom-Priority: none",
        "Headroom-Priority: bulk",
        "Headroom-Priority: \u00ff",
        "Inference-Header-Content-Length: -1",
        "Inference-Header-Content-Length: 5",
        "Inference-Header-Content-Length: 99999999999999999999",
        "Inference-Header-Content-Length: ",
        "Ce-Id: ",
        "Ce-Id: %ff",
        "Ce-Id: %E0%80%80",
        "Ce-Id: %",
        "Ce-: a",
        "Ce-Specversion: 9",
        "ce-type: \u00ff%00",
        "Ce-Source: a",
        "Ce-Time: never",
        "Ce-a-b_c: d",
        "Ce-Datacontenttype: a",
        "Ce-Traceparent: 00-zz",
        "Expect: 100-continue",
        "Expect: a",
        "Content-Encoding: gzip",
        "Content-Encoding: identity",
        "Content-Type: application/json",
        "Accept: a",
        "Accept: text/csv",
        "Authorization: Bearer \u00ff",
        "Authorization: Basic ====",
        "X-API-Key: a",
        "Range: bytes=0-1",
        "Cookie: =;",
        "Upgrade: websocket",
        "X-Forwarded-For: a",
        "Forwarded: for=\"",
        "Origin: null",
        "TE: a",
        "Accept-Encoding: gzip",
        "traceparent: 00-0-0-0",
        "X-HTTP-Method-Override: DELETE"
    };

    private final Dice dice;

    HeadMutation(Dice dice) {
        this.dice = dice;
    }

    HttpMessage of(HttpMessage message) {
        return switch (dice.below(7)) {
            case 0 ->
                message.withMethod(
                        dice.of("GET", "PUT", "HEAD", "OPTIONS", "DELETE", "PATCH", "TRACE", "POSTS", "get"));
            case 1, 2 -> typed(message);
            case 3 -> without(message);
            case 4 -> message.with("X-Long: " + "x".repeat(dice.of(100, 2500)));
            case 5 -> message.withTarget(target(message.target()));
            default -> message.with(dice.of(LINES));
        };
    }

    private HttpMessage typed(HttpMessage message) {
        List<String> lines = new ArrayList<>(message.headers());
        lines.removeIf(line -> line.regionMatches(true, 0, "Content-Type:", 0, 13));
        lines.add("Content-Type: " + dice.of(TYPES));
        return message.withHeaders(lines);
    }

    private HttpMessage without(HttpMessage message) {
        List<String> lines = new ArrayList<>(message.headers());
        if (!lines.isEmpty()) {
            lines.remove(dice.below(lines.size()));
        }
        return message.withHeaders(lines);
    }

    private String target(String target) {
        return switch (dice.below(6)) {
            case 0 ->
                target
                        + dice.of(
                                "/",
                                "//",
                                "/..",
                                "/%2e%2e/",
                                "%00",
                                "%",
                                "%zz",
                                "%ff",
                                ";a=b",
                                "?",
                                "?model=%ff",
                                "#a");
            case 1 ->
                dice.of(
                        "/",
                        "//",
                        "*",
                        "/q/health",
                        "/q/metrics",
                        "/plan?model=%",
                        "/plan?model=a&model=b",
                        "/v2/%2f",
                        "/q/openapi");
            case 2 ->
                "/v2/models/" + dice.of("%00", "%ff", "a%2fb", "..", "same-int64/versions/9", "%F0%9F%98%80")
                        + "/infer";
            case 3 -> "http://elsewhere" + target;
            case 4 -> "/v1/models/" + dice.of("%00", "%", "minilm", "a".repeat(3000), "%c0%af");
            default -> target.toUpperCase();
        };
    }
}
