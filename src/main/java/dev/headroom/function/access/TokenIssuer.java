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
import org.eclipse.microprofile.config.Config;

/**
 * The issuer whose tokens let in, as {@code quarkus.oidc} names it. Without this resolver, which resolves nothing, Quarkus
 * would refuse to start where no issuer is set.
 */
@Singleton
class TokenIssuer implements TenantConfigResolver {

    private final Instance<HttpAuthenticator> authenticator;
    private final boolean set;
    private final boolean hasAudience;

    TokenIssuer(Instance<HttpAuthenticator> authenticator, Config config) {
        this.authenticator = authenticator;
        this.set = isSet(config, "auth-server-url") || isSet(config, "public-key");
        this.hasAudience = isSet(config, "token.audience");
    }

    /**
     * Whether there is one.
     *
     * @throws ConfigurationException when its tokens for anybody would do
     */
    boolean isSet() {
        if (set && !hasAudience) {
            throw new ConfigurationException(
                    "quarkus.oidc.token.audience is not set, so that a token for any other service would let in: set it to the audience that this one has, or to 'any'.");
        }
        return set;
    }

    private static boolean isSet(Config config, String property) {
        return config.getOptionalValue("quarkus.oidc." + property, String.class).isPresent()
                && config.getOptionalValue("quarkus.oidc.tenant-enabled", Boolean.class)
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
