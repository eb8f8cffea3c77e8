package dev.headroom.function.access;

import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import dev.headroom.settings.AuthConfig;
import dev.headroom.settings.HeadroomConfig;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.security.Key;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;
import org.jose4j.jwa.AlgorithmConstraints.ConstraintType;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.VerificationJwkSelector;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.jwt.consumer.JwtConsumer;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.jose4j.lang.JoseException;
import org.jose4j.lang.UnresolvableKeyException;

/**
 * The issuer whose tokens admit a request. Its keys are fetched when the first token arrives, not at the start.
 */
@Singleton
class TokenIssuer {

    private static final Logger LOG = Logger.getLogger(TokenIssuer.class);

    private static final int CLOCK_SKEW_SECONDS = 5;
    private static final VerificationJwkSelector SELECTOR = new VerificationJwkSelector();

    /** The algorithms with public keys: with a shared key, every service that checks tokens could make them. */
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

    private final AuthConfig config;
    private final LongSupplier nanoTime;
    private JwtConsumer consumer;

    @Inject
    TokenIssuer(HeadroomConfig config) {
        this(config, System::nanoTime);
    }

    /**
     * An issuer.
     *
     * @param nanoTime the clock
     */
    TokenIssuer(HeadroomConfig config, LongSupplier nanoTime) {
        this.config = config.auth();
        this.nanoTime = nanoTime;
    }

    /**
     * True if a token is the issuer's, is for this service and has not expired. May block to wait for the issuer; any thread
     * may call.
     *
     * @throws RequestFailedException with a failure that may pass, when the issuer cannot be asked
     */
    boolean accepts(String token) {
        try {
            consumer().processToClaims(token);
            return true;
        } catch (InvalidJwtException e) {
            if (isOfTheNetwork(e)) {
                throw new RequestFailedException(new Failure.Unavailable(
                        "The issuer of tokens cannot be asked for its keys at the moment. Try again.",
                        IssuerKeys.PAUSE));
            }
            LOG.debugf("A token does not let in: %s", e.getErrorDetails());
            return false;
        }
    }

    private static boolean isOfTheNetwork(Throwable failure) {
        return failure != null && (failure instanceof IOException || isOfTheNetwork(failure.getCause()));
    }

    /** Made when the first token arrives, so that a start without tokens does not load these classes. */
    private synchronized JwtConsumer consumer() {
        if (consumer == null) {
            String issuer = config.issuer().orElseThrow().toString();
            consumer = consumer(issuer, new IssuerKeys(new Discovery(issuer), nanoTime));
        }
        return consumer;
    }

    private JwtConsumer consumer(String issuer, IssuerKeys keys) {
        return new JwtConsumerBuilder()
                .setRequireExpirationTime()
                .setAllowedClockSkewInSeconds(CLOCK_SKEW_SECONDS)
                .setExpectedIssuer(true, issuer)
                .setExpectedAudience(config.audience().orElseThrow().toArray(String[]::new))
                .setVerificationKeyResolver((token, nesting) -> key(token, keys))
                .setJwsAlgorithmConstraints(ConstraintType.PERMIT, ALGORITHMS)
                .build();
    }

    /** The key that a token names; fetched again if it is not among the known ones. */
    private static Key key(JsonWebSignature token, IssuerKeys keys) throws UnresolvableKeyException {
        try {
            IssuerKeys.Held known = keys.now();
            JsonWebKey named = SELECTOR.select(token, known.keys());
            JsonWebKey found = named != null
                    ? named
                    : SELECTOR.select(token, keys.after(known).keys());
            if (found == null) {
                throw new UnresolvableKeyException("The issuer has no such key.");
            }
            return found.getKey();
        } catch (JoseException | IOException e) {
            throw new UnresolvableKeyException("No key: " + e.getMessage(), e);
        }
    }
}
