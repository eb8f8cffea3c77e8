package dev.headroom.function.download;

import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/** Fetches one input, over redirects. Checks the host and all its addresses before each step. */
record Fetch(ReferenceRules rules, HostNames names, HttpClient client) {

    private static final Logger LOG = Logger.getLogger(Fetch.class);

    private static final int MOST_ADDRESSES = 3;

    /**
     * Fetches the input's content.
     *
     * @throws RequestFailedException when that fails
     */
    byte[] content(Reference reference, TimeLimit limit) {
        Reference at = reference;
        for (int redirects = 0; redirects <= rules.settings().maxRedirects(); redirects++) {
            switch (reply(at, limit)) {
                case Reply.Content content -> {
                    return content.bytes();
                }
                case Reply.Redirect redirect -> at = at.redirect(redirect.location());
                case Reply.Unreachable _ ->
                    throw failed(new Failure.Unavailable(
                            at.name() + " is on a host that is not reached; try again.", Transfer.RETRY_AFTER));
            }
            LOG.debugf("%s is on %s", at.name(), at.host());
        }
        throw failed(new Failure.Invalid(
                "%s redirects more often than %d times; send the URL at the end of them, or raise headroom.references.max-redirects."
                        .formatted(reference.name(), rules.settings().maxRedirects())));
    }

    private Reply reply(Reference reference, TimeLimit limit) {
        AllowedHosts.Match match = rules.check(reference);
        List<InetAddress> addresses = names.addresses(reference, limit);
        rules.check(reference, match, addresses);
        int left = Math.min(MOST_ADDRESSES, addresses.size());
        for (InetAddress address : addresses.subList(0, left)) {
            long connectMillis = TimeUnit.NANOSECONDS.toMillis(limit.leftNanos() / left--);
            RequestOptions options = options(reference, address).setConnectTimeout(Math.max(1, connectMillis));
            Reply reply =
                    new Transfer(reference, rules.settings().maxBytes().asLongValue()).run(client, options, limit);
            if (!(reply instanceof Reply.Unreachable)) {
                return reply;
            }
        }
        return new Reply.Unreachable();
    }

    /** A request that connects to the address, and names the host to the server and for its certificate. */
    private static RequestOptions options(Reference reference, InetAddress address) {
        return new RequestOptions()
                .setServer(SocketAddress.inetSocketAddress(new InetSocketAddress(address, reference.port())))
                .setHost(reference.host())
                .setPort(reference.port())
                .setSsl(reference.tls())
                .setURI(reference.target())
                .setFollowRedirects(false)
                .putHeader("User-Agent", "headroom")
                .putHeader("Accept-Encoding", "identity");
    }

    private static RequestFailedException failed(Failure failure) {
        return new RequestFailedException(failure);
    }
}
