package dev.headroom.function.download;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.function.download.AllowedHosts.Match;
import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import io.quarkus.runtime.configuration.ConfigurationException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReferenceTest {

    @ParameterizedTest
    @CsvSource({
        "http://example.com, http, example.com, 80, /",
        "HTTPS://Images.EXAMPLE.com/Cat.JPG, https, images.example.com, 443, /Cat.JPG",
        "https://example.com:8443/a%2fb?c=d%20e&f, https, example.com, 8443, /a%2fb?c=d%20e&f",
        "https://example.com:/a, https, example.com, 443, /a",
        "https://example.com?a, https, example.com, 443, /?a",
        "https://xn--bcher-kva.example/a, https, xn--bcher-kva.example, 443, /a",
        "https://example.com/a#b, https, example.com, 443, /a",
        "http://evil.example#@allowed.example/, http, evil.example, 80, /",
        "http://evil.example/@allowed.example/, http, evil.example, 80, /@allowed.example/",
        "http://evil.example?@allowed.example/, http, evil.example, 80, /?@allowed.example/",
        "http://minio:9000/a, http, minio, 9000, /a",
        "http://192.168.1.1/a, http, 192.168.1.1, 80, /a",
        "http://[0:0:0:0:0:0:0:1]/a, http, [0:0:0:0:0:0:0:1], 80, /a",
        "http://[::1]:81/a, http, [0:0:0:0:0:0:0:1], 81, /a",
        "http://[::ffff:127.0.0.1]/a, http, 127.0.0.1, 80, /a",
        "http://[::FFFF:7f00:1]/a, http, 127.0.0.1, 80, /a",
    })
    void isTakenApart(String url, String scheme, String host, int port, String target) {
        Reference reference = Reference.of(url);
        assertEquals(scheme.equals("https"), reference.tls());
        assertEquals(host, reference.host());
        assertEquals(port, reference.port());
        assertEquals(target, reference.target());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "example.com/a",
                "//example.com/a",
                "/a",
                "?a",
                "ftp://example.com/a",
                "file:///etc/passwd",
                "jar:http://example.com/a!/b",
                "data:image/png;base64,AAAA",
                "gopher://example.com/",
                "http:example.com",
                "http:/example.com",
                "http:///a",
                "http://",
                "http://:80/",
                "http://user@example.com/",
                "http://user:password@example.com/",
                "http://@example.com/",
                "http://allowed.example@evil.example/",
                "http://allowed.example%40evil.example/",
                "http://allowed.example\\@evil.example/",
                "http://allowed.example\\.evil.example/",
                "http://allowed.example%2fevil.example/",
                "http://allowed.example%00.evil.example/",
                "http://allowed.example /",
                "http://allowed.example\t/",
                " http://allowed.example/",
                "http://allowed.example/a b",
                "http://allowed.example/\r\nHost: evil.example",
                "http://allowed.example/a\nb",
                "http://allowed.example/\u0000",
                "http://allowed.example/\u007f",
                "http://allowed.example/ä",
                "http://bücher.example/",
                "http://allowed\u3002example/",
                "http://\u2460.example/",
                "http://allowed.example./",
                "http://.allowed.example/",
                "http://allowed..example/",
                "http://-allowed.example/",
                "http://allowed-/",
                "http://al_lowed.example/",
                "http://*.example/",
                "http://2130706433/",
                "http://0x7f000001/",
                "http://0x7f.1/",
                "http://0x7f.0x0.0x0.0x1/",
                "http://017700000001/",
                "http://0177.0.0.1/",
                "http://127.0.0.01/",
                "http://127.1/",
                "http://127.0.1/",
                "http://127.0.0.1./",
                "http://256.0.0.1/",
                "http://1.2.3.4.5/",
                "http://[::1/",
                "http://[::1%25lo]/",
                "http://[fe80::1%eth0]/",
                "http://[fe80::1%251]/",
                "http://[127.0.0.1]/",
                "http://[example.com]/",
                "http://[v1.a]/",
                "http://example.com:0/",
                "http://example.com:65536/",
                "http://example.com:-1/",
                "http://example.com:80a/",
                "http://example.com:99999999999/",
            })
    void whatCouldBeReadInTwoWaysIsRefused(String url) {
        RequestFailedException e = assertThrows(RequestFailedException.class, () -> Reference.of(url));
        assertInstanceOf(Failure.Invalid.class, e.failure());
        assertTrue(e.getMessage().startsWith("The reference "), e.getMessage());
    }

    @Test
    void aLabelOrANameThatIsTooLongIsRefused() {
        Reference.of("http://" + "a".repeat(63) + ".example/");
        assertThrows(RequestFailedException.class, () -> Reference.of("http://" + "a".repeat(64) + ".example/"));
        assertThrows(RequestFailedException.class, () -> Reference.of("http://" + "a.".repeat(126) + "ab/"));
        assertThrows(RequestFailedException.class, () -> Reference.of("http://example.com/" + "a".repeat(4000)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://example.com/a?signature=secret",
                "ftp://example.com/a?signature=secret",
                "https://secret@example.com/a",
                "https://example.com/ ?signature=secret",
                "https://example.com/{secret}",
                "https://example.com:0/?signature=secret",
                "https://exa_mple.com/?signature=secret",
            })
    void whatMayBeSignedIsInNoText(String url) {
        String text;
        try {
            text = Reference.of(url).name();
        } catch (RequestFailedException e) {
            text = e.getMessage();
        }
        assertFalse(text.contains("secret"), text);
    }

    @ParameterizedTest
    @CsvSource({
        "/c, https://example.com/c",
        "c?d, https://example.com/a/c?d",
        "../c, https://example.com/c",
        "?c, https://example.com/a/b?c",
        "//other.example/c, https://other.example/c",
        "HTTPS://Other.example, https://other.example/",
        "https://other.example:81/c#d, https://other.example:81/c",
    })
    void aRedirectLeadsOn(String location, String to) {
        Reference next = Reference.of("https://example.com/a/b?secret").redirect(location);
        Reference expected = Reference.of(to);
        assertEquals(expected.host(), next.host());
        assertEquals(expected.port(), next.port());
        assertEquals(expected.target(), next.target());
        assertEquals("What https://example.com/a/b redirects to", next.name());
        assertEquals(next.name(), next.redirect("/elsewhere").name());
    }

    @Test
    void aRedirectCannotLengthenTheHost() {
        assertEquals(
                "example.com",
                Reference.of("https://example.com").redirect(".evil.example/a").host());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://example.com/a",
                "ftp://example.com/",
                "https://user@example.com/",
                "https://127.1/",
                "//0x7f.1/",
                "\\\\evil.example/",
                "file:///etc/passwd",
                "https://example.com/a b",
            })
    void aRedirectIsReadAsStrictly(String location) {
        Reference reference = Reference.of("https://example.com/a");
        RequestFailedException e = assertThrows(RequestFailedException.class, () -> reference.redirect(location));
        assertTrue(e.getMessage().startsWith("What https://example.com/a redirects to "), e.getMessage());
    }

    @ParameterizedTest
    @CsvSource({
        "images.example.com, http://images.example.com/, NAMED",
        "images.example.com, https://IMAGES.example.com/, NAMED",
        "Images.Example.COM, https://images.example.com:443/, NAMED",
        "images.example.com, https://images.example.com:80/, NAMED",
        "images.example.com, https://images.example.com:8443/, NONE",
        "images.example.com, https://example.com/, NONE",
        "images.example.com, https://a.images.example.com/, NONE",
        "images.example.com, https://images.example.com.evil.example/, NONE",
        "images.example.com, https://evilimages.example.com/, NONE",
        "*.example.com, https://a.example.com/, NAMED",
        "*.example.com, https://a.b.example.com/, NAMED",
        "*.example.com, https://example.com/, NONE",
        "*.example.com, https://evilexample.com/, NONE",
        "minio:9000, http://minio:9000/, NAMED",
        "minio:9000, http://minio/, NONE",
        "*.example.com:9000, http://a.example.com:9000/, NAMED",
        "*, https://anything.example/, ANY",
        "*, https://8.8.8.8/, ANY",
        "*, https://anything.example:81/, NONE",
        "*:81, https://anything.example:81/, ANY",
        "10.0.0.1, http://10.0.0.1/, NAMED",
        "[::1]:81, http://[0:0::1]:81/, NAMED",
        "xn--bcher-kva.example, https://XN--BCHER-KVA.example/, NAMED",
    })
    void aHostIsAllowedByName(String entry, String url, Match match) {
        assertEquals(match, AllowedHosts.of(List.of(entry)).match(Reference.of(url)));
    }

    @Test
    void aNameCountsMoreThanAnyHost() {
        AllowedHosts hosts = AllowedHosts.of(List.of("*", "minio"));
        assertEquals(Match.NAMED, hosts.match(Reference.of("http://minio/")));
        assertEquals(Match.ANY, hosts.match(Reference.of("http://other/")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "https://example.com",
                "example.com/a",
                "user@example.com",
                "*example.com",
                "a.*.com",
                "**",
                "*.*",
                "*.10.0.0.1",
                "example.com:0",
                "example.com:65536",
                "example.com:",
                "::1",
                "127.1",
                "ex_ample.com",
                "bücher.example",
            })
    void whatIsNoHostIsRefusedWithTheNameOfTheSetting(String entry) {
        ConfigurationException e = assertThrows(ConfigurationException.class, () -> AllowedHosts.of(List.of(entry)));
        assertTrue(
                e.getMessage().startsWith("headroom.references.allowed-hosts has the entry '" + entry + "'"),
                e.getMessage());
    }
}
