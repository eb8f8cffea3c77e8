package dev.headroom.function.access;

import com.sun.net.httpserver.HttpServer;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * An issuer of tokens as OpenID Connect has it: its configuration, its public keys, and tokens that it signs. It can hold
 * its answers back, or fail.
 */
public final class TestIssuer implements QuarkusTestResourceLifecycleManager {

    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

    private final KeyPair key = newKey();
    private final Map<String, KeyPair> published = new ConcurrentSkipListMap<>(Map.of("1", key));
    private final AtomicInteger asked = new AtomicInteger();
    private volatile CountDownLatch held = new CountDownLatch(0);
    private volatile boolean fails;
    private HttpServer server;
    private String url;

    private static KeyPair newKey() {
        try {
            return KeyPairGenerator.getInstance("RSA").generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public Map<String, String> start() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        url = "http://127.0.0.1:" + server.getAddress().getPort();
        server.setExecutor(task -> Thread.startVirtualThread(task));
        serve("/.well-known/openid-configuration", () -> {
            asked.incrementAndGet();
            return """
              {"issuer": "%1$s", "jwks_uri": "%1$s/keys", "token_endpoint": "%1$s/token",
               "authorization_endpoint": "%1$s/authorize"}""".formatted(url);
        });
        serve(
                "/keys",
                () -> published.entrySet().stream()
                        .map(named -> json(
                                named.getKey(), (RSAPublicKey) named.getValue().getPublic()))
                        .collect(Collectors.joining(",", "{\"keys\": [", "]}")));
        server.start();
        return Map.of("headroom.auth.issuer", url);
    }

    private static String json(String id, RSAPublicKey key) {
        return """
              {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": "%s", "n": "%s", "e": "%s"}""".formatted(id, number(key.getModulus()), number(key.getPublicExponent()));
    }

    /** How often somebody began to ask for its keys. */
    int asked() {
        return asked.get();
    }

    /** From now on it answers once the latch is open. */
    void hold(CountDownLatch latch) {
        held = latch;
    }

    /** Whether what it answers from now on is an error. */
    void fail(boolean fail) {
        fails = fail;
    }

    /** A token by a key of this name, which the issuer publishes, if it does at all, from now on. */
    String tokenOfKey(String id, boolean publishes, String audience) {
        KeyPair made = newKey();
        if (publishes) {
            published.put(id, made);
        }
        return signed("{\"alg\": \"RS256\", \"kid\": \"%s\"}".formatted(id), claims(audience, 60), made);
    }

    private static String number(BigInteger number) {
        byte[] bytes = number.toByteArray();
        int sign = bytes[0] == 0 ? 1 : 0;
        return BASE64.encodeToString(Arrays.copyOfRange(bytes, sign, bytes.length));
    }

    private void serve(String path, Supplier<String> json) {
        server.createContext(path, exchange -> {
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            byte[] body = json.get().getBytes(StandardCharsets.UTF_8);
            try {
                held.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            exchange.sendResponseHeaders(fails ? 500 : 200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
    }

    @Override
    public void inject(TestInjector injector) {
        injector.injectIntoFields(this, new TestInjector.MatchesType(TestIssuer.class));
    }

    @Override
    public void stop() {
        server.stop(0);
    }

    /** A token for an audience that is over so many seconds from now. */
    String token(String audience, long secondsLeft) {
        return signed("{\"alg\": \"RS256\", \"kid\": \"1\"}", claims(audience, secondsLeft), key);
    }

    /** A token with this issuer's name that somebody else has signed. */
    String forged(String audience) {
        return signed("{\"alg\": \"RS256\", \"kid\": \"1\"}", claims(audience, 60), newKey());
    }

    /** A token that nobody has signed. */
    String unsigned(String audience) {
        return part("{\"alg\": \"none\"}") + "." + part(claims(audience, 60)) + ".";
    }

    private String claims(String audience, long secondsLeft) {
        return """
              {"iss": "%s", "sub": "broker", "aud": "%s", "iat": %d, "exp": %d}""".formatted(
                        url,
                        audience,
                        Instant.now().getEpochSecond() - 3600,
                        Instant.now().getEpochSecond() + secondsLeft);
    }

    private static String signed(String header, String claims, KeyPair by) {
        try {
            String text = part(header) + "." + part(claims);
            Signature signature = Signature.getInstance("SHA256withRSA");
            signature.initSign(by.getPrivate());
            signature.update(text.getBytes(StandardCharsets.US_ASCII));
            return text + "." + BASE64.encodeToString(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String part(String json) {
        return BASE64.encodeToString(json.getBytes(StandardCharsets.UTF_8));
    }
}
