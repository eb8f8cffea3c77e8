package dev.headroom.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TraceSettingsTest {

    private static final String ENDPOINT = "otel.exporter.otlp.endpoint";

    private static SmallRyeConfig config(Map<String, String> set) {
        SmallRyeConfigBuilder builder = new SmallRyeConfigBuilder().addDefaultInterceptors();
        set.forEach(builder::withDefaultValue);
        return builder.build();
    }

    private static Optional<TraceSettings> read(Map<String, String> set) {
        return TraceSettings.of(config(set));
    }

    @Test
    void tracesAreOffUnlessSomebodyAsksForThem() {
        assertEquals(Optional.empty(), read(Map.of()));
        assertEquals(Optional.empty(), read(Map.of("otel.service.name", "a")));
        assertEquals(Optional.empty(), read(Map.of(ENDPOINT, "http://c:4318", "otel.traces.exporter", "none")));
        assertEquals(Optional.empty(), read(Map.of(ENDPOINT, "http://c:4318", "otel.sdk.disabled", "true")));
    }

    @ParameterizedTest
    @CsvSource({
        "otel.exporter.otlp.endpoint,        http://c:4318,    http://c:4318/v1/traces",
        "otel.exporter.otlp.endpoint,        http://c:4318/a/, http://c:4318/a/v1/traces",
        "otel.exporter.otlp.traces.endpoint, http://c:4318/a,  http://c:4318/a",
        "otel.traces.exporter,               otlp,             http://localhost:4318/v1/traces"
    })
    void eachOfTheseTurnsThemOn(String name, String value, String endpoint) {
        assertEquals(
                Optional.of(URI.create(endpoint)), read(Map.of(name, value)).map(TraceSettings::endpoint));
    }

    @Test
    void headersAndAttributesMayBePercentEncoded() {
        TraceSettings settings = read(Map.of(
                        ENDPOINT,
                        "http://c:4318",
                        "otel.exporter.otlp.headers",
                        "authorization=Basic%20a+b=, other=1",
                        "otel.resource.attributes",
                        "service.name=a,k8s.pod.name=p",
                        "otel.service.name",
                        "b"))
                .orElseThrow();
        assertEquals(Map.of("authorization", "Basic a+b=", "other", "1"), settings.headers());
        assertEquals(Map.of("service.name", "b", "k8s.pod.name", "p"), settings.resource());
    }

    @ParameterizedTest
    @CsvSource({
        "always_on,                0.5, 1,   false",
        "traceidratio,             0.5, 0.5, false",
        "parentbased_traceidratio, 0.1, 0.1, true",
        "parentbased_always_off,   0.5, 0,   true",
        "Always_Off,               0.5, 0,   false"
    })
    void samplersHaveTheNamesThatOpenTelemetryGivesThem(String name, String argument, double share, boolean parent) {
        assertEquals(new TraceSampling(share, parent), TraceSampling.of(Optional.of(name), Optional.of(argument)));
        assertEquals(new TraceSampling(1, true), TraceSampling.of(Optional.empty(), Optional.empty()));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            otel.exporter.otlp.endpoint      | collector:4317 | an address of the web, such as http://collector:4318
            otel.exporter.otlp.protocol      | grpc           | http/protobuf
            otel.exporter.otlp.compression   | zstd           | gzip or none
            otel.exporter.otlp.certificate   | ca.pem         | nothing, and name the authority's certificate in the JVM's trust store (-Djavax.net.ssl.trustStore)
            otel.exporter.otlp.timeout       | 10s            | a whole number from 1 to 600,000
            otel.traces.sampler              | jaeger_remote  | always_on, always_off, traceidratio, parentbased_always_on, parentbased_always_off or parentbased_traceidratio
            otel.traces.sampler.arg          | 10             | a share from 0 to 1, such as 0.1
            otel.resource.attributes         | =b             | names with values, such as name=value,other=value
            """)
    void aWrongValueStopsTheStartWithOneSentence(String name, String value, String remedy) {
        Map<String, String> set =
                name.equals(ENDPOINT) ? Map.of(name, value) : Map.of(ENDPOINT, "http://collector:4318", name, value);
        assertEquals(
                Optional.of("%s is %s: set it to %s, or leave it out.".formatted(name, value, remedy)),
                SettingRules.refusal(config(set)));
    }

    @Test
    void whatIsWrongWithTracesThatAreOffStopsNothing() {
        assertEquals(Optional.empty(), SettingRules.refusal(config(Map.of("otel.exporter.otlp.protocol", "grpc"))));
        assertEquals(
                Optional.of("otel.traces.exporter is zipkin: set it to otlp or none, or leave it out."),
                SettingRules.refusal(config(Map.of("otel.traces.exporter", "zipkin"))));
    }

    @Test
    void theHeadersOfARefusalStaySecret() {
        String sentence = SettingRules.refusal(
                        config(Map.of(ENDPOINT, "http://c:4318", "otel.exporter.otlp.headers", "=hidden")))
                .orElseThrow();
        assertTrue(!sentence.contains("hidden"), sentence);
    }

    @Test
    void theDocumentNamesEachOfThem() throws IOException {
        String document = Files.readString(Path.of("docs/settings.md"));
        Stream.concat(TraceRules.SWITCHES.stream(), TraceRules.ALL.stream())
                .map(rule -> SettingRule.inEnvironment(rule.name()))
                .forEach(name -> assertTrue(document.contains("`" + name + "`"), name));
    }
}
