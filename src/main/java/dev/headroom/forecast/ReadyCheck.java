package dev.headroom.forecast;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.TypeConversionException;

/**
 * The command {@code ready}: asks a service once if it is ready. It is for containers' health checks, because the images have no shell
 * and no curl.
 *
 * @param address what is asked
 */
record ReadyCheck(URL address) {

    private static final String USUAL = "http://127.0.0.1:8080/q/health/ready";
    private static final int MILLIS = 3000;

    /** The command with its argument and its help. */
    static CommandSpec spec() {
        CommandSpec ready = CommandSpec.create()
                .addPositional(PositionalParamSpec.builder()
                        .arity("0..1")
                        .type(URL.class)
                        .converters(ReadyCheck::address)
                        .paramLabel("ADDRESS")
                        .description(
                                "The address that answers 200 if the service is ready. Default: %s.".formatted(USUAL))
                        .build())
                .addOption(PlanOptions.help());
        ready.usageMessage()
                .description("Asks a running service if it is ready, for the health checks of containers.")
                .footer("", "Exit status: 0 it is ready, 1 it is not, 2 usage.");
        return ready;
    }

    private static URL address(String text) {
        try {
            URL address = URI.create(text).toURL();
            if (address.getProtocol().matches("https?") && !address.getHost().isEmpty()) {
                return address;
            }
        } catch (MalformedURLException | IllegalArgumentException e) {
            // told below
        }
        throw new TypeConversionException("'%s' is no address such as %s".formatted(text, USUAL));
    }

    /** The check of the address that was given, else of the usual one. */
    static ReadyCheck of(ParseResult given) {
        return new ReadyCheck(given.matchedPositionalValue(0, address(USUAL)));
    }

    /** Asks; returns a sentence that tells why the service is not ready, or nothing where it is. */
    Optional<String> failure() {
        try {
            HttpURLConnection connection = (HttpURLConnection) address.openConnection();
            connection.setConnectTimeout(MILLIS);
            connection.setReadTimeout(MILLIS);
            connection.setInstanceFollowRedirects(false);
            int status = connection.getResponseCode();
            connection.disconnect();
            return status == HttpURLConnection.HTTP_OK
                    ? Optional.empty()
                    : Optional.of("%s answers %d; the service is not ready.".formatted(address, status));
        } catch (IOException e) {
            return Optional.of("%s does not answer (%s); wait for the service, or give the address that it has."
                    .formatted(address, e.getMessage()));
        }
    }
}
