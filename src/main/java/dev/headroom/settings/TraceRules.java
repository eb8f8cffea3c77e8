package dev.headroom.settings;

import static dev.headroom.settings.SettingRules.optional;

import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Stream;

/** The rules for OpenTelemetry's settings of traces. Most of them apply only where traces are on. */
final class TraceRules {

    /** Only these apply where traces are off. */
    static final List<SettingRule> SWITCHES = List.of(
            optional("otel.sdk.disabled", words("true", "false")),
            optional("otel.traces.exporter", words("otlp", "none")));

    private static final TakenValues COLLECTOR = TakenValues.webAddress("http://collector:4318");
    private static final TakenValues PROTOCOL = words("http/protobuf");
    private static final TakenValues MILLIS = TakenValues.count(1, 600_000);
    private static final TakenValues PAIRS = new TakenValues(
            "names with values, such as name=value,other=value",
            text -> !TraceSettings.pairs(text).isEmpty());

    private static final TakenValues COMPRESSION = words("gzip", "none");
    private static final TakenValues TRUSTED = new TakenValues(
            "nothing, and name the authority's certificate in the JVM's trust store (-Djavax.net.ssl.trustStore)",
            text -> false);
    private static final TakenValues NO_CLIENT = new TakenValues(
            "nothing, and send a key in OTEL_EXPORTER_OTLP_HEADERS, because the service shows no certificate of its own",
            text -> false);

    static final List<SettingRule> ALL = Stream.of(
                    exporter("endpoint", COLLECTOR),
                    exporter("protocol", PROTOCOL),
                    exporter("headers", PAIRS),
                    exporter("timeout", MILLIS),
                    exporter("compression", COMPRESSION),
                    exporter("certificate", TRUSTED),
                    exporter("client.certificate", NO_CLIENT),
                    exporter("client.key", NO_CLIENT),
                    Stream.of(
                            optional("otel.resource.attributes", PAIRS),
                            optional("otel.service.name", TakenValues.any("a name of this service")),
                            optional("otel.traces.sampler", words(TraceSampling.NAMES.toArray(String[]::new))),
                            optional(
                                    "otel.traces.sampler.arg",
                                    new TakenValues("a share from 0 to 1, such as 0.1", text -> {
                                        double share = Double.parseDouble(text);
                                        return share >= 0 && share <= 1;
                                    }))))
            .flatMap(Function.identity())
            .toList();

    private TraceRules() {}

    /** The rules for a setting of the exporter, of all that is exported and of traces alone. */
    private static Stream<SettingRule> exporter(String name, TakenValues values) {
        return Stream.of("otel.exporter.otlp.", "otel.exporter.otlp.traces.")
                .map(prefix -> optional(prefix + name, values));
    }

    private static TakenValues words(String... words) {
        List<String> all = List.of(words);
        String last = all.getLast();
        String first = String.join(", ", all.subList(0, all.size() - 1));
        return new TakenValues(
                first.isEmpty() ? last : first + " or " + last, text -> all.contains(text.toLowerCase(Locale.ROOT)));
    }
}
