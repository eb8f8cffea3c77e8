package dev.headroom.function;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * {@code GET /q/openapi}: the description of every door, as YAML or, on request, as JSON. Quarkus' own extension would
 * read and write it at every start, which takes 15 % of the time to the first answer.
 */
@Singleton
class OpenApiRoute {

    private static final String DOCUMENT = "/META-INF/openapi.yaml";

    void route(@Observes Router router) {
        router.route("/q/openapi").blockingHandler(this::answer);
    }

    private void answer(RoutingContext context) {
        boolean json = wantsJson(context);
        HttpServerResponse response = context.response();
        try (InputStream document = OpenApiRoute.class.getResourceAsStream(DOCUMENT)) {
            if (json) {
                JsonNode tree = new YAMLMapper().readTree(document);
                response.putHeader("Content-Type", "application/json").end(tree.toString());
            } else {
                response.putHeader("Content-Type", "application/yaml;charset=UTF-8")
                        .end(new String(document.readAllBytes(), StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** True if the query, or else the header, asks for JSON. */
    private static boolean wantsJson(RoutingContext context) {
        String format = context.queryParam("format").stream()
                .findFirst()
                .orElse(String.valueOf(context.request().getHeader("Accept")));
        String asked = format.toLowerCase(Locale.ROOT);
        return asked.contains("json") && !asked.contains("yaml");
    }
}
