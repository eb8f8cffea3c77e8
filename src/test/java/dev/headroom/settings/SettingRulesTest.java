package dev.headroom.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quarkus.runtime.configuration.DurationConverter;
import io.quarkus.runtime.configuration.MemorySize;
import io.quarkus.runtime.configuration.MemorySizeConverter;
import io.smallrye.config.ConfigMappings;
import io.smallrye.config.ConfigMappings.ConfigClass;
import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class SettingRulesTest {

    private static final String HUGE = "99999999999999999999999";

    private static Optional<String> refusal(Map<String, String> set) {
        SmallRyeConfigBuilder builder = new SmallRyeConfigBuilder().addDefaultInterceptors();
        set.forEach(builder::withDefaultValue);
        return SettingRules.refusal(builder.build());
    }

    private static SmallRyeConfigBuilder environment(String name, String value) {
        return new SmallRyeConfigBuilder()
                .addDefaultInterceptors()
                .withSources(new EnvConfigSource(Map.of(name, value), 300))
                .withConverter(Duration.class, 100, new DurationConverter())
                .withConverter(MemorySize.class, 100, new MemorySizeConverter());
    }

    private static void assertRefused(String name, String value) {
        String sentence = refusal(Map.of(name, value)).orElse("taken: " + name + "=" + value);
        String shown = value.isBlank() ? "empty" : value;
        assertTrue(sentence.startsWith(name + " is " + shown + ": set it to "), sentence);
        assertTrue(sentence.endsWith(", or leave it out."), sentence);
        assertEquals(1, sentence.lines().count(), sentence);
    }

    @Test
    void everySettingHasItsRule() {
        Set<String> ruled = SettingRules.ALL.stream()
                .map(SettingRule::name)
                .filter(name -> name.startsWith("headroom."))
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> settings =
                ConfigMappings.getProperties(ConfigClass.configClass(HeadroomConfig.class)).keySet().stream()
                        .map(name -> name.replace("[*]", ""))
                        .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(settings, ruled);
    }

    static Stream<String> numbers() {
        return rules("a whole number", "a size", "a time", "a share");
    }

    private static Stream<String> rules(String... kinds) {
        return SettingRules.ALL.stream()
                .filter(rule -> Stream.of(kinds).anyMatch(rule.values().described()::startsWith))
                .map(SettingRule::name);
    }

    @ParameterizedTest
    @MethodSource("numbers")
    void whatCannotBeANumberIsRefused(String name) {
        for (String value :
                new String[] {"-1", "-5s", "abc", "1.5.2", HUGE, "-" + HUGE, "NaN", "0x", "1 2", "${NOT_SET}"}) {
            assertRefused(name, value);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "headroom.workers, 0",
        "headroom.workers, 10000000",
        "headroom.workers, 2147483648",
        "headroom.workers, 4 of them",
        "headroom.lanes, 0",
        "headroom.lanes, abc",
        "headroom.prefetch, 0",
        "headroom.prefetch, 999999999",
        "headroom.fetches, 0",
        "headroom.batch.max-items, 0",
        "headroom.batch.max-items, 1073741825",
        "headroom.batch.max-elements, 0",
        "headroom.batch.max-elements, 9223372036854775807",
        "headroom.batch.max-window, 25h",
        "headroom.queue.max-items, 0",
        "headroom.queue.max-bytes, 0",
        "headroom.queue.max-bytes, 16E",
        "headroom.timeout, 0s",
        "headroom.timeout, PT100000H",
        "headroom.timeout, 9223372036854775807d",
        "headroom.timeout, soon",
        "headroom.memory.limit, 0",
        "headroom.memory.limit, 2GB",
        "headroom.memory.limit, 8E",
        "headroom.memory.reserved, 99Y",
        "headroom.memory.target, 0",
        "headroom.memory.target, 1.5",
        "headroom.memory.target, 80%",
        "headroom.memory.target, ''",
        "headroom.calibration, sometimes",
        "headroom.calibration, ''",
        "headroom.batch.max-elements, -1",
        "headroom.batch.max-window, -1ms",
        "headroom.timeout, PT-100000000H",
        "headroom.batch.max-window, PT-0.0005S",
        "headroom.fetches, -1",
        "headroom.memory.target, NaN",
        "headroom.memory.limit, 4611686018427387904",
        "headroom.device, tpu",
        "headroom.precision, double",
        "headroom.page, maybe",
        "headroom.models, ' '",
        "headroom.models, ${NOT_SET}/models",
        "headroom.models, ','",
        "headroom.models, ', ,'",
        "headroom.references.allowed-hosts, ','",
        "headroom.auth.audience, ',,'",
        "headroom.state-dir, ${NOT_SET}",
        "headroom.state-dir, ~/state",
        "headroom.input.max-items, 0",
        "headroom.input.max-characters, 0",
        "headroom.input.max-characters, ''",
        "headroom.input.max-pixels, 715827883",
        "headroom.input.max-elements, 0",
        "headroom.input.max-json-depth, 0",
        "headroom.input.max-json-depth, 2000000000",
        "headroom.input.max-number-length, 0",
        "headroom.input.image-memory, 0",
        "headroom.input.body-memory, 9223372036854775808",
        "headroom.input.read-timeout, 0s",
        "headroom.references.max-bytes, 0",
        "headroom.references.max-bytes, 1025M",
        "headroom.references.timeout, 0ms",
        "headroom.references.max-redirects, 101",
        "headroom.references.allowed-hosts, ${NOT_SET}",
        "headroom.events.duplicate-window, 31d",
        "headroom.events.duplicate-bytes, 0",
        "headroom.auth.issuer, issuer.example.org",
        "headroom.auth.issuer, //issuer.example.org",
        "headroom.auth.issuer, ::",
        "headroom.management.port, 65536",
        "headroom.management.host, ''",
        "quarkus.http.port, -5",
        "quarkus.http.port, 70000",
        "quarkus.http.port, http",
        "quarkus.http.port, ''",
        "quarkus.http.host, ''",
        "quarkus.shutdown.timeout, -1s",
        "quarkus.shutdown.timeout, 2d",
        "quarkus.http.idle-timeout, 30d",
        "quarkus.http.limits.max-body-size, 0",
        "quarkus.http.limits.max-body-size, ''",
        "quarkus.http.limits.max-header-size, 4G",
        "quarkus.http.limits.max-header-size, 1",
        "quarkus.http.limits.max-initial-line-length, 20",
        "quarkus.http.limits.max-connections, 0",
        "quarkus.grpc.server.max-inbound-message-size, 10M",
    })
    void whatMakesNoSenseIsRefused(String name, String value) {
        assertRefused(name, value);
    }

    @ParameterizedTest
    @CsvSource({
        "headroom.workers, 1",
        "headroom.workers, ' 10000 '",
        "headroom.workers, ''",
        "headroom.batch.max-items, 1000000",
        "headroom.batch.max-window, 0s",
        "headroom.batch.max-window, PT0.0005S",
        "headroom.timeout, 1ms",
        "headroom.timeout, 86400",
        "headroom.memory.limit, 1024T",
        "headroom.memory.reserved, 0",
        "headroom.memory.target, 1",
        "headroom.device, CPU",
        "headroom.input.max-pixels, 715827882",
        "headroom.events.duplicate-window, 0",
        "headroom.auth.issuer, https://issuer.example.org/realm",
        "headroom.management.port, 0",
        "quarkus.http.port, 65535",
        "quarkus.shutdown.timeout, 15s",
        "quarkus.http.idle-timeout, 0",
        "quarkus.grpc.server.max-inbound-message-size, 2147483647",
        "'headroom.auth.api-keys[0]', 0123456789abcdef",
    })
    void whatMakesSenseIsTaken(String name, String value) {
        assertEquals(Optional.empty(), refusal(Map.of(name, value)));
    }

    @Test
    void whatIsLeftOutMakesSense() {
        assertEquals(Optional.empty(), SettingRules.refusal(Configs.raw()));
    }

    @Test
    void choicesAndRangesAreTold() {
        assertEquals(
                Optional.of("headroom.device is tpu: set it to auto, gpu or cpu, or leave it out."),
                refusal(Map.of("headroom.device", "tpu")));
        assertEquals(
                Optional.of(
                        "headroom.workers is 10000000: set it to a whole number from 1 to 10,000, or leave it out."),
                refusal(Map.of("headroom.workers", "10000000")));
    }

    @Test
    void aValueIsShownOnOneLineAndNotWhole() {
        String sentence =
                refusal(Map.of("headroom.device", "a\n\tb" + "x".repeat(500))).orElseThrow();
        assertTrue(sentence.startsWith("headroom.device is a bxxx"), sentence);
        assertTrue(sentence.length() < 200, sentence);
    }

    @Test
    void noPartOfAKeyIsShown() {
        String sentence = refusal(Map.of("headroom.auth.api-keys", "0123456789abcdef${NOT_SET}"))
                .orElseThrow();
        assertTrue(sentence.startsWith("headroom.auth.api-keys is a secret"), sentence);
        assertTrue(!sentence.contains("0123"), sentence);
    }

    @ParameterizedTest
    @CsvSource({
        "headroom.workerz, headroom.workers",
        "headroom.max-items, headroom.batch.max-items",
        "headroom.auth.api-key, headroom.auth.api-keys",
        "headroom.batch.maxItems, headroom.batch.max-items",
    })
    void aNameThatIsNoneIsRefusedWithTheNearest(String name, String nearest) {
        String sentence = refusal(Map.of(name, "secret")).orElseThrow();
        assertTrue(sentence.startsWith(name + " is set, and there is no such setting: write "), sentence);
        assertTrue(!sentence.contains("secret"), sentence);
        if (!name.equals("headroom.max-items")) {
            assertTrue(sentence.contains("write " + nearest + " "), sentence);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "HEADROOM_WORKERS, abc, HEADROOM_WORKERS is abc: set it to a whole number",
        "HEADROOM_BATCH_MAX_ITEMS, 0, HEADROOM_BATCH_MAX_ITEMS is 0: set it to a whole number",
        "HEADROOM_DEVICE, '', HEADROOM_DEVICE is empty: set it to auto",
        "QUARKUS_HTTP_PORT, -5, QUARKUS_HTTP_PORT is -5: set it to",
        "QUARKUS_SHUTDOWN_TIMEOUT, soon, QUARKUS_SHUTDOWN_TIMEOUT is soon: set it to a time",
        "HEADROOM_WORKERZ, 3, 'HEADROOM_WORKERZ is set, and there is no such setting: write HEADROOM_WORKERS '",
        "HEADROOM_STATE, 3, 'HEADROOM_STATE is set, and there is no such setting: write HEADROOM_STATE_DIR '",
        "HEADROOM_AUTH_API_KEY, 3, 'HEADROOM_AUTH_API_KEY is set, and there is no such setting: write HEADROOM_AUTH_API_KEYS '",
        "HEADROOM_KEY, 3, 'HEADROOM_KEY is set, which callers send and the service does not read: write HEADROOM_AUTH_API_KEYS '",
        "HEADROOM_MANAGMENT_PORT, 9000, HEADROOM_MANAGMENT_PORT is set",
        "HEADROOM_PORT, 80, HEADROOM_PORT is set",
    })
    void theEnvironmentIsNamedAsItIsWritten(String name, String value, String beginning) {
        String sentence = SettingRules.refusal(environment(name, value).build()).orElseThrow();
        assertTrue(sentence.startsWith(beginning), sentence);
    }

    @ParameterizedTest
    @CsvSource({
        "HEADROOM_WORKERS, 3",
        "HEADROOM_BATCH_MAX_ITEMS, 3",
        "HEADROOM_AUTH_API_KEYS_0_, 0123456789abcdef",
        "HEADROOM_REFERENCES_ALLOWED_HOSTS, images.example.com",
        "HEADROOM_SERVICE_HOST, 10.0.0.1",
        "HEADROOM_SERVICE_PORT, 80",
        "HEADROOM_SERVICE_PORT_HTTP, 80",
        "HEADROOM_PORT, tcp://10.0.0.1:80",
        "HEADROOM_00001_PRIVATE_PORT, tcp://10.0.0.1:80",
        "HEADROOM_PORT_80_TCP, tcp://10.0.0.1:80",
        "HEADROOM_PORT_80_TCP_PROTO, tcp",
    })
    void whatTheEnvironmentMayHaveIsTaken(String name, String value) {
        SmallRyeConfigBuilder environment = environment(name, value);
        assertEquals(Optional.empty(), SettingRules.refusal(environment.build()));
        environment.withMapping(HeadroomConfig.class).withValidateUnknown(false);
        assertEquals(Optional.empty(), SettingRules.refusal(environment.build()));
    }
}
