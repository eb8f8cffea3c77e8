package dev.headroom.settings;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.Config;

/**
 * The rules for all settings of {@link HeadroomConfig} and for those of Quarkus that docs/settings.md lists. They look at the
 * values as written, before any conversion. Rules that depend on the machine or on other settings stand where those are known.
 */
public final class SettingRules {

    /** More memory than any machine has. */
    private static final String MOST_BYTES = "1024T";

    private static final String LONGEST = "1d";

    /** The most items that a setting may allow. */
    public static final long MOST_ITEMS = 1_000_000;

    private static final long MOST_AT_A_TIME = 10_000;
    private static final long MOST_ELEMENTS = 1_000_000_000_000L;
    /** A probe's head, with all that a platform's proxies add, takes less than this. */
    private static final long LEAST_HEAD_BYTES = 1024;
    /** The longest first line of a probe, {@code GET /q/health/ready HTTP/1.1} behind a root path, takes less than this. */
    private static final long LEAST_LINE = 128;
    /** An array holds three bytes for each pixel. */
    private static final long MOST_PIXELS = Integer.MAX_VALUE / 3;
    /** A deeper document may overflow the stack of the parser. */
    private static final long DEEPEST_JSON = 1000;

    private static final TakenValues PORT = TakenValues.count(0, 65_535);
    private static final TakenValues HOST = TakenValues.any("an address of this machine, such as 0.0.0.0");

    static final List<SettingRule> ALL = List.of(
            required(
                    "headroom.models",
                    TakenValues.list("folders that hold your models, or names such as BAAI/bge-small-en-v1.5")),
            optional("headroom.models.idle", TakenValues.time("1s", LONGEST)),
            optional("headroom.state-dir", TakenValues.folder()),
            required("headroom.calibration", TakenValues.word(CalibrationMode.values())),
            required("headroom.device", TakenValues.word(DeviceMode.values())),
            required("headroom.device-wait", TakenValues.time("0s", LONGEST)),
            required("headroom.precision", TakenValues.word(PrecisionMode.values())),
            required("headroom.cuda-graphs", TakenValues.word(CudaGraphsMode.values())),
            required("headroom.prefix-cache", TakenValues.word(PrefixCacheMode.values())),
            required("headroom.page", TakenValues.word(PageMode.values())),
            optional("headroom.batch.max-items", TakenValues.count(1, MOST_ITEMS)),
            optional("headroom.batch.max-elements", TakenValues.count(1, MOST_ELEMENTS)),
            optional("headroom.batch.max-window", TakenValues.time("0s", LONGEST)),
            optional("headroom.queue.max-items", TakenValues.count(1, MOST_ITEMS)),
            optional("headroom.queue.max-bytes", TakenValues.size(1, MOST_BYTES)),
            optional("headroom.prefetch", TakenValues.count(1, MOST_ITEMS)),
            optional("headroom.workers", TakenValues.count(1, MOST_AT_A_TIME)),
            optional("headroom.lanes", TakenValues.count(1, MOST_AT_A_TIME)),
            optional("headroom.fetches", TakenValues.count(1, MOST_AT_A_TIME)),
            optional("headroom.timeout", TakenValues.time("1ms", LONGEST)),
            optional("headroom.memory.limit", TakenValues.size(1, MOST_BYTES)),
            optional("headroom.memory.reserved", TakenValues.size(0, MOST_BYTES)),
            required("headroom.memory.target", TakenValues.share()),
            optional("headroom.input.max-items", TakenValues.count(1, MOST_ITEMS)),
            required("headroom.input.max-characters", TakenValues.count(1, Integer.MAX_VALUE)),
            required("headroom.input.max-pixels", TakenValues.count(1, MOST_PIXELS)),
            optional("headroom.input.image-memory", TakenValues.size(1, MOST_BYTES)),
            optional("headroom.input.body-memory", TakenValues.size(1, MOST_BYTES)),
            required("headroom.input.max-elements", TakenValues.count(1, MOST_ELEMENTS)),
            required("headroom.input.max-json-depth", TakenValues.count(1, DEEPEST_JSON)),
            required("headroom.input.max-number-length", TakenValues.count(1, MOST_AT_A_TIME)),
            required("headroom.input.read-timeout", TakenValues.time("1ms", LONGEST)),
            optional("headroom.references.allowed-hosts", TakenValues.list("hosts such as images.example.com")),
            optional("headroom.references.allowed-networks", TakenValues.list("networks such as 10.0.0.0/8")),
            required("headroom.references.max-bytes", TakenValues.size(1, "1G")),
            required("headroom.references.timeout", TakenValues.time("1ms", LONGEST)),
            required("headroom.references.max-redirects", TakenValues.count(0, 100)),
            required("headroom.events.duplicate-window", TakenValues.time("0s", "30d")),
            optional("headroom.events.duplicate-bytes", TakenValues.size(1, MOST_BYTES)),
            optional("headroom.auth.api-keys", TakenValues.any("keys as `openssl rand -hex 32` prints them")),
            optional("headroom.auth.api-keys-file", TakenValues.any("a file that can be read")),
            optional("headroom.auth.issuer", TakenValues.webAddress("https://issuer.example.org")),
            optional("headroom.auth.audience", TakenValues.list("the audience that tokens for this service have")),
            optional("headroom.management.port", PORT),
            required("headroom.management.host", HOST),
            required("quarkus.http.port", PORT),
            required("quarkus.http.host", HOST),
            required("quarkus.http.ssl-port", PORT),
            required("quarkus.shutdown.timeout", TakenValues.time("0s", LONGEST)),
            required("quarkus.shutdown.delay", TakenValues.time("0s", LONGEST)),
            required("quarkus.http.idle-timeout", TakenValues.time("0s", LONGEST)),
            required("quarkus.http.limits.max-body-size", TakenValues.size(1, MOST_BYTES)),
            required("quarkus.http.limits.max-header-size", TakenValues.size(LEAST_HEAD_BYTES, "1G")),
            required("quarkus.http.limits.max-initial-line-length", TakenValues.count(LEAST_LINE, Integer.MAX_VALUE)),
            required("quarkus.http.limits.max-connections", TakenValues.count(1, Integer.MAX_VALUE)),
            required("quarkus.grpc.server.max-inbound-message-size", TakenValues.count(1, Integer.MAX_VALUE)));

    private static volatile List<SettingRule> more = List.of();

    private SettingRules() {}

    /** Adds the rules of a part that is not in every build; its main class does so first of all. */
    static void join(List<SettingRule> rules) {
        more = rules;
    }

    /** All rules of this build. */
    static Stream<SettingRule> all() {
        return Stream.concat(ALL.stream(), more.stream());
    }

    static SettingRule required(String name, TakenValues values) {
        return new SettingRule(name, values, false);
    }

    static SettingRule optional(String name, TakenValues values) {
        return new SettingRule(name, values, true);
    }

    /** The first setting that is wrong or unknown: its name, its value and the remedy, in one sentence. */
    public static Optional<String> refusal(Config settings) {
        return Stream.concat(
                        Stream.concat(all(), ofTraces(settings))
                                .map(rule -> rule.refusal(settings.getConfigValue(rule.name())))
                                .flatMap(Optional::stream),
                        SettingNames.refusals(settings))
                .findFirst();
    }

    private static Stream<SettingRule> ofTraces(Config settings) {
        return TraceSettings.areOn(settings)
                ? Stream.concat(TraceRules.SWITCHES.stream(), TraceRules.ALL.stream())
                : TraceRules.SWITCHES.stream();
    }

    /**
     * Checks all settings.
     *
     * @throws PlanRefusedException when a setting is wrong; the message names it
     */
    public static void check(Config settings) {
        refusal(settings).ifPresent(sentence -> {
            throw new PlanRefusedException(sentence);
        });
    }
}
