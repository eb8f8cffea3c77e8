package dev.headroom.settings;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.config.Config;

/**
 * The settings of traces, such as where they go. They follow OpenTelemetry's own settings, so that whoever sets these for all pods sets them for this
 * service too.
 *
 * @param endpoint the address that takes spans by OTLP over HTTP
 * @param headers sent with them, such as a key
 * @param timeout how long the collector may take for one delivery
 * @param gzip true if they are compressed
 * @param sampling which requests are traced
 * @param resource what is said of this process, {@code service.name} among it
 */
public record TraceSettings(
        URI endpoint,
        Map<String, String> headers,
        Duration timeout,
        boolean gzip,
        TraceSampling sampling,
        Map<String, String> resource) {

    private static final String BASE = "otel.exporter.otlp.endpoint";
    private static final String OWN = "otel.exporter.otlp.traces.endpoint";
    private static final String PATH = "/v1/traces";
    private static final URI LOCAL = URI.create("http://localhost:4318" + PATH);

    /** The settings; empty where no traces are wanted. They have passed {@link SettingRules}. */
    public static Optional<TraceSettings> of(Config config) {
        return areOn(config) ? Optional.of(read(config)) : Optional.empty();
    }

    /** True if somebody names a collector, or the exporter, and nobody switches traces off. */
    static boolean areOn(Config config) {
        if (value(config, "otel.sdk.disabled").filter("true"::equalsIgnoreCase).isPresent()) {
            return false;
        }
        return value(config, "otel.traces.exporter")
                .map("otlp"::equalsIgnoreCase)
                .orElseGet(() ->
                        value(config, OWN).isPresent() || value(config, BASE).isPresent());
    }

    private static TraceSettings read(Config config) {
        Map<String, String> resource = new LinkedHashMap<>(Map.of("service.name", "headroom"));
        resource.putAll(pairs(config, "otel.resource.attributes"));
        value(config, "otel.service.name").ifPresent(name -> resource.put("service.name", name));
        return new TraceSettings(
                endpoint(config),
                either(config, "headers").map(TraceSettings::pairs).orElse(Map.of()),
                Duration.ofMillis(either(config, "timeout").map(Long::parseLong).orElse(10_000L)),
                either(config, "compression").filter("gzip"::equalsIgnoreCase).isPresent(),
                TraceSampling.of(value(config, "otel.traces.sampler"), value(config, "otel.traces.sampler.arg")),
                resource);
    }

    private static URI endpoint(Config config) {
        return value(config, OWN)
                .map(URI::create)
                .or(() -> value(config, BASE).map(base -> URI.create(base.replaceAll("/+$", "") + PATH)))
                .orElse(LOCAL);
    }

    /** The setting for traces, else the one for all that is exported. */
    private static Optional<String> either(Config config, String name) {
        return value(config, "otel.exporter.otlp.traces." + name).or(() -> value(config, "otel.exporter.otlp." + name));
    }

    private static Map<String, String> pairs(Config config, String name) {
        return value(config, name).map(TraceSettings::pairs).orElse(Map.of());
    }

    /** Reads {@code name=value,name=value}, whose values may be percent-encoded; an IllegalArgumentException where it is none. */
    static Map<String, String> pairs(String text) {
        Map<String, String> pairs = new LinkedHashMap<>();
        for (String pair : List.of(text.split(","))) {
            int equals = pair.indexOf('=');
            String name = pair.substring(0, Math.max(0, equals)).strip();
            if (!name.isEmpty()) {
                pairs.put(name, decoded(pair.substring(equals + 1).strip()));
            } else if (!pair.isBlank()) {
                throw new IllegalArgumentException("no name before '='");
            }
        }
        return pairs;
    }

    /** Percent-encoding alone: a plus stays a plus. */
    private static String decoded(String value) {
        return URLDecoder.decode(value.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    /** As it is written; an expression in it is resolved. */
    private static Optional<String> value(Config config, String name) {
        return Optional.ofNullable(config.getConfigValue(name).getValue())
                .map(String::strip)
                .filter(value -> !value.isEmpty());
    }
}
