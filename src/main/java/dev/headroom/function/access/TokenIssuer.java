package dev.headroom.function.access;

import io.quarkus.oidc.OidcRequestContext;
import io.quarkus.oidc.OidcTenantConfig;
import io.quarkus.oidc.TenantConfigResolver;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.vertx.http.runtime.security.HttpAuthenticator;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.config.Config;

/**
 * The issuer whose tokens let in, as {@code quarkus.oidc} names it. Without this resolver, which resolves nothing, Quarkus
 * would refuse to start where no issuer is set.
 */
@Singleton
class TokenIssuer implements TenantConfigResolver {

    /** How an issuer is named. */
    private static final List<String> WAYS = List.of("quarkus.oidc.auth-server-url", "quarkus.oidc.public-key");

    private final Instance<HttpAuthenticator> authenticator;
    private final boolean set;
    private final boolean hasAudience;
    private final Optional<String> empty;

    TokenIssuer(Instance<HttpAuthenticator> authenticator, Config config) {
        this.authenticator = authenticator;
        this.set = WAYS.stream().anyMatch(way -> isSet(config, way));
        this.hasAudience = isSet(config, "quarkus.oidc.token.audience");
        this.empty = WAYS.stream()
                .filter(way -> isEnabled(config) && isEmpty(config, way))
                .findFirst();
    }

    /**
     * Whether there is one.
     *
     * @throws ConfigurationException when its name is empty, or its tokens for anybody would do
     */
    boolean isSet() {
        empty.ifPresent(setting -> {
            throw new ConfigurationException(
                    "%s is set, but empty: give it its value, or leave it out.".formatted(setting));
        });
        if (set && !hasAudience) {
            throw new ConfigurationException(
                    "quarkus.oidc.token.audience is not set, so that a token for any other service would let in: set it to the audience that this one has, or to 'any'.");
        }
        return set;
    }

    private static boolean isSet(Config config, String setting) {
        return isEnabled(config)
                && config.getOptionalValue(setting, String.class).isPresent();
    }

    private static boolean isEmpty(Config config, String setting) {
        return AccessGuard.isWritten(config, setting)
                && config.getOptionalValue(setting, String.class).isEmpty();
    }

    private static boolean isEnabled(Config config) {
        return config.getOptionalValue("quarkus.oidc.tenant-enabled", Boolean.class)
                .orElse(true);
    }

    /** Whose token the request brings; fails where it is not good. */
    Uni<SecurityIdentity> identity(RoutingContext context) {
        return authenticator.get().attemptAuthentication(context);
    }

    @Override
    public Uni<OidcTenantConfig> resolve(RoutingContext context, OidcRequestContext<OidcTenantConfig> request) {
        return Uni.createFrom().nullItem();
    }
}
