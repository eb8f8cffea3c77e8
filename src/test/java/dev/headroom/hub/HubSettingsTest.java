package dev.headroom.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HubSettingsTest {

    private static HubSettings of(Map<String, String> variables) {
        return HubSettings.of(variables::get);
    }

    @Test
    void withoutVariablesTheyAreThoseOfHuggingfaceHub() {
        HubSettings usual = of(Map.of("HOME", "/home/me"));
        assertEquals("https", usual.endpoint().getScheme());
        assertEquals(Path.of("/home/me/.cache/huggingface/hub"), usual.cache());
        assertEquals(Optional.empty(), usual.token());
        assertFalse(usual.offline());
        assertTrue(usual.links());
    }

    @ParameterizedTest
    @CsvSource({
        "XDG_CACHE_HOME, /x, /x/huggingface/hub",
        "HF_HOME, /h, /h/hub",
        "HF_HOME, ~/h, /home/me/h/hub",
        "HUGGINGFACE_HUB_CACHE, /c, /c",
        "HF_HUB_CACHE, /c, /c"
    })
    void theCacheIsWhereTheVariablesSay(String name, String value, Path cache) {
        assertEquals(cache, of(Map.of("HOME", "/home/me", name, value)).cache());
    }

    @Test
    void theTokenIsThatOfTheEnvironmentElseOfTheFile(@TempDir Path home) throws IOException {
        Files.writeString(home.resolve("token"), "of-the-file\n");
        Files.writeString(home.resolve("other"), "of-another");
        String folder = home.toString();
        assertEquals(Optional.of("of-the-file"), of(Map.of("HF_HOME", folder)).token());
        assertEquals(
                Optional.of("of-another"),
                of(Map.of("HF_HOME", folder, "HF_TOKEN_PATH", folder + "/other"))
                        .token());
        assertEquals(
                Optional.of("mine"),
                of(Map.of("HF_HOME", folder, "HF_TOKEN", " mine ")).token());
        assertEquals(
                Optional.empty(),
                of(Map.of("HF_HOME", folder, "HF_HUB_DISABLE_IMPLICIT_TOKEN", "1"))
                        .token());
        assertFalse(of(Map.of("HF_TOKEN", "mine")).toString().contains("mine"));
    }

    @Test
    void aTokenThatCannotBeSentIsRefusedWithoutShowingIt() {
        String message = assertThrows(HubException.class, () -> of(Map.of("HF_TOKEN", "my\ntoken")))
                .getMessage();
        assertFalse(message.contains("my"), message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hub.example.org",
                "ftp://hub.example.org",
                "https://",
                "https://a b",
                "https://me:x@hub.example.org"
            })
    void anEndpointThatIsNoneIsRefused(String endpoint) {
        String message = assertThrows(HubException.class, () -> of(Map.of("HF_ENDPOINT", endpoint)))
                .getMessage();
        assertTrue(message.startsWith("HF_ENDPOINT is "), message);
    }

    @Test
    void slashesBehindTheEndpointAndTimeoutsAreRead() {
        HubSettings settings =
                of(Map.of("HF_ENDPOINT", "https://hub.example.org/mirror//", "HF_HUB_DOWNLOAD_TIMEOUT", "7"));
        assertEquals(URI.create("https://hub.example.org/mirror"), settings.endpoint());
        assertEquals(Duration.ofSeconds(7), settings.longestWait());
        assertThrows(HubException.class, () -> of(Map.of("HF_HUB_DOWNLOAD_TIMEOUT", "soon")));
    }

    @Test
    void proxiesAreThoseThatOtherProgramsUse() {
        Proxies proxies = of(Map.of(
                        "https_proxy", "http://proxy.example.org:3128", "NO_PROXY", "localhost, .svc, 10.0.0.1:80"))
                .proxies();
        assertEquals(
                Optional.of(URI.create("http://proxy.example.org:3128")),
                proxies.proxy(URI.create("https://hub.example.org/x")));
        assertEquals(Optional.empty(), proxies.proxy(URI.create("https://hub.models.svc/x")));
        assertEquals(Optional.empty(), proxies.proxy(URI.create("https://10.0.0.1/x")));
        assertEquals(Optional.empty(), proxies.proxy(URI.create("http://hub.example.org/x")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"BAAI/bge-small-en-v1.5", "gpt2", "a/b@main", "a/b@refs/pr/1", "a/b@v1.0+x", "a_b/c-d"})
    void namesAreRead(String name) {
        assertEquals(name, HubName.of(name).orElseThrow().toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "a/",
                "/a",
                "a/b/c",
                "a--b/c",
                "../a",
                "a/..",
                ".a",
                "a-",
                "a b",
                "a/b@",
                "a/b@../x",
                "a/b@/x",
                "a/b@x/",
                "a/b@x//y",
                "a\\b",
                "a/b.git",
                "é/b"
            })
    void otherTextsAreNoNames(String text) {
        assertEquals(Optional.empty(), HubName.of(text));
    }
}
