package dev.headroom.function.access;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.lang.JoseException;

/**
 * Fetches an issuer's keys by OpenID Connect Discovery: first their address, then the keys.
 *
 * @param issuer its address, as its tokens name it
 */
record Discovery(String issuer) implements IssuerKeys.Source {

    private static final Duration LONGEST_ANSWER = Duration.ofSeconds(5);
    private static final int LONGEST_DOCUMENT = 1 << 20;

    private static final Pattern MAX_AGE = Pattern.compile("(?i)(?:^|[\\s,])max-age\\s*=\\s*\"?(\\d{1,9})");
    private static final Duration USUAL_LIFE = Duration.ofHours(1);
    private static final Duration SHORTEST_LIFE = Duration.ofMinutes(1);
    private static final Duration LONGEST_LIFE = Duration.ofDays(1);

    @Override
    public IssuerKeys.Published fetch() throws IOException {
        HttpClient client = HttpClient.newBuilder()
                .connectTimeout(LONGEST_ANSWER)
                .followRedirects(HttpClient.Redirect.NORMAL)
                .build();
        try (client) {
            HttpResponse<String> keys = ask(client, keys(client));
            return new IssuerKeys.Published(new JsonWebKeySet(keys.body()).getJsonWebKeys(), life(keys));
        } catch (IllegalArgumentException e) {
            throw new IOException("Its keys have no address: " + e.getMessage(), e);
        } catch (JoseException e) {
            throw new IOException("Its keys cannot be read: " + e.getMessage(), e);
        }
    }

    /** The address of the keys. */
    private URI keys(HttpClient client) throws IOException {
        URI document = URI.create(issuer.replaceFirst("/$", "") + "/.well-known/openid-configuration");
        JsonNode described = new ObjectMapper().readTree(ask(client, document).body());
        if (!issuer.equals(described.path("issuer").textValue())) {
            throw new IOException(
                    "%s is of the issuer %s and not of %s.".formatted(document, described.path("issuer"), issuer));
        }
        return URI.create(described.path("jwks_uri").asText());
    }

    /** Bounds the time of the whole answer: the client's own time-out ends with its header. */
    private static HttpResponse<String> ask(HttpClient client, URI document) throws IOException {
        CompletableFuture<HttpResponse<String>> asked = client.sendAsync(
                HttpRequest.newBuilder(document).build(),
                BodyHandlers.limiting(BodyHandlers.ofString(), LONGEST_DOCUMENT));
        try {
            HttpResponse<String> answer = asked.get(LONGEST_ANSWER.toMillis(), TimeUnit.MILLISECONDS);
            if (answer.statusCode() != 200) {
                throw new IOException("%s is answered %d.".formatted(document, answer.statusCode()));
            }
            return answer;
        } catch (TimeoutException e) {
            throw new IOException("%s is not answered within %d s.".formatted(document, LONGEST_ANSWER.toSeconds()), e);
        } catch (ExecutionException e) {
            throw new IOException("%s is not answered: %s".formatted(document, e.getCause()), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        } finally {
            asked.cancel(true); // closing the client waits for it otherwise
        }
    }

    /** How long the keys are valid: as long as their answer says, within bounds. */
    private static Duration life(HttpResponse<String> answer) {
        Matcher age = MAX_AGE.matcher(String.join(",", answer.headers().allValues("Cache-Control")));
        Duration said = age.find() ? Duration.ofSeconds(Long.parseLong(age.group(1))) : USUAL_LIFE;
        Duration shortened = said.compareTo(LONGEST_LIFE) > 0 ? LONGEST_LIFE : said;
        return shortened.compareTo(SHORTEST_LIFE) < 0 ? SHORTEST_LIFE : shortened;
    }
}
