package dev.headroom.hub;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The proxies that environment variables name, as curl reads them. Without any the JVM's own selection holds.
 *
 * @param https the proxy for https addresses
 * @param http the proxy for http addresses
 * @param exceptions hosts, or ends of host names, that are reached without a proxy
 */
record Proxies(Optional<URI> https, Optional<URI> http, List<String> exceptions) {

    static final Proxies NONE = new Proxies(Optional.empty(), Optional.empty(), List.of());

    /** The selection that follows the proxies; the JVM's own where there are none. */
    static ProxySelector ofTheEnvironment(Proxies proxies) {
        return proxies.https.isEmpty() && proxies.http.isEmpty() ? ProxySelector.getDefault() : proxies.selector();
    }

    private ProxySelector selector() {
        return new ProxySelector() {
            @Override
            public List<Proxy> select(URI address) {
                return List.of(proxy(address)
                        .map(proxy -> new Proxy(
                                Proxy.Type.HTTP,
                                InetSocketAddress.createUnresolved(
                                        proxy.getHost(), proxy.getPort() < 0 ? 80 : proxy.getPort())))
                        .orElse(Proxy.NO_PROXY));
            }

            @Override
            public void connectFailed(URI address, SocketAddress proxy, IOException failure) {
                // the request fails with the same
            }
        };
    }

    /** The proxy for an address; empty where it is reached directly. */
    Optional<URI> proxy(URI address) {
        String host = address.getHost().toLowerCase(Locale.ROOT);
        boolean direct = exceptions.stream()
                .map(name -> name.replaceFirst("^\\*?\\.", ""))
                .anyMatch(name -> name.equals("*") || host.equals(name) || host.endsWith("." + name));
        return direct ? Optional.empty() : address.getScheme().equals("https") ? https : http;
    }

    /** The hosts in NO_PROXY. */
    static List<String> exceptions(String text) {
        return Stream.of(text.split(","))
                .map(name -> name.strip().toLowerCase(Locale.ROOT).replaceFirst(":\\d+$", ""))
                .filter(name -> !name.isEmpty())
                .toList();
    }
}
