package dev.headroom.hub;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.hub.StandInHub.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class HubTest {

    private static final StandInHub STAND_IN = new StandInHub();

    @TempDir
    Path root;

    private final List<Duration> pauses = Collections.synchronizedList(new ArrayList<>());
    private final List<Long> progress = Collections.synchronizedList(new ArrayList<>());

    @AfterAll
    static void close() {
        STAND_IN.close();
    }

    private HubSettings settings(String... more) {
        Map<String, String> variables =
                new HashMap<>(Map.of("HF_ENDPOINT", STAND_IN.address(), "HF_HUB_CACHE", root.toString()));
        for (int i = 0; i < more.length; i += 2) {
            variables.put(more[i], more[i + 1]);
        }
        return HubSettings.of(variables::get);
    }

    private Hub hub(HubSettings settings) {
        return new Hub(
                settings,
                new Progress() {
                    @Override
                    public void begins(String model, int files, long bytes) {
                        progress.clear();
                        progress.add(-bytes);
                    }

                    @Override
                    public void received(long bytes) {
                        progress.add(bytes);
                    }

                    @Override
                    public void ends() {
                        // the sum tells all
                    }
                },
                new Retries(3, pauses::add));
    }

    private static HubName name(String text) {
        return HubName.of(text).orElseThrow();
    }

    /** A repository with one large file, and its content. */
    private static byte[] large(String name) {
        byte[] content = new byte[300_000];
        new Random(7).nextBytes(content);
        STAND_IN.repository(name).file("onnx/model.onnx", content);
        return content;
    }

    private Path fetch(Hub hub, String name, String... files) {
        Repository repository = hub.find(name(name));
        Path folder = hub.fetch(repository, files.length == 0 ? repository.paths() : List.of(files));
        hub.keep(repository);
        return folder;
    }

    private String refusal(Hub hub, String name) {
        return assertThrows(HubException.class, () -> fetch(hub, name)).getMessage();
    }

    private List<String> requests(String part) {
        return STAND_IN.requests().stream()
                .filter(request -> request.contains(part))
                .toList();
    }

    @Test
    void writesACacheAsHuggingfaceHubDoes(@TempDir Path theirs) throws IOException {
        CacheFolder.write(theirs);
        CacheFolder.add(STAND_IN);
        try (Hub hub = hub(settings())) {
            Path folder = fetch(hub, CacheFolder.NAME);
            assertEquals(CacheFolder.entries(theirs), CacheFolder.entries(root));
            assertArrayEquals(
                    Files.readAllBytes(Path.of("src/test/resources/sentences/model.onnx")),
                    Files.readAllBytes(folder.resolve("onnx/model.onnx")));
        }
        assertEquals(0, progress.stream().mapToLong(Long::longValue).sum(), "all announced bytes were counted");
    }

    @Test
    void readsACacheOfHuggingfaceHubWithoutARequestWhereItIsOffline() throws IOException {
        CacheFolder.write(root);
        Map<String, String> before = CacheFolder.entries(root);
        try (Hub hub = hub(settings("HF_HUB_OFFLINE", "1", "HF_ENDPOINT", "http://127.0.0.1:1"))) {
            Path folder = fetch(hub, CacheFolder.NAME);
            assertTrue(Files.isRegularFile(folder.resolve("onnx/model.onnx")));
        }
        assertEquals(before, CacheFolder.entries(root));
    }

    @Test
    void whatACacheLacksIsNamedWhereItIsOffline() throws IOException {
        CacheFolder.write(root);
        Hub hub = hub(settings("HF_HUB_OFFLINE", "yes"));
        Files.delete(hub.fetch(hub.find(name(CacheFolder.NAME)), List.of()).resolve("tokenizer.json"));
        assertEquals(
                "acme/tiny-sentences: HF_HUB_OFFLINE is set, and the cache %s lacks tokenizer.json: pull it into that folder."
                        .formatted(root),
                refusal(hub, CacheFolder.NAME));
        assertTrue(refusal(hub, "acme/other").startsWith("acme/other: HF_HUB_OFFLINE is set, and the cache"));
    }

    @Test
    void aPinnedCommitThatIsThereNeedsNoRequest() throws IOException {
        String pinned = CacheFolder.NAME + "@" + CacheFolder.add(STAND_IN).commit();
        try (Hub hub = hub(settings())) {
            fetch(hub, pinned);
        }
        int before = STAND_IN.requests().size();
        try (Hub hub = hub(settings())) {
            fetch(hub, pinned);
        }
        assertEquals(before, STAND_IN.requests().size());
    }

    @Test
    void whereTheHubIsGoneTheCacheHolds() throws IOException {
        CacheFolder.write(root);
        try (Hub hub = hub(settings("HF_ENDPOINT", "http://127.0.0.1:1"))) {
            fetch(hub, CacheFolder.NAME);
            assertEquals(List.of(), pauses, "it is asked once");
            assertEquals(
                    "acme/none: http://127.0.0.1:1 cannot be used (127.0.0.1: no connection): check the network, the proxy and HF_ENDPOINT, or pull the model before and set HF_HUB_OFFLINE=1.",
                    refusal(hub, "acme/none"));
            assertEquals(2, pauses.size(), "it is asked three times");
        }
    }

    @Test
    void theTokenGoesToTheHubAlone() {
        large("acme/private");
        STAND_IN.repository("acme/private").onlyFor("secret").file("config.json", "{}");
        try (Hub hub = hub(settings("HF_TOKEN", "secret"))) {
            fetch(hub, "acme/private");
        }
        List<String> ofHub = requests("hub GET /acme/private");
        assertEquals(2, ofHub.size());
        assertTrue(ofHub.stream().allMatch(request -> request.endsWith(" Bearer secret")), ofHub::toString);
        List<String> ofStore = requests("store ");
        assertFalse(ofStore.isEmpty());
        assertTrue(ofStore.stream().noneMatch(request -> request.contains("secret")), ofStore::toString);
    }

    @Test
    void whatCannotBeHadIsToldWithTheRemedy() {
        STAND_IN.repository("acme/gated").gated("of-another");
        STAND_IN.repository("acme/model").file("config.json", "{}");
        try (Hub hub = hub(settings());
                Hub known = hub(settings("HF_TOKEN", "mine"))) {
            assertEquals(
                    "acme/none: 127.0.0.1 answered 401 (Invalid username or password): there is no such repository (nor a folder of that name here), or it is private; correct the name, or set HF_TOKEN to a token that may read it.",
                    refusal(hub, "acme/none"));
            assertTrue(refusal(known, "acme/none").contains("HF_TOKEN may not read it"));
            assertTrue(refusal(hub, "acme/gated")
                    .contains("only those who accept the conditions on " + STAND_IN.address() + "/acme/gated"));
            assertTrue(refusal(hub, "acme/model@v9").contains("there is no branch, tag or commit 'v9' of it"));
        }
        assertEquals(List.of(), pauses);
    }

    @Test
    void aRevisionThatIsGoneIsNotReplacedByTheCache() throws IOException {
        CacheFolder.write(root);
        Path refs = root.resolve("models--acme--tiny-sentences/refs");
        Files.copy(refs.resolve("main"), refs.resolve("old"));
        CacheFolder.add(STAND_IN);
        try (Hub hub = hub(settings())) {
            assertTrue(refusal(hub, CacheFolder.NAME + "@old").contains("no branch, tag or commit 'old'"));
        }
    }

    @Test
    void aDownloadThatHasNotEndedLeavesTheEarlierCommitInForce() throws IOException {
        StandInRepository repository = STAND_IN.repository("acme/moving").file("config.json", "{\"v\": 1}");
        try (Hub hub = hub(settings())) {
            fetch(hub, "acme/moving");
            String commit = repository.commit();
            repository.file("config.json", "{\"v\": 2}");
            STAND_IN.fail("config.json", Kind.UNAVAILABLE, Kind.UNAVAILABLE, Kind.UNAVAILABLE);
            refusal(hub, "acme/moving");
            Hub offline = hub(settings("HF_HUB_OFFLINE", "1"));
            assertEquals(commit, offline.find(name("acme/moving")).commit());
            assertEquals(
                    "{\"v\": 1}", Files.readString(fetch(offline, "acme/moving").resolve("config.json")));
        }
    }

    @Test
    void goesOnWhereTheConnectionEnded() throws IOException {
        byte[] content = large("acme/cut");
        STAND_IN.fail("onnx/model.onnx", Kind.TRUNCATED, Kind.TRUNCATED, Kind.TRUNCATED);
        try (Hub hub = hub(settings())) {
            assertArrayEquals(content, Files.readAllBytes(fetch(hub, "acme/cut").resolve("onnx/model.onnx")));
        }
        List<String> parts = requests("bytes=");
        assertTrue(parts.stream().anyMatch(request -> request.contains("bytes=150000-")), parts::toString);
        assertEquals(0, progress.stream().mapToLong(Long::longValue).sum());
    }

    @Test
    void aLaterProcessGoesOnToo() throws IOException {
        byte[] content = large("acme/later");
        STAND_IN.fail("onnx/model.onnx", Kind.TRUNCATED, Kind.UNAVAILABLE, Kind.UNAVAILABLE);
        try (Hub hub = hub(settings())) {
            assertTrue(refusal(hub, "acme/later").contains("(localhost answered 503)"));
        }
        Path folder = root.resolve("models--acme--later");
        try (Stream<Path> blobs = Files.list(folder.resolve("blobs"))) {
            assertEquals(
                    1,
                    blobs.filter(blob -> blob.toString().endsWith(".incomplete"))
                            .count());
        }
        assertFalse(Files.exists(folder.resolve("snapshots")), "nothing half is seen");
        int before = requests("bytes=150000-").size();
        try (Hub hub = hub(settings())) {
            assertArrayEquals(
                    content, Files.readAllBytes(fetch(hub, "acme/later").resolve("onnx/model.onnx")));
        }
        assertEquals(before + 2, requests("bytes=150000-").size(), "of the Hub and of its store");
        assertEquals(0, progress.stream().mapToLong(Long::longValue).sum(), "what was there is not announced");
    }

    @ParameterizedTest
    @EnumSource(
            value = Kind.class,
            names = {"RANGE_IGNORED", "RANGE_REFUSED"})
    void aServerThatKnowsNoPartsSendsAllAgain(Kind kind) throws IOException {
        byte[] content = large("acme/" + kind.name());
        STAND_IN.fail("onnx/model.onnx", Kind.TRUNCATED, kind);
        try (Hub hub = hub(settings())) {
            Path folder = fetch(hub, "acme/" + kind.name());
            assertArrayEquals(content, Files.readAllBytes(folder.resolve("onnx/model.onnx")));
        }
        assertEquals(0, STAND_IN.faultsLeft());
        assertEquals(0, progress.stream().mapToLong(Long::longValue).sum());
    }

    @Test
    void waitsAsLongAsTheHubAsks() {
        large("acme/busy");
        STAND_IN.fail("acme/busy/revision/main", Kind.RATE_LIMIT, Kind.UNAVAILABLE);
        STAND_IN.fail("onnx/model.onnx", Kind.RATE_LIMIT);
        try (Hub hub = hub(settings())) {
            fetch(hub, "acme/busy");
        }
        assertEquals(3, pauses.size());
        assertWithin(7, pauses.get(0));
        assertWithin(2, pauses.get(1));
        assertWithin(7, pauses.get(2));
    }

    @Test
    void anHourIsNotWaitedFor() {
        large("acme/hour");
        STAND_IN.fail("acme/hour/revision/main", Kind.LONG_RATE_LIMIT);
        try (Hub hub = hub(settings())) {
            assertEquals(
                    "acme/hour: %s cannot be used (127.0.0.1 answered 429, to be asked again in 3600 s): check the network, the proxy and HF_ENDPOINT, or pull the model before and set HF_HUB_OFFLINE=1."
                            .formatted(STAND_IN.address()),
                    refusal(hub, "acme/hour"));
        }
        assertEquals(List.of(), pauses);
    }

    @Test
    void aRefusalOfTheStoreBehindTheHubIsNotTakenForTheHubs() {
        large("acme/expired");
        STAND_IN.fail("onnx/model.onnx", Kind.EXPIRED);
        try (Hub hub = hub(settings())) {
            assertEquals(
                    "acme/expired: localhost, to which the Hub redirects, answered 403: check HF_ENDPOINT, and the proxy if there is one.",
                    refusal(hub, "acme/expired"));
        }
    }

    private static void assertWithin(int seconds, Duration pause) {
        assertTrue(pause.toMillis() >= seconds * 1000 && pause.toMillis() <= seconds * 1250, pause::toString);
    }

    @ParameterizedTest
    @EnumSource(
            value = Kind.class,
            names = {"OTHER_CONTENT", "POINTER"})
    void otherContentIsNeverServed(Kind kind) throws IOException {
        String name = "acme/" + kind.name();
        byte[] content = large(name);
        STAND_IN.repository(name).file("config.json", "{\"a\": 1}");
        STAND_IN.fail("onnx/model.onnx", kind);
        STAND_IN.fail("config.json", kind);
        try (Hub hub = hub(settings())) {
            Path folder = fetch(hub, name);
            assertArrayEquals(content, Files.readAllBytes(folder.resolve("onnx/model.onnx")));
            assertEquals("{\"a\": 1}", Files.readString(folder.resolve("config.json")));
        }
        assertEquals(0, STAND_IN.faultsLeft());
    }

    @Test
    void contentThatStaysWrongIsRefused() {
        large("acme/wrong");
        STAND_IN.fail("onnx/model.onnx", Kind.OTHER_CONTENT, Kind.OTHER_CONTENT);
        try (Hub hub = hub(settings())) {
            assertTrue(refusal(hub, "acme/wrong")
                    .contains("sent onnx/model.onnx 2 times with another content than its ETag"));
        }
        assertFalse(Files.exists(root.resolve("models--acme--wrong/snapshots")));
    }

    @Test
    void aStallEndsAndTheRestIsAskedFor() throws IOException {
        byte[] content = large("acme/stall");
        STAND_IN.fail("onnx/model.onnx", Kind.STALL);
        HubSettings usual = settings();
        HubSettings hasty = new HubSettings(
                usual.endpoint(), usual.token(), usual.cache(), false, true, Duration.ofMillis(500), Proxies.NONE);
        try (Hub hub = hub(hasty)) {
            assertArrayEquals(
                    content, Files.readAllBytes(fetch(hub, "acme/stall").resolve("onnx/model.onnx")));
        }
        assertEquals(1, pauses.size());
    }

    @Test
    void sizesThatTheListLeavesOutAreAskedFor() throws IOException {
        StandInHub plain = new StandInHub();
        plain.leaveSizesOut();
        CacheFolder.add(plain);
        try (plain;
                Hub hub = hub(settings("HF_ENDPOINT", plain.address()))) {
            Path folder = fetch(hub, CacheFolder.NAME);
            assertEquals(
                    "link to ../../../blobs/c73242774523305a81e3a71e76fcbef5c6a3ca0248894bf0c818e11c0bfd8684",
                    CacheFolder.entries(root)
                            .get(root.relativize(folder.resolve("onnx/model.onnx"))
                                    .toString()));
            assertTrue(plain.requests().stream().anyMatch(request -> request.startsWith("hub HEAD ")));
        }
    }

    @Test
    void twoAtATimeDownloadEachFileOnce() {
        large("acme/two");
        STAND_IN.repository("acme/two").file("config.json", "{\"two\": 2}");
        int before = requests("GET").size();
        try (Hub one = hub(settings());
                Hub other = hub(settings())) {
            CompletableFuture<Path> first = CompletableFuture.supplyAsync(() -> fetch(one, "acme/two"));
            CompletableFuture<Path> second = CompletableFuture.supplyAsync(() -> fetch(other, "acme/two"));
            assertEquals(first.join(), second.join());
        }
        // two descriptions; the large file from the Hub and the store; the small one from the Hub and its cache
        assertEquals(before + 6, requests("GET").size());
    }

    @Test
    void filesStandInSnapshotsWhereThereAreNoLinks() throws IOException {
        CacheFolder.add(STAND_IN);
        try (Hub hub = hub(settings("HF_HUB_DISABLE_SYMLINKS", "1"))) {
            Path graph = fetch(hub, CacheFolder.NAME).resolve("onnx/model.onnx");
            assertTrue(Files.isRegularFile(graph));
            assertFalse(Files.isSymbolicLink(graph));
            int before = requests("GET").size();
            fetch(hub, CacheFolder.NAME);
            assertEquals(before + 1, requests("GET").size(), "the description alone");
        }
    }

    @Test
    void tooLittleRoomIsSaidBefore() {
        HubFile huge = new HubFile("onnx/model.onnx", OptionalLong.of(1L << 60), Optional.of("0".repeat(64)));
        Listing listing = Listing.of(Stream.of(huge));
        Repository repository = new Repository(
                name("acme/huge"), "1".repeat(40), listing, listing.files().keySet());
        try (Hub hub = hub(settings())) {
            String message = assertThrows(HubException.class, () -> hub.fetch(repository, List.of("onnx/model.onnx")))
                    .getMessage();
            assertTrue(message.startsWith("acme/huge: 1,152,921,504,606,846,976 bytes are to be downloaded"), message);
        }
        assertTrue(requests("/acme/huge/").isEmpty());
    }

    @Test
    void aCacheThatCannotBeWrittenIsNamed() throws IOException {
        CacheFolder.add(STAND_IN);
        Files.writeString(root.resolve("models--acme--tiny-sentences"), "a file where a folder has to be");
        try (Hub hub = hub(settings())) {
            assertTrue(refusal(hub, CacheFolder.NAME).contains("the cache " + root + " cannot be written"));
        }
    }

    @Test
    void noFileLeavesTheCache() throws IOException {
        Path below = Files.createDirectories(root.resolve("a/b/cache"));
        StandInRepository repository = STAND_IN.repository("acme/hostile");
        Random random = new Random(42);
        List<String> parts = List.of(
                "..",
                ".",
                "",
                "/",
                "\\",
                "x",
                "onnx",
                "\0",
                "\n",
                "..\\",
                "%2e%2e",
                "é",
                "\u202e",
                "C:",
                "~",
                "a".repeat(300),
                " ");
        for (int i = 0; i < 300; i++) {
            StringBuilder path = new StringBuilder(random.nextBoolean() ? "../" : "");
            for (int j = random.nextInt(5); j >= 0; j--) {
                path.append(parts.get(random.nextInt(parts.size()))).append(random.nextInt(4) == 0 ? "" : "/");
            }
            repository.file(path + "f" + i, "hostile " + i);
        }
        repository
                .file("../../../escaped", "x")
                .file("/tmp/headroom-escaped", "x")
                .file("onnx/model.onnx", "x");
        try (Hub hub = hub(settings("HF_HUB_CACHE", below.toString()))) {
            Repository found = hub.find(name("acme/hostile"));
            assertTrue(found.paths().size() > 5, "some are harmless");
            for (String path : found.paths()) {
                try {
                    Path folder = hub.fetch(found, List.of(path));
                    Path real = folder.resolve(path).toRealPath();
                    assertTrue(real.startsWith(below.toRealPath()), path);
                } catch (HubException e) {
                    // a file and a folder of one name, or a name that the file system has not
                }
            }
        }
        try (Stream<Path> all = Files.walk(root)) {
            assertTrue(all.filter(Files::isRegularFile).allMatch(file -> file.startsWith(below)));
        }
        assertFalse(Files.exists(Path.of("/tmp/headroom-escaped")));
    }

    @Test
    void anETagThatIsAPathIsRefused() {
        assertEquals(Optional.empty(), HubFile.etagOf("\"../../x\""));
        assertEquals(Optional.of("abc"), HubFile.etagOf("W/\"abc\""));
        assertFalse(HubCache.isCommit("../x"));
    }
}
