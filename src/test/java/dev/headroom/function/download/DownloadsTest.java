package dev.headroom.function.download;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import dev.headroom.settings.Configs;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.PfxOptions;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against real servers on loopback, under names that only the test's look-up knows. */
class DownloadsTest {

    private static final Vertx VERTX = Vertx.vertx();
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Duration SHORT = Duration.ofSeconds(1);

    @TempDir
    static Path folder;

    private final List<AutoCloseable> open = new ArrayList<>();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private Lookup lookup = host -> at(host, 127, 0, 0, 1);
    private HttpClientOptions options = Downloads.options(LONG);

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable closeable : open) {
            closeable.close();
        }
    }

    @AfterAll
    static void end() {
        VERTX.close().toCompletionStage().toCompletableFuture().join();
    }

    /** As the system's resolver answers: with the name in it. */
    private static InetAddress[] at(String host, int... bytes) throws UnknownHostException {
        byte[] address = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            address[i] = (byte) bytes[i];
        }
        return new InetAddress[] {InetAddress.getByAddress(host, address)};
    }

    private RawServer server(BiConsumer<String, NetSocket> answer) {
        return server(new NetServerOptions().setHost("127.0.0.1"), answer);
    }

    private RawServer server(NetServerOptions on, BiConsumer<String, NetSocket> answer) {
        RawServer server = new RawServer(VERTX, on, answer);
        open.add(server);
        return server;
    }

    private RawServer answering(String... parts) {
        return server((_, socket) -> {
            for (String part : parts) {
                socket.write(part);
            }
        });
    }

    /** Downloads from these hosts on any port of these servers, with these settings. */
    private Downloads downloads(String hosts, RawServer server, String... settings) {
        return downloads(hosts.replace("PORT", Integer.toString(server.port())), settings);
    }

    private Downloads downloads(String hosts, String... settings) {
        List<String> all = new ArrayList<>(List.of("headroom.references.allowed-hosts", hosts));
        all.addAll(List.of("headroom.references.allowed-networks", "127.0.0.1/32"));
        all.addAll(List.of(settings));
        Downloads downloads = new Downloads(
                ReferenceRules.of(Configs.of(all.toArray(String[]::new)).references()),
                new HostNames(host -> lookup.addresses(host)),
                VERTX.createHttpClient(options),
                registry);
        open.add(downloads::close);
        return downloads;
    }

    private Downloads downloads(RawServer server, String... settings) {
        return downloads("images.example:PORT", server, settings);
    }

    private static String url(RawServer server) {
        return "http://images.example:" + server.port() + "/cat.jpg?signature=secret";
    }

    private static <F extends Failure> F failure(Class<F> kind, Downloads downloads, String url, Duration timeLeft) {
        RequestFailedException e = assertThrows(RequestFailedException.class, () -> downloads.get(url, timeLeft));
        assertFalse(e.getMessage().contains("secret"), e.getMessage());
        return assertInstanceOf(kind, e.failure(), e.getMessage());
    }

    private static <F extends Failure> F failure(Class<F> kind, Downloads downloads, RawServer server) {
        return failure(kind, downloads, url(server), LONG);
    }

    private static void says(String part, Failure failure) {
        assertTrue(failure.detail().contains(part), failure.detail());
    }

    @Test
    void downloadsWhatItIsAskedForAndTellsNothingOfItself() {
        RawServer server = answering("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nSet-Cookie: a=b\r\n\r\ncat");
        Downloads downloads = downloads(server);
        assertEquals("cat", new String(downloads.get(url(server), LONG), UTF_8));
        assertEquals("cat", new String(downloads.get(url(server), LONG), UTF_8));
        String request = server.requests.getLast().toLowerCase();
        assertTrue(request.startsWith("get /cat.jpg?signature=secret http/1.1\r\n"), request);
        assertTrue(request.contains("\r\nhost: images.example:" + server.port() + "\r\n"), request);
        assertTrue(request.contains("\r\nuser-agent: headroom\r\n"), request);
        assertTrue(request.contains("\r\naccept-encoding: identity\r\n"), request);
        assertFalse(request.contains("cookie"), request);
        assertFalse(request.contains("authorization"), request);
        assertEquals(
                2,
                registry.get("headroom.downloads").tag("result", "ok").timer().count());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nc\r\n2\r\nat\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Encoding: Identity\r\nContent-Length: 3\r\n\r\ncat",
                "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\ncat",
            })
    void readsContentHoweverItsEndIsTold(String answer) {
        RawServer server = answering(answer);
        assertEquals("cat", new String(downloads(server).get(url(server), LONG), UTF_8));
    }

    @Test
    void readsContentThatEndsWithTheConnection() {
        RawServer server =
                server((_, socket) -> socket.end(Buffer.buffer("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\ncat")));
        assertEquals("cat", new String(downloads(server).get(url(server), LONG), UTF_8));
    }

    @Test
    void asksAnAddressOfTheNewKindByItself() {
        RawServer server = server(
                new NetServerOptions().setHost("::1"),
                (_, socket) -> socket.write("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\ncat"));
        Downloads downloads = downloads("[::1]:PORT", server, "headroom.references.allowed-networks", "::1");
        byte[] content = downloads.get("http://[::1]:" + server.port() + "/", LONG);
        assertEquals("cat", new String(content, UTF_8));
        assertTrue(server.requests.getFirst().contains("[0:0:0:0:0:0:0:1]:" + server.port() + "\r\n"));
    }

    @Test
    void takesNoReferenceUntilHostsAreNamed() {
        Downloads downloads = new Downloads(
                ReferenceRules.of(Configs.of().references()),
                new HostNames(host -> lookup.addresses(host)),
                VERTX.createHttpClient(options),
                registry);
        open.add(downloads::close);
        says(
                "headroom.references.allowed-hosts",
                failure(Failure.Invalid.class, downloads, "https://images.example/?secret", LONG));
    }

    @Test
    void asksNoHostThatIsNotNamed() {
        AtomicInteger lookups = new AtomicInteger();
        lookup = host -> {
            lookups.incrementAndGet();
            return at(host, 127, 0, 0, 1);
        };
        Downloads downloads = downloads("images.example");
        Failure failure = failure(Failure.Invalid.class, downloads, "https://other.example/a?secret", LONG);
        says("https://other.example/a is on a host or port that is not allowed", failure);
        says("headroom.references.allowed-hosts", failure);
        assertEquals(0, lookups.get(), "a name tells its server who looks it up");
    }

    @ParameterizedTest
    @CsvSource({"images.example:PORT, http://images.example:PORT/", "*:PORT, http://127.0.0.1:PORT/"})
    void connectsToNoAddressThatIsNotAllowed(String hosts, String url) {
        lookup = host -> at(host, 127, 0, 0, 2);
        RawServer server = answering("");
        Failure failure = failure(
                Failure.Invalid.class,
                downloads(hosts, server),
                url.replace("PORT", Integer.toString(server.port())),
                LONG);
        says("address is not public", failure);
        says("headroom.references.allowed-networks", failure);
        assertTrue(server.requests.isEmpty());
    }

    @Test
    void oneAddressThatIsNotAllowedIsEnoughToRefuseAll() {
        lookup = host -> new InetAddress[] {at(host, 127, 0, 0, 1)[0], at(host, 127, 0, 0, 2)[0]};
        RawServer server = answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        says("address is not public", failure(Failure.Invalid.class, downloads(server), server));
        assertTrue(server.requests.isEmpty());
    }

    /** The name is the machine's own too, and the server is not where the machine would look for it. */
    @Test
    void connectsToTheAddressThatWasCheckedWhateverTheNameLeadsToLater() {
        AtomicInteger lookups = new AtomicInteger();
        lookup = host -> lookups.getAndIncrement() == 0 ? at(host, 127, 0, 0, 3) : at(host, 127, 0, 0, 1);
        RawServer server = server(
                new NetServerOptions().setHost("127.0.0.3"),
                (_, socket) -> socket.write("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\ncat"));
        Downloads downloads = downloads("localhost:PORT", server, "headroom.references.allowed-networks", "127.0.0.3");
        String url = "http://localhost:" + server.port() + "/";
        assertEquals("cat", new String(downloads.get(url, LONG), UTF_8));
        assertEquals(1, lookups.get());
        says("address is not public", failure(Failure.Invalid.class, downloads, url, LONG));
        assertEquals(1, server.requests.size());
    }

    @Test
    void triesTheNextAddressWhereNobodyListensAtTheFirst() {
        lookup = host -> new InetAddress[] {at(host, 127, 0, 0, 4)[0], at(host, 127, 0, 0, 1)[0]};
        RawServer server = answering("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\ncat");
        Downloads downloads = downloads(server, "headroom.references.allowed-networks", "127.0.0.0/8");
        assertEquals("cat", new String(downloads.get(url(server), LONG), UTF_8));
    }

    @Test
    void mayBeTriedAgainWhereNobodyListens() throws Exception {
        int port;
        try (ServerSocket socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        Failure.Unavailable failure = failure(
                Failure.Unavailable.class,
                downloads("images.example:" + port),
                "http://images.example:" + port + "/a?secret",
                LONG);
        assertEquals(Transfer.RETRY_AFTER, failure.pause());
        says("http://images.example:" + port + "/a is on a host that is not reached", failure);
    }

    @Test
    void mayBeTriedAgainWhereTheNameIsNotFound() {
        lookup = host -> {
            throw new UnknownHostException(host);
        };
        says(
                "whose name is not found",
                failure(Failure.Unavailable.class, downloads("images.example"), "http://images.example/", LONG));
    }

    @Test
    void waitsForNoLookUpLongerThanAllowed() {
        CountDownLatch end = new CountDownLatch(1);
        open.add(end::countDown);
        lookup = host -> {
            awaitQuietly(end);
            return at(host, 127, 0, 0, 1);
        };
        failure(Failure.DeadlineExceeded.class, downloads("images.example"), "http://images.example/", SHORT);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void takesTheLargestThatIsAllowed() {
        RawServer server = answering("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\ncat");
        assertEquals(3, downloads(server, "headroom.references.max-bytes", "3").get(url(server), LONG).length);
    }

    /** No byte of the content is ever sent, or more and more of it. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\ncats\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nca\r\n2\r\nts\r\n",
                "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\ncats",
            })
    void hangsUpOnWhatIsTooLargeAsSoonAsThatIsKnown(String answer) throws Exception {
        RawServer server = answering(answer);
        Failure failure =
                failure(Failure.TooLarge.class, downloads(server, "headroom.references.max-bytes", "3"), server);
        says("is larger than 3 bytes; send a smaller one, or raise headroom.references.max-bytes", failure);
        assertTrue(server.hungUpOn());
        assertEquals(
                1,
                registry.get("headroom.downloads")
                        .tag("result", "too-large")
                        .timer()
                        .count());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "HTTP/1.1 200 OK\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nca",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nca\r\n",
            })
    void hangsUpOnWhatDoesNotEndInTime(String answer) throws Exception {
        RawServer server = answering(answer);
        failure(Failure.DeadlineExceeded.class, downloads(server), url(server), SHORT);
        assertTrue(server.hungUpOn());
    }

    @Test
    void theSettingLimitsTheWholeTimeHoweverOftenAByteComes() throws Exception {
        RawServer server = server((_, socket) -> {
            socket.write("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
            long timer = VERTX.setPeriodic(5, _ -> socket.write("a"));
            open.addFirst(() -> VERTX.cancelTimer(timer));
        });
        Failure failure = failure(
                Failure.Unavailable.class, downloads(server, "headroom.references.timeout", SHORT.toString()), server);
        says("headroom.references.timeout", failure);
        assertTrue(server.hungUpOn());
    }

    @Test
    void whoHasNoTimeLeftIsToldSoAtOnce() {
        RawServer server = answering("");
        failure(Failure.DeadlineExceeded.class, downloads(server), url(server), Duration.ZERO);
        failure(Failure.DeadlineExceeded.class, downloads(server), url(server), Duration.ofSeconds(-1));
        assertTrue(server.requests.isEmpty());
        assertEquals(
                2,
                registry.get("headroom.downloads").tag("result", "late").timer().count());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 404 Cat secret\r\nContent-Length: 6\r\n\r\nsecret",
                "HTTP/1.1 403 Forbidden\r\nContent-Length: 6\r\n\r\nsecret",
                "HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm=\"secret\"\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 204 No Content\r\n\r\n",
                "HTTP/1.1 206 Partial Content\r\nContent-Length: 3\r\n\r\ncat",
                "HTTP/1.1 304 Not Modified\r\n\r\n",
                "HTTP/1.1 302 Nowhere\r\nContent-Length: 0\r\n\r\n",
            })
    void whatIsNotThereIsNotWorthAskingAgain(String answer) {
        RawServer server = answering(answer);
        says("is not there, or not for everybody", failure(Failure.Invalid.class, downloads(server), server));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 500 secret\r\nContent-Length: 6\r\n\r\nsecret",
                "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 429 Slowly\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 408 Late\r\nContent-Length: 0\r\n\r\n",
            })
    void whatTheServerMayHaveLaterIs(String answer) {
        RawServer server = answering(answer);
        says("is not to be had", failure(Failure.Unavailable.class, downloads(server), server));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nca",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nca\r\n",
                "HTTP/1.1 200 OK\r\nContent-Le",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nno number\r\n",
                "secret, and no HTTP\r\n\r\n",
            })
    void whatIsBrokenOffIsNoContent(String answer) {
        RawServer server = server((_, socket) -> socket.end(Buffer.buffer(answer)));
        says("was broken off", failure(Failure.Unavailable.class, downloads(server), server));
    }

    @Test
    void takesNothingThatIsCompressed() throws Exception {
        RawServer server = answering("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 300\r\n\r\n");
        says("compressed", failure(Failure.Invalid.class, downloads(server), server));
        assertTrue(server.hungUpOn());
    }

    @ParameterizedTest
    @ValueSource(strings = {"a: b\r\n", "a"})
    void hangsUpOnHeadersWithoutEnd(String part) throws Exception {
        RawServer server = answering("HTTP/1.1 200 OK\r\n", part.repeat(20_000));
        says("headers that are too long", failure(Failure.Invalid.class, downloads(server), server));
        assertTrue(server.hungUpOn());
    }

    private static String redirect(String to) {
        return "HTTP/1.1 302 Found\r\nLocation: " + to + "\r\nContent-Length: 0\r\n\r\n";
    }

    @Test
    void followsRedirects() {
        RawServer server = server((head, socket) -> socket.write(
                head.startsWith("GET /cat.jpg")
                        ? redirect("/elsewhere?signature=secret")
                        : "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\ncat"));
        assertEquals("cat", new String(downloads(server).get(url(server), LONG), UTF_8));
        assertTrue(server.requests.getLast().startsWith("GET /elsewhere?signature=secret HTTP/1.1\r\n"));
        assertFalse(server.requests.getLast().toLowerCase().contains("referer"));
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "3, 4"})
    void followsNoMoreRedirectsThanAllowed(int most, int requests) {
        RawServer server = answering(redirect("/secret"));
        Failure failure = failure(
                Failure.Invalid.class,
                downloads(server, "headroom.references.max-redirects", Integer.toString(most)),
                server);
        says("headroom.references.max-redirects", failure);
        assertEquals(requests, server.requests.size());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://other.example/secret",
                "http://127.0.0.1:PORT/secret",
                "http://images.example:1/secret",
                "http://images.example:PORT@evil.example/secret",
                "//evil.example/secret",
                "file:///secret",
                "http://images.example:PORT\\@evil.example/secret",
            })
    void aRedirectIsCheckedLikeTheFirstUrl(String location) {
        RawServer[] server = new RawServer[1];
        server[0] = server((_, socket) -> socket.write(redirect(location.replace("PORT", "" + server[0].port()))));
        Failure failure = failure(Failure.Invalid.class, downloads(server[0]), server[0]);
        assertTrue(failure.detail().startsWith("What http://images.example:"), failure.detail());
        assertFalse(failure.detail().contains("evil.example"), "where a server redirects to is not for all to know");
        assertEquals(1, server[0].requests.size());
    }

    @Test
    void aRedirectToAnAddressThatIsNotAllowedIsRefused() {
        RawServer inside = server(new NetServerOptions().setHost("127.0.0.2"), (_, socket) -> socket.close());
        RawServer server = answering(redirect("http://127.0.0.2:" + inside.port() + "/secret"));
        Downloads downloads = downloads("images.example:PORT,127.0.0.2:" + inside.port(), server);
        says("address is not public", failure(Failure.Invalid.class, downloads, server));
        assertTrue(inside.requests.isEmpty());
    }

    /** A certificate of images.example that nobody but itself signed. */
    private static PfxOptions certificate() throws Exception {
        Path file = folder.resolve("images.example.p12");
        if (!Files.exists(file)) {
            String keytool =
                    Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
            String what = "-genkeypair -alias a -keyalg EC -dname CN=a -ext san=dns:images.example -storepass changeit";
            List<String> command = new ArrayList<>(List.of((keytool + " " + what + " -keystore").split(" ")));
            command.add(file.toString());
            assertEquals(0, new ProcessBuilder(command).start().waitFor());
        }
        return new PfxOptions().setPath(file.toString()).setPassword("changeit");
    }

    private RawServer tls(String answer) throws Exception {
        NetServerOptions on =
                new NetServerOptions().setHost("127.0.0.1").setSsl(true).setKeyCertOptions(certificate());
        return server(on, (_, socket) -> socket.write(answer));
    }

    @Test
    void trustsNoCertificateThatNobodySigned() throws Exception {
        RawServer server = tls("HTTP/1.1 200 OK\r\n\r\n");
        String url = "https://images.example:" + server.port() + "/cat.jpg?secret";
        says("certificate is not trusted", failure(Failure.Invalid.class, downloads(server), url, LONG));
        assertTrue(server.requests.isEmpty());
    }

    @Test
    void trustsACertificateOnlyForTheHostThatItNames() throws Exception {
        options = Downloads.options(LONG).setTrustOptions(certificate());
        RawServer server = tls("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\ncat");
        Downloads downloads = downloads("images.example:PORT,other.example:PORT,127.0.0.1:PORT", server);
        assertEquals(3, downloads.get("https://images.example:" + server.port() + "/", LONG).length);
        for (String other : List.of("other.example", "127.0.0.1")) {
            String url = "https://" + other + ":" + server.port() + "/";
            says("certificate is not trusted", failure(Failure.Invalid.class, downloads, url, LONG));
        }
        assertEquals(1, server.requests.size());
    }

    @Test
    void aRedirectDoesNotLeaveTls() throws Exception {
        options = Downloads.options(LONG).setTrustOptions(certificate());
        RawServer plain = answering("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\ncat");
        RawServer server = tls(redirect("http://images.example:" + plain.port() + "/"));
        Downloads downloads = downloads("images.example:PORT,images.example:" + plain.port(), server);
        String url = "https://images.example:" + server.port() + "/";
        says("is http, and is not taken for what was https", failure(Failure.Invalid.class, downloads, url, LONG));
        assertTrue(plain.requests.isEmpty());
    }

    @Test
    void downloadsSoManyAtATimeAsThePlanSays() throws Exception {
        BlockingQueue<NetSocket> asked = new LinkedBlockingQueue<>();
        RawServer server = server((_, socket) -> asked.add(socket));
        Downloads downloads = downloads(server);
        downloads.resize(2);
        List<CompletableFuture<Void>> all = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            all.add(CompletableFuture.runAsync(
                    () -> downloads.get(url(server), LONG), task -> Thread.startVirtualThread(task)));
        }
        NetSocket first = asked.poll(60, TimeUnit.SECONDS);
        NetSocket second = asked.poll(60, TimeUnit.SECONDS);
        failure(Failure.DeadlineExceeded.class, downloads, url(server), SHORT); // it has no turn
        assertNull(asked.poll(), "a third was asked for");
        answer(first);
        NetSocket third = asked.poll(60, TimeUnit.SECONDS);
        downloads.resize(3);
        NetSocket fourth = asked.poll(60, TimeUnit.SECONDS);
        List.of(second, third, fourth).forEach(DownloadsTest::answer);
        answer(asked.poll(60, TimeUnit.SECONDS));
        CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).get(60, TimeUnit.SECONDS);
        assertEquals(5, server.requests.size());
    }

    @Test
    void whoIsInterruptedLeavesTheLineAndTheServer() throws Exception {
        BlockingQueue<NetSocket> asked = new LinkedBlockingQueue<>();
        CountDownLatch left = new CountDownLatch(1);
        RawServer server = server((_, socket) -> asked.add(socket.closeHandler(_ -> left.countDown())));
        Downloads downloads = downloads(server);
        downloads.resize(1);
        Interrupted first = new Interrupted(() -> downloads.get(url(server), LONG));
        assertNotNull(asked.poll(60, TimeUnit.SECONDS));
        Interrupted second = new Interrupted(() -> downloads.get(url(server), LONG));
        says("is no longer waited for", second.end());
        says("is no longer waited for", first.end());
        assertTrue(left.await(60, TimeUnit.SECONDS), "the transfer goes on");
        assertEquals(1, server.requests.size());
        assertEquals(
                2,
                registry.get("headroom.downloads")
                        .tag("result", "abandoned")
                        .timer()
                        .count());
    }

    @Test
    void slowNameServersDoNotKeepOthersFromTheirs() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        CountDownLatch hanging = new CountDownLatch(60);
        open.add(end::countDown);
        lookup = host -> {
            if (host.startsWith("slow")) {
                hanging.countDown();
                awaitQuietly(end);
            }
            return at(host, 127, 0, 0, 1);
        };
        RawServer server = answering("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\ncat");
        Downloads downloads = downloads("images.example:PORT,slow.example:PORT", server);
        downloads.resize(100);
        String slow = url(server).replace("images", "slow");
        List<Interrupted> all = Stream.generate(() -> new Interrupted(() -> downloads.get(slow, LONG)))
                .limit(60)
                .toList();
        assertTrue(hanging.await(60, TimeUnit.SECONDS));
        assertEquals(3, downloads.get(url(server), LONG).length);
        all.forEach(Interrupted::end);
    }

    @Test
    void wherePlentyOfNameServersHangTheNextIsToldToComeAgain() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        CountDownLatch hanging = new CountDownLatch(64);
        open.add(end::countDown);
        lookup = host -> {
            hanging.countDown();
            awaitQuietly(end);
            return at(host, 127, 0, 0, 1);
        };
        RawServer server = answering("");
        Downloads downloads = downloads(server);
        downloads.resize(100);
        List<Interrupted> all = Stream.generate(() -> new Interrupted(() -> downloads.get(url(server), LONG)))
                .limit(64)
                .toList();
        assertTrue(hanging.await(60, TimeUnit.SECONDS));
        all.forEach(Interrupted::end);
        says("too many others are", failure(Failure.Unavailable.class, downloads, server));
    }

    /** A download on a thread of its own, which the test interrupts. */
    private static final class Interrupted {

        private final CompletableFuture<Failure> failure = new CompletableFuture<>();
        private final Thread thread;

        Interrupted(Runnable download) {
            thread = Thread.startVirtualThread(() -> {
                try {
                    download.run();
                    failure.completeExceptionally(new AssertionError("downloaded"));
                } catch (RequestFailedException e) {
                    failure.complete(e.failure());
                }
            });
        }

        Failure end() {
            thread.interrupt();
            return failure.orTimeout(60, TimeUnit.SECONDS).join();
        }
    }

    private static void answer(NetSocket socket) {
        socket.write("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\ncat");
    }
}
