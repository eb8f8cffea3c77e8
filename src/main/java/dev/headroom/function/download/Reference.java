package dev.headroom.function.download;

import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;

/**
 * The unambiguous http or https URL of an input.
 *
 * @param uri the URL
 * @param name the name in errors and in the log, without the query, which may be signed
 */
record Reference(URI uri, String name) {

    private static final int LONGEST_URL = 4000;
    private static final int LONGEST_NAME = 200;

    /**
     * A reference as the caller wrote it.
     *
     * @throws RequestFailedException when the URL is wrong, whatever its host
     */
    static Reference of(String url) {
        URI uri = strict(url, "The reference");
        return new Reference(uri, shown(uri));
    }

    /** The reference to which this one is redirected. */
    Reference redirect(String location) {
        String next = name.startsWith("What ") ? name : "What " + name + " redirects to";
        String from =
                location.startsWith("?") ? uri.getRawPath() + location : location; // java.net.URI drops the file's name
        URI to = strict(uri.resolve(parse(from, next)).toString(), next);
        if (tls() && to.getScheme().equals("http")) {
            throw refused(next + " is http, and is not taken for what was https; let the server redirect to https.");
        }
        return new Reference(to, next);
    }

    /** True for https. */
    boolean tls() {
        return uri.getScheme().equals("https");
    }

    /** The host's name, or its address; an address of IPv6 in brackets. */
    String host() {
        return uri.getHost();
    }

    /** The port, written or not. */
    int port() {
        int standard = tls() ? 443 : 80;
        return uri.getPort() < 0 ? standard : uri.getPort();
    }

    /** Path and query, as they are sent. */
    String target() {
        return uri.getRawQuery() == null ? uri.getRawPath() : uri.getRawPath() + "?" + uri.getRawQuery();
    }

    private static URI strict(String url, String name) {
        URI uri = parse(url, name);
        String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https")) {
            throw refused(name + " is no http or https URL; send one such as https://images.example.com/cat.jpg.");
        }
        if (uri.getRawAuthority() != null && uri.getRawAuthority().contains("@")) {
            throw refused(name + " has a user's name before the host; send it without.");
        }
        String host = HostName.normal(uri.getHost())
                .orElseThrow(() -> refused(
                        name + " has no proper host; send a name of letters, digits, - and dots, or an address."));
        if (uri.getPort() == 0 || uri.getPort() > 65_535) {
            throw refused(name + " has a port that there is not; send one of 1 to 65535.");
        }
        return rebuilt(uri, scheme, host);
    }

    private static URI rebuilt(URI uri, String scheme, String host) {
        String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
        String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
        String path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        return URI.create(scheme + "://" + host + port + path + query);
    }

    private static URI parse(String url, String name) {
        if (url.length() > LONGEST_URL) {
            throw refused("%s has %d characters; send at most %d.".formatted(name, url.length(), LONGEST_URL));
        }
        if (!url.chars().allMatch(character -> character > ' ' && character < 127)) {
            throw refused(
                    name
                            + " has characters that no URL has; send those of the path percent-encoded, and a host's name as xn--.");
        }
        try {
            return new URI(url);
        } catch (URISyntaxException e) {
            throw refused("%s is no URL (%s at character %d); correct it there."
                    .formatted(name, e.getReason(), e.getIndex() + 1));
        }
    }

    private static String shown(URI uri) {
        String shown = "%s://%s%s".formatted(uri.getScheme(), uri.getRawAuthority(), uri.getRawPath());
        return shown.length() <= LONGEST_NAME ? shown : shown.substring(0, LONGEST_NAME) + "...";
    }

    private static RequestFailedException refused(String detail) {
        return new RequestFailedException(new Failure.Invalid(detail));
    }
}
