package dev.headroom;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.quarkus.runtime.QuarkusBindException;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.net.BindException;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FailedStartTest {

    private static Optional<String> sentence(Throwable cause, String... settings) {
        SmallRyeConfigBuilder builder = new SmallRyeConfigBuilder();
        for (int i = 0; i < settings.length; i += 2) {
            builder.withDefaultValue(settings[i], settings[i + 1]);
        }
        SmallRyeConfig config = builder.build();
        return FailedStart.sentence(new RuntimeException("Failed to start", new ExecutionException(cause)), config);
    }

    @Test
    void aWrongSettingGoesBeforeWhatCameOfIt() {
        assertEquals(
                Optional.of("quarkus.http.port is 70000: set it to a whole number from 0 to 65,535, or leave it out."),
                sentence(new IllegalArgumentException("port out of range"), "quarkus.http.port", "70000"));
    }

    @Test
    void aRefusalIsToldAsItIs() {
        assertEquals(Optional.of("Set it."), sentence(new ConfigurationException("Set it.")));
    }

    @Test
    void aPortThatAnotherHasIsNamed() {
        BindException reason = new BindException("Address already in use");
        assertEquals(
                Optional.of("quarkus.http.port is 8080 and quarkus.http.host is 0.0.0.0, where it cannot be opened"
                        + " (Address already in use): set another, or end the process that has it."),
                sentence(
                        new QuarkusBindException("0.0.0.0", 8080, reason),
                        "quarkus.http.port",
                        "8080",
                        "quarkus.http.host",
                        "0.0.0.0"));
    }

    @Test
    void aHostWithoutAnAddressIsNamed() {
        UnknownHostException failure = new UnknownHostException("nosuchhost.invalid: Name or service not known");
        assertEquals(
                Optional.of("quarkus.http.host is nosuchhost.invalid, which is the name of no address: set it to an"
                        + " address of this machine, such as 0.0.0.0."),
                sentence(failure, "quarkus.http.host", "nosuchhost.invalid"));
        assertEquals(Optional.empty(), sentence(failure, "quarkus.http.host", "0.0.0.0"));
        assertEquals(Optional.empty(), sentence(failure));
    }

    @ParameterizedTest
    @CsvSource({
        "'SRCFG00039: The config property quarkus.x with the config value \"abc\" threw an Exception whilst being converted SRCFG00029: Expected an integer value, got \"abc\"', 'quarkus.x is abc, which cannot be read (Expected an integer value, got \"abc\"): correct it, or leave it out.'",
        "'SRCFG00040: The config property quarkus.x is defined as the empty String (\"\") which the following Converter considered to be null: y', 'quarkus.x is empty: give it a value, or leave it out.'",
        "SRCFG00014: The config property quarkus.x is required, The config property quarkus.x is required",
    })
    void whatSmallRyeSaysIsToldWithoutItsCodes(String message, String sentence) {
        assertEquals(Optional.of(sentence), sentence(new IllegalArgumentException(message)));
    }

    @Test
    void anythingElseIsForTheStackTrace() {
        assertEquals(Optional.empty(), sentence(new IllegalStateException("ours")));
    }
}
