package dev.headroom.hub;

import dev.headroom.hub.Exchange.Receiver;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The requests to the Hub. Any thread may call. */
final class HubClient implements AutoCloseable {

    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
    private static final int MOST_REDIRECTS = 5;

    private final HubSettings settings;
    private final HttpClient client;

    /**
     * An answer.
     *
     * @param status the status of the last answer
     * @param headers the headers of the Hub itself, and of the last answer where redirects led elsewhere
     */
    record Answer(int status, List<HttpHeaders> headers) {

        /** The first value of a header; empty where no answer has it. */
        Optional<String> header(String name) {
            return headers.stream()
                    .map(one -> one.firstValue(name))
                    .flatMap(Optional::stream)
                    .findFirst();
        }
    }

    HubClient(HubSettings settings) {
        this.settings = settings;
        // HTTP/1.1 gives each file a connection of its own, so that a slow one delays no other
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(Redirect.NEVER)
                .connectTimeout(settings.longestWait())
                .proxy(Proxies.ofTheEnvironment(settings.proxies()))
                .build();
    }

    /** The address of a file. */
    URI file(HubName name, String commit, String path) {
        return at("/%s/resolve/%s/%s".formatted(name.repository(), encoded(commit), encodedPath(path)));
    }

    /** The address of the description of a repository, with the list of its files. */
    URI description(HubName name) {
        return at("/api/models/%s/revision/%s?blobs=true".formatted(name.repository(), encoded(name.revision())));
    }

    private URI at(String path) {
        return URI.create(settings.endpoint() + path);
    }

    private static String encoded(String part) {
        return URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static String encodedPath(String path) {
        return Stream.of(path.split("/")).map(HubClient::encoded).collect(Collectors.joining("/"));
    }

    /**
     * Sends a request, to wherever redirects lead. The token goes to the Hub alone.
     *
     * @param headers more headers of the request
     * @throws PassingException when another try may succeed
     * @throws Refusal when none will
     * @throws IOException as the receiver has it
     */
    Answer send(String method, URI address, Map<String, String> headers, Receiver receiver)
            throws IOException, InterruptedException {
        URI next = address;
        Optional<HttpHeaders> first = Optional.empty();
        for (int i = 0; i <= MOST_REDIRECTS; i++) {
            HttpResponse<Void> response = sendOnce(method, next, headers, receiver);
            HttpHeaders own = response.headers();
            first = first.or(() -> own.firstValue("X-Repo-Commit").map(commit -> own));
            Optional<String> location = own.firstValue("Location");
            if (!REDIRECTS.contains(response.statusCode()) || location.isEmpty()) {
                check(next, response);
                return new Answer(
                        response.statusCode(),
                        Stream.concat(first.stream(), Stream.of(own)).toList());
            }
            if (method.equals("HEAD") && own.firstValue("X-Linked-Etag").isPresent()) {
                return new Answer(200, List.of(own)); // all that is asked for; the store behind it may know no HEAD
            }
            next = redirected(next, location.get());
        }
        throw new Refusal("%s redirects more than %d times".formatted(address.getHost(), MOST_REDIRECTS));
    }

    private static URI redirected(URI from, String location) throws IOException {
        URI to;
        try {
            to = from.resolve(location);
        } catch (IllegalArgumentException e) {
            throw new Refusal("%s redirects to no address".formatted(from.getHost()));
        }
        boolean http = "http".equals(to.getScheme()) && "http".equals(from.getScheme());
        if (to.getHost() == null || !http && !"https".equals(to.getScheme())) {
            throw new Refusal("%s redirects to an address that is not https".formatted(from.getHost()));
        }
        return to;
    }

    private HttpResponse<Void> sendOnce(String method, URI address, Map<String, String> headers, Receiver receiver)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(address)
                .method(method, HttpRequest.BodyPublishers.noBody())
                .header("User-Agent", "headroom")
                .header("Accept-Encoding", "identity"); // the bytes that the ETag is of
        headers.forEach(request::header);
        if (isTheHub(address)) {
            settings.token().ifPresent(token -> request.header("Authorization", "Bearer " + token));
        }
        return new Exchange(client, settings.longestWait(), receiver).send(request.build());
    }

    /** True if the address has the scheme, host and port of the Hub. */
    private boolean isTheHub(URI address) {
        URI hub = settings.endpoint();
        return address.getScheme().equalsIgnoreCase(hub.getScheme())
                && address.getHost().equalsIgnoreCase(hub.getHost())
                && port(address) == port(hub);
    }

    private static int port(URI address) {
        int usual = address.getScheme().equalsIgnoreCase("https") ? 443 : 80;
        return address.getPort() < 0 ? usual : address.getPort();
    }

    private void check(URI address, HttpResponse<Void> response) throws IOException {
        int status = response.statusCode();
        if (status == 408 || status == 429 || status >= 500) {
            Duration pause = RetryAfter.of(response.headers());
            throw new PassingException(
                    "%s answered %d%s"
                            .formatted(
                                    address.getHost(),
                                    status,
                                    pause.isZero() ? "" : ", to be asked again in %d s".formatted(pause.toSeconds())),
                    pause);
        }
        if (status >= 300 && status != 416) {
            throw isTheHub(address)
                    ? new Refusal(status, response.headers())
                    : new Refusal("%s, to which the Hub redirects, answered %d".formatted(address.getHost(), status));
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
        client.close();
    }
}
