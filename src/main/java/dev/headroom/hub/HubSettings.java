package dev.headroom.hub;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * The settings of the Hub, from the environment variables that huggingface_hub reads, too.
 *
 * @param endpoint the address of the Hub, without a slash at the end
 * @param token the token that requests to the endpoint bring
 * @param cache the folder of the cache
 * @param offline true if no request may be made
 * @param links false if files stand in snapshots themselves instead of links
 * @param longestWait the longest time for a connection, and between two pieces of an answer
 * @param proxies the proxies of HTTPS_PROXY and the like
 */
public record HubSettings(
        URI endpoint,
        Optional<String> token,
        Path cache,
        boolean offline,
        boolean links,
        Duration longestWait,
        Proxies proxies) {

    private static final String USUAL_ENDPOINT = "https://huggingface.co";

    private static final int USUAL_SECONDS = 20;

    private static final List<String> YES = List.of("1", "on", "yes", "true");

    /**
     * Reads them.
     *
     * @param environment returns the value of a variable, or null where it is not set
     * @throws HubException when one is wrong
     */
    public static HubSettings of(UnaryOperator<String> environment) {
        Variables variables = new Variables(environment);
        Path home = variables
                .path("HF_HOME")
                .orElseGet(() -> variables
                        .path("XDG_CACHE_HOME")
                        .orElseGet(() -> variables.home().resolve(".cache"))
                        .resolve("huggingface"));
        Path cache = variables
                .path("HF_HUB_CACHE")
                .or(() -> variables.path("HUGGINGFACE_HUB_CACHE"))
                .orElseGet(() -> home.resolve("hub"));
        return new HubSettings(
                endpoint(variables.text("HF_ENDPOINT").orElse(USUAL_ENDPOINT)),
                token(variables, home),
                cache.toAbsolutePath(),
                variables.yes("HF_HUB_OFFLINE") || variables.yes("TRANSFORMERS_OFFLINE"),
                !variables.yes("HF_HUB_DISABLE_SYMLINKS"),
                Duration.ofSeconds(variables.seconds("HF_HUB_DOWNLOAD_TIMEOUT").orElse(USUAL_SECONDS)),
                variables.proxies());
    }

    private static URI endpoint(String written) {
        String address = written.replaceFirst("/+$", "");
        try {
            URI endpoint = URI.create(address);
            String scheme = String.valueOf(endpoint.getScheme()).toLowerCase(Locale.ROOT);
            if (endpoint.getHost() != null
                    && List.of("https", "http").contains(scheme)
                    && Stream.of(endpoint.getRawUserInfo(), endpoint.getRawQuery(), endpoint.getRawFragment())
                            .allMatch(part -> part == null)) {
                return endpoint;
            }
        } catch (IllegalArgumentException e) {
            // refused below
        }
        throw new HubException("HF_ENDPOINT is %s: set it to the address of a Hub, such as %s, or leave it out."
                .formatted(printable(address), USUAL_ENDPOINT));
    }

    private static Optional<String> token(Variables variables, Path home) {
        if (variables.yes("HF_HUB_DISABLE_IMPLICIT_TOKEN")) {
            return Optional.empty();
        }
        Path file = variables.path("HF_TOKEN_PATH").orElseGet(() -> home.resolve("token"));
        Optional<String> token = variables
                .text("HF_TOKEN")
                .or(() -> variables.text("HUGGING_FACE_HUB_TOKEN"))
                .or(() -> content(file));
        if (token.stream().anyMatch(text -> !text.matches("[\\x21-\\x7e]+"))) {
            throw new HubException(
                    "The token of the Hub (HF_TOKEN, or the file %s) has other characters than visible ASCII: write the token alone."
                            .formatted(file));
        }
        return token;
    }

    /** The file's text; empty where there is no such file, or an empty one. */
    private static Optional<String> content(Path file) {
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(Files.readString(file).strip()).filter(text -> !text.isEmpty());
        } catch (IOException e) {
            throw new HubException("The token file %s cannot be read (%s): correct it, or set HF_TOKEN."
                    .formatted(file, e.getMessage()));
        }
    }

    private static String printable(String text) {
        return text.replaceAll("[\\p{Cntrl}\\s]+", " ");
    }

    /** The settings without the token. */
    @Override
    public String toString() {
        return "HubSettings[%s, %s]".formatted(endpoint, cache);
    }

    /** The variables of the environment; empty ones count as not set. */
    private record Variables(UnaryOperator<String> environment) {

        private Optional<String> text(String name) {
            return Optional.ofNullable(environment.apply(name))
                    .map(String::strip)
                    .filter(text -> !text.isEmpty());
        }

        private Optional<Path> path(String name) {
            return text(name).map(text -> text.startsWith("~/") ? home().resolve(text.substring(2)) : Path.of(text));
        }

        private Path home() {
            return Path.of(text("HOME").orElseGet(() -> System.getProperty("user.home")));
        }

        private boolean yes(String name) {
            return text(name)
                    .filter(text -> YES.contains(text.toLowerCase(Locale.ROOT)))
                    .isPresent();
        }

        /** In upper or lower case, as other programs read them. */
        private Proxies proxies() {
            return new Proxies(
                    proxy("HTTPS_PROXY"),
                    proxy("HTTP_PROXY"),
                    either("NO_PROXY").map(Proxies::exceptions).orElse(List.of()));
        }

        private Optional<String> either(String name) {
            return text(name).or(() -> text(name.toLowerCase(Locale.ROOT)));
        }

        private Optional<URI> proxy(String name) {
            return either(name)
                    .map(text -> text.contains("://") ? text : "http://" + text)
                    .map(text -> {
                        try {
                            URI proxy = URI.create(text);
                            if (proxy.getHost() != null) {
                                return proxy;
                            }
                        } catch (IllegalArgumentException e) {
                            // refused below
                        }
                        throw new HubException(
                                "%s is %s: set it to an address such as http://proxy.example.org:3128, or leave it out."
                                        .formatted(name, printable(text)));
                    });
        }

        private Optional<Integer> seconds(String name) {
            return text(name)
                    .map(text -> Optional.of(text)
                            .filter(number -> number.matches("[1-9]\\d{0,4}"))
                            .map(Integer::valueOf)
                            .orElseThrow(() ->
                                    new HubException("%s is %s: set it to a whole number of seconds, or leave it out."
                                            .formatted(name, printable(text)))));
        }
    }
}
