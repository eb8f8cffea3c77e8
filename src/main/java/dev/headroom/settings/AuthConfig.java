package dev.headroom.settings;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Access. Everybody may call the service unless keys or an issuer of tokens are set; health is always open. */
public interface AuthConfig {

    /**
     * The keys of which every request must bring one, of at least 16 visible ASCII characters each. Set it from a
     * secret, in the environment. Two keys let callers change theirs one by one.
     *
     * @return unless set, everybody may call
     */
    Optional<List<String>> apiKeys();

    /**
     * A file of further keys, one a line; {@code #} begins a comment. It is read again when it changes. Set it if
     * keys change while the service runs, such as to a mounted Kubernetes secret.
     *
     * @return unless set, none
     */
    Optional<Path> apiKeysFile();

    /**
     * The issuer whose tokens let callers in, as the tokens name it ({@code iss}). Its address must have
     * {@code /.well-known/openid-configuration}. Set it if callers bring tokens, as Knative Eventing does.
     *
     * @return unless set, none
     */
    Optional<URI> issuer();

    /**
     * The audiences of which a token must have one. Set it together with the issuer.
     *
     * @return unless set, none
     */
    Optional<List<String>> audience();
}
