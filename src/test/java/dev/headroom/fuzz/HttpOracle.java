package dev.headroom.fuzz;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Says what is wrong with the answer to a request, whatever that was. */
final class HttpOracle {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Names of Java's, and lines of its traces. */
    private static final Pattern LEAK = Pattern.compile(
            "\\b(java|javax|jdk|sun|io|com|org|dev|ai|jakarta)(\\.[a-z0-9_]+)+\\.[A-Z]\\w+"
                    + "|\\w+(Exception|Error):|\\tat |\\w@[0-9a-f]{6,8}\\b|JsonNode|ObjectNode|Feature\\.|StreamRead|ByteBuf");

    /** A broker repeats all others for nothing. */
    private static final Set<Integer> EVENT_STATUSES = Set.of(200, 204, 400, 413, 415, 429, 503, 504);

    private static final Set<Integer> OWN_FAULTS = Set.of(503, 504);

    private final HttpMessage message;

    HttpOracle(HttpMessage message) {
        this.message = message;
    }

    void check(HttpAnswer answer) {
        if (answer.status() >= 500 && !OWN_FAULTS.contains(answer.status())) {
            throw new Finding("status: " + answer);
        }
        if (answer.headers().containsKey("X")) {
            throw new Finding("a header that the caller wrote: " + answer);
        }
        String path = message.target().replaceFirst("^https?://[^/]*", "");
        if (path.startsWith("/q/") || path.startsWith("/plan")) {
            return;
        }
        checkLeaks(answer.toString());
        if (answer.text().contains("\"status\":500")) {
            throw new Finding("an input's status: " + answer);
        }
        if (isEvent()) {
            checkEvent(answer);
        } else if (answer.status() >= 400 && !message.method().equals("HEAD")) {
            form().ifPresent(pointers -> checkForm(answer, pointers));
        }
    }

    static void checkLeaks(String text) {
        if (LEAK.matcher(text).find()) {
            throw new Finding("tells of its inside: " + text);
        }
    }

    private boolean isEvent() {
        return has("Content-Type: application/cloudevents") || has("ce-");
    }

    private boolean has(String start) {
        return message.headers().stream().anyMatch(line -> line.regionMatches(true, 0, start, 0, start.length()));
    }

    private void checkEvent(HttpAnswer answer) {
        if (!EVENT_STATUSES.contains(answer.status())) {
            throw new Finding("a broker would repeat it: " + answer);
        }
        if (answer.status() != 200 && answer.body().length > 0) {
            throw new Finding("a broker would make a 502 of its body: " + answer);
        }
        if (answer.status() >= 400
                && !isRefusedUnrouted()
                && answer.header("Headroom-Error").isBlank()) {
            throw new Finding("a failed event without Headroom-Error: " + answer);
        }
    }

    /** Vert.x answers a path that it cannot route before anybody is asked. */
    private boolean isRefusedUnrouted() {
        return message.target().matches("//.*|.*%(?![0-9a-fA-F]{2}).*");
    }

    private static void checkForm(HttpAnswer answer, List<String> pointers) {
        JsonNode json;
        try {
            json = JSON.readTree(answer.body());
        } catch (IOException e) {
            throw new Finding("an error that is no JSON: " + answer);
        }
        for (String pointer : pointers) {
            if (json.at(pointer).asText().isBlank()) {
                throw new Finding("an error without %s: %s".formatted(pointer, answer));
            }
        }
    }

    /** The text of the door's error; empty where the path does not tell the door. */
    private Optional<List<String>> form() {
        String path = message.target().split("\\?", 2)[0];
        if (!path.matches("/[a-zA-Z0-9_/-]*") || path.contains("//") || isRefusedUnrouted()) {
            return Optional.empty();
        }
        return Optional.of(
                switch (path.replaceFirst("/$", "")) {
                    case String p when p.startsWith("/v1") -> List.of("/error/message", "/error/type");
                    case String p when p.startsWith("/v2") -> List.of("/error");
                    case "/embed", "/rerank", "/predict", "/similarity", "/info", "/health" ->
                        List.of("/error", "/error_type");
                    case "" -> List.of();
                    default -> List.of("/type", "/title", "/status", "/detail");
                });
    }
}
