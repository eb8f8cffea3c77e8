package dev.headroom.hub;

import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A Hub on this machine that behaves like the real one: descriptions with sizes and hashes, small files from a cache of its own behind a
 * relative redirect, large ones (Git LFS) from a store of another host, access by token, and failures on demand.
 */
public final class StandInHub implements AutoCloseable {

    private static final Pattern DESCRIPTION =
            Pattern.compile("/api/models/(?<name>[^/]+(/[^/]+)?)/(?<what>revision|tree)/(?<revision>[^/]+)");
    private static final Pattern RESOLVE =
            Pattern.compile("/(?<name>[^/]+(/[^/]+)?)/resolve/(?<revision>[^/]+)/(?<path>.+)");
    private static final Pattern CACHED =
            Pattern.compile("/api/resolve-cache/models/(?<name>[^/]+(/[^/]+)?)/(?<revision>[0-9a-f]{40})/(?<path>.+)");

    private final Vertx vertx = Vertx.vertx();
    private final HttpServer hub;
    private final HttpServer store;
    private final Map<String, StandInRepository> repositories = new ConcurrentHashMap<>();
    private final Deque<Fault> faults = new ArrayDeque<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private volatile boolean sizes = true;

    /**
     * A failure that happens once.
     *
     * @param path the end of the path of the file, or of the request, that fails
     * @param kind the failure
     */
    private record Fault(String path, Kind kind) {}

    /** The kinds of failures. */
    public enum Kind {
        /** 429 with Retry-After. */
        RATE_LIMIT,
        /** The same with an hour to wait. */
        LONG_RATE_LIMIT,
        /** 403, as of an address that is no longer valid. */
        EXPIRED,
        /** 503. */
        UNAVAILABLE,
        /** The connection ends in the middle. */
        TRUNCATED,
        /** As many bytes, but others. */
        OTHER_CONTENT,
        /** The pointer of Git LFS instead of the file. */
        POINTER,
        /** Nothing more comes from the middle on. */
        STALL,
        /** The whole file although a part was asked for. */
        RANGE_IGNORED,
        /** 416 although there is more. */
        RANGE_REFUSED
    }

    /** A Hub without repositories. */
    public StandInHub() {
        hub = listen(this::hub);
        store = listen(this::store);
    }

    private HttpServer listen(Handler<HttpServerRequest> handler) {
        return vertx.createHttpServer()
                .requestHandler(handler)
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .join();
    }

    /** Its address. */
    public String address() {
        return "http://127.0.0.1:" + hub.actualPort();
    }

    /** The repository of this name, which is added where there is none. */
    public StandInRepository repository(String name) {
        return repositories.computeIfAbsent(name, StandInRepository::new);
    }

    /** Makes the next requests for a file fail, one after the other. */
    public synchronized void fail(String path, Kind... kinds) {
        for (Kind kind : kinds) {
            faults.add(new Fault(path, kind));
        }
    }

    /** The number of failures that have not happened. */
    public synchronized int faultsLeft() {
        return faults.size();
    }

    /** Leaves sizes and hashes out of its lists. */
    public void leaveSizesOut() {
        sizes = false;
    }

    /** The requests so far: server, method, path, Range and Authorization. */
    public List<String> requests() {
        return requests;
    }

    private synchronized Optional<Kind> fault(String path) {
        Optional<Fault> next =
                faults.stream().filter(fault -> path.endsWith(fault.path())).findFirst();
        next.ifPresent(faults::remove);
        return next.map(Fault::kind);
    }

    private void note(String server, HttpServerRequest request) {
        requests.add("%s %s %s %s %s"
                .formatted(
                        server,
                        request.method(),
                        request.path(),
                        request.getHeader("Range"),
                        request.getHeader("Authorization")));
    }

    private void hub(HttpServerRequest request) {
        note("hub", request);
        Matcher description = DESCRIPTION.matcher(request.path());
        Matcher cached = CACHED.matcher(request.path());
        Matcher resolve = RESOLVE.matcher(request.path());
        if (description.matches()) {
            describe(request, description);
        } else if (cached.matches()) {
            request.response().putHeader("X-Repo-Commit", text(cached, "revision"));
            found(request, cached).ifPresent(file -> serve(request, file, file.etag()));
        } else if (resolve.matches()) {
            found(request, resolve).ifPresent(file -> redirect(request, resolve, file));
        } else {
            error(request, 404, "EntryNotFound", "Nothing here");
        }
    }

    private static String text(Matcher matcher, String group) {
        return URLDecoder.decode(matcher.group(group), StandardCharsets.UTF_8);
    }

    private Optional<StandInRepository> asked(HttpServerRequest request, Matcher matcher) {
        StandInRepository repository = repositories.get(matcher.group("name"));
        if (repository == null || !repository.lets(request.getHeader("Authorization"))) {
            error(
                    request,
                    repository == null ? 401 : repository.status(),
                    repository == null ? "RepoNotFound" : repository.code(),
                    "Invalid username or password.");
            return Optional.empty();
        }
        if (!repository.has(text(matcher, "revision"))) {
            error(request, 404, "RevisionNotFound", "Invalid rev id: " + text(matcher, "revision"));
            return Optional.empty();
        }
        return Optional.of(repository);
    }

    private Optional<StandInRepository.Stored> found(HttpServerRequest request, Matcher matcher) {
        Optional<StandInRepository> repository = asked(request, matcher);
        Optional<StandInRepository.Stored> file = repository.flatMap(known -> known.file(text(matcher, "path")));
        if (repository.isPresent() && file.isEmpty()) {
            error(request, 404, "EntryNotFound", "Entry not found");
        }
        return file;
    }

    private void describe(HttpServerRequest request, Matcher matcher) {
        Optional<Kind> fault = fault(request.path());
        if (fault.isPresent()) {
            refuse(request, fault.get());
            return;
        }
        asked(request, matcher).ifPresent(repository -> {
            boolean tree = text(matcher, "what").equals("tree");
            boolean blobs = sizes && "true".equals(request.getParam("blobs"));
            JsonArray files = new JsonArray();
            repository.files().forEach(file -> files.add(tree ? file.inTree() : file.inDescription(blobs)));
            request.response()
                    .putHeader("Content-Type", "application/json")
                    .end(
                            tree
                                    ? files.encode()
                                    : new JsonObject()
                                            .put("id", repository.name())
                                            .put("sha", repository.commit())
                                            .put("siblings", files)
                                            .encode());
        });
    }

    private void redirect(HttpServerRequest request, Matcher resolve, StandInRepository.Stored file) {
        String name = resolve.group("name");
        String commit = repositories.get(name).commit();
        String to = file.large()
                ? "http://localhost:%d/%s?Signature=x".formatted(store.actualPort(), file.etag())
                : "/api/resolve-cache/models/%s/%s/%s".formatted(name, commit, resolve.group("path"));
        request.response()
                .setStatusCode(file.large() ? 302 : 307)
                .putHeader("Location", to)
                .putHeader("X-Repo-Commit", commit)
                .putHeader("X-Linked-Size", String.valueOf(file.content().length))
                .putHeader("X-Linked-Etag", "\"" + file.etag() + "\"")
                .putHeader("ETag", "\"" + file.etag() + "\"")
                .end();
    }

    private void store(HttpServerRequest request) {
        note("store", request);
        String etag = request.path().substring(1);
        repositories.values().stream()
                .flatMap(repository -> repository.files().stream())
                .filter(file -> file.etag().equals(etag))
                .findFirst()
                .ifPresentOrElse(
                        file -> serve(request, file, "of-the-store"),
                        () -> request.response().setStatusCode(403).end());
    }

    private void serve(HttpServerRequest request, StandInRepository.Stored file, String etag) {
        boolean head = request.method().name().equals("HEAD");
        Optional<Kind> fault = head ? Optional.empty() : fault(file.path());
        Buffer content = Buffer.buffer(file.content());
        int from = fault.filter(Kind.RANGE_IGNORED::equals).isPresent() ? 0 : from(request);
        HttpServerResponse response = request.response().putHeader("ETag", "\"" + etag + "\"");
        if (from > 0 && from >= content.length()
                || fault.filter(Kind.RANGE_REFUSED::equals).isPresent()) {
            response.setStatusCode(416).end();
            return;
        }
        if (from > 0) {
            response.setStatusCode(206)
                    .putHeader(
                            "Content-Range", "bytes %d-%d/%d".formatted(from, content.length() - 1, content.length()));
        }
        response.putHeader("Content-Length", String.valueOf(content.length() - from));
        if (fault.isPresent()) {
            spoil(request, fault.get(), content.slice(from, content.length()));
        } else if (head) {
            response.end();
        } else {
            response.end(content.slice(from, content.length()));
        }
    }

    private static int from(HttpServerRequest request) {
        String range = request.getHeader("Range");
        return range == null ? 0 : Integer.parseInt(range.replaceAll("bytes=(\\d+)-", "$1"));
    }

    private static void spoil(HttpServerRequest request, Kind kind, Buffer content) {
        HttpServerResponse response = request.response();
        Buffer half = content.slice(0, content.length() / 2);
        switch (kind) {
            case TRUNCATED ->
                response.write(half).onComplete(written -> request.connection().close());
            case STALL -> response.write(half);
            case OTHER_CONTENT -> response.end(Buffer.buffer(new byte[content.length()]));
            case POINTER -> {
                Buffer pointer = Buffer.buffer("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n");
                response.putHeader("Content-Length", String.valueOf(pointer.length()))
                        .end(pointer);
            }
            case RANGE_IGNORED -> response.end(content);
            case RATE_LIMIT, LONG_RATE_LIMIT, EXPIRED, UNAVAILABLE, RANGE_REFUSED -> refuse(request, kind);
        }
    }

    /** Refuses a request; one that stalls is never answered. */
    private static void refuse(HttpServerRequest request, Kind kind) {
        HttpServerResponse response = request.response();
        response.headers().remove("Content-Length");
        if (kind == Kind.RATE_LIMIT) {
            response.setStatusCode(429).putHeader("Retry-After", "7").end();
        } else if (kind == Kind.LONG_RATE_LIMIT) {
            response.setStatusCode(429).putHeader("Retry-After", "3600").end();
        } else if (kind == Kind.EXPIRED) {
            response.setStatusCode(403).end();
        } else if (kind == Kind.UNAVAILABLE) {
            response.setStatusCode(503).end();
        }
    }

    private static void error(HttpServerRequest request, int status, String code, String message) {
        request.response()
                .setStatusCode(status)
                .putHeader("X-Error-Code", code)
                .putHeader("X-Error-Message", message)
                .end(new JsonObject().put("error", message).encode());
    }

    @Override
    public void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    /** Serves a folder under a name until the process is ended: to try other clients on it. */
    public static void main(String... arguments) throws Exception {
        StandInHub hub = new StandInHub();
        hub.repository(arguments[0]).copy(Path.of(arguments[1]));
        System.out.println(hub.address());
        Thread.currentThread().join();
    }
}
