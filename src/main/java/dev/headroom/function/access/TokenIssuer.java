package dev.headroom.function.access;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headroom.batch.Failure;
import dev.headroom.batch.RequestFailedException;
import dev.headroom.plan.HeadroomConfig;
import io.quarkus.runtime.configuration.ConfigurationException;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.Config;
import org.jboss.logging.Logger;
import org.jose4j.http.Get;
import org.jose4j.jwa.AlgorithmConstraints.ConstraintType;
import org.jose4j.jwk.HttpsJwks;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.jwt.consumer.JwtConsumer;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.jose4j.keys.resolvers.HttpsJwksVerificationKeyResolver;

/**
 * The issuer whose tokens let in, as OpenID Connect Discovery describes it. It is asked for its keys when the first token comes, not
 * at the start.
 */
@Singleton
class TokenIssuer {

    private static final Logger LOG = Logger.getLogger(TokenIssuer.class);

    private static final String ISSUER = "headroom.auth.issuer";
    private static final String AUDIENCE = "headroom.auth.audience";

    private static final Duration LONGEST_ANSWER = Duration.ofSeconds(5);
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(2);
    private static final int LONGEST_DOCUMENT = 1 << 20;
    private static final int CLOCK_SKEW_SECONDS = 5;

    /** Those of public keys: with a shared one whoever checks tokens could make them. */
    private static final String[] ALGORITHMS = {
        AlgorithmIdentifiers.RSA_USING_SHA256,
        AlgorithmIdentifiers.RSA_USING_SHA384,
        AlgorithmIdentifiers.RSA_USING_SHA512,
        AlgorithmIdentifiers.RSA_PSS_USING_SHA256,
        AlgorithmIdentifiers.RSA_PSS_USING_SHA384,
        AlgorithmIdentifiers.RSA_PSS_USING_SHA512,
        AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256,
        AlgorithmIdentifiers.ECDSA_USING_P384_CURVE_AND_SHA384,
        AlgorithmIdentifiers.ECDSA_USING_P521_CURVE_AND_SHA512,
        AlgorithmIdentifiers.EDDSA
    };

    private final HeadroomConfig.Auth config;
    private final Config raw;
    private JwtConsumer consumer;
    private long notBefore = System.nanoTime();

    TokenIssuer(HeadroomConfig config, Config raw) {
        this.config = config.auth();
        this.raw = raw;
    }

    /**
     * Whether there is one.
     *
     * @throws ConfigurationException when its name is empty or no address, or its tokens for anybody would do
     */
    boolean isSet() {
        checkNotEmpty(ISSUER, config.issuer().isPresent());
        checkNotEmpty(AUDIENCE, config.audience().isPresent());
        config.issuer().filter(url -> !isWeb(url)).ifPresent(url -> {
            throw new ConfigurationException(
                    "%s is %s, which is no address of the web: set it to one that begins with https://."
                            .formatted(ISSUER, url));
        });
        if (config.issuer().isPresent() && config.audience().isEmpty()) {
            throw new ConfigurationException(
                    "%s is not set, so that a token for any other service would let in: set it to the audience that this one has."
                            .formatted(AUDIENCE));
        }
        return config.issuer().isPresent();
    }

    private void checkNotEmpty(String setting, boolean present) {
        if (!present && AccessGuard.isWritten(raw, setting)) {
            throw new ConfigurationException(
                    "%s is set, but empty: give it its value, or leave it out.".formatted(setting));
        }
    }

    private static boolean isWeb(URI url) {
        return url.getHost() != null && Stream.of("https", "http").anyMatch(url.getScheme()::equalsIgnoreCase);
    }

    /**
     * Whether a token is the issuer's, for this service and not over. It may wait for the issuer.
     *
     * @throws RequestFailedException with a failure that may pass, when the issuer cannot be asked
     */
    boolean lets(String token) {
        try {
            consumer().processToClaims(token);
            return true;
        } catch (InvalidJwtException e) {
            if (isOfTheNetwork(e)) {
                throw unavailable(e);
            }
            LOG.debugf("A token does not let in: %s", e.getErrorDetails());
            return false;
        } catch (IOException e) {
            throw unavailable(e);
        }
    }

    private static boolean isOfTheNetwork(Throwable failure) {
        return failure != null && (failure instanceof IOException || isOfTheNetwork(failure.getCause()));
    }

    private static RequestFailedException unavailable(Exception e) {
        LOG.warnf("The issuer of tokens cannot be asked: %s", e.getMessage());
        return new RequestFailedException(new Failure.Unavailable(
                "The issuer of tokens cannot be asked for its keys at the moment. Try again.", PAUSE_AFTER_FAILURE));
    }

    private synchronized JwtConsumer consumer() throws IOException {
        if (consumer == null) {
            if (System.nanoTime() - notBefore < 0) {
                throw new IOException("it did not answer a moment ago");
            }
            notBefore = System.nanoTime() + PAUSE_AFTER_FAILURE.toNanos();
            consumer = consumer(discovered());
        }
        return consumer;
    }

    private JwtConsumer consumer(URI keys) {
        Get get = new Get();
        get.setConnectTimeout(Math.toIntExact(LONGEST_ANSWER.toMillis()));
        get.setReadTimeout(Math.toIntExact(LONGEST_ANSWER.toMillis()));
        HttpsJwks published = new HttpsJwks(keys.toString());
        published.setSimpleHttpGet(get);
        return new JwtConsumerBuilder()
                .setRequireExpirationTime()
                .setAllowedClockSkewInSeconds(CLOCK_SKEW_SECONDS)
                .setExpectedIssuer(true, config.issuer().orElseThrow().toString())
                .setExpectedAudience(config.audience().orElseThrow().toArray(String[]::new))
                .setVerificationKeyResolver(new HttpsJwksVerificationKeyResolver(published))
                .setJwsAlgorithmConstraints(ConstraintType.PERMIT, ALGORITHMS)
                .build();
    }

    /** Where its keys are. */
    private URI discovered() throws IOException {
        String issuer = config.issuer().orElseThrow().toString();
        URI document = URI.create(issuer.replaceFirst("/$", "") + "/.well-known/openid-configuration");
        try (HttpClient client =
                HttpClient.newBuilder().connectTimeout(LONGEST_ANSWER).build()) {
            HttpResponse<String> answer = client.send(
                    HttpRequest.newBuilder(document).timeout(LONGEST_ANSWER).build(),
                    BodyHandlers.limiting(BodyHandlers.ofString(), LONGEST_DOCUMENT));
            JsonNode described = new ObjectMapper().readTree(answer.statusCode() == 200 ? answer.body() : "{}");
            if (!issuer.equals(described.path("issuer").textValue())) {
                throw new IOException("%s was answered %d, for the issuer %s and not %s"
                        .formatted(document, answer.statusCode(), described.path("issuer"), issuer));
            }
            return URI.create(described.path("jwks_uri").asText());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        } catch (IllegalArgumentException e) {
            throw new IOException("its keys have no address: " + e.getMessage(), e);
        }
    }
}
