package dev.headroom;

import dev.headroom.session.ArenaTenant;
import io.quarkus.bootstrap.runner.AotQuarkusEntryPoint;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * Starts the packaged application as {@code java -jar quarkus-run.jar} does, and a tenant of its arena beside it. The
 * tenant obeys lines on the standard input: each is a number of bytes that it holds from then on, and is acknowledged by
 * a line on the standard output. The first is to be sent when the service listens, because its arena is there then.
 *
 * <p>The class path is {@code quarkus-run.jar}, the packaged application's own jar, for the tenant alone, and the tests'
 * classes: Quarkus loads the application by a class loader of its own that looks into the packaged jars first.
 */
public final class SqueezedMain {

    static final String ACKNOWLEDGEMENT = "tenant ";

    private SqueezedMain() {}

    /** Starts both. */
    public static void main(String... args) throws Throwable {
        Thread.ofPlatform().daemon().name("tenant").start(SqueezedMain::obey);
        AotQuarkusEntryPoint.main(args);
    }

    private static void obey() {
        try (BufferedReader commands =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII))) {
            ArenaTenant tenant = null;
            for (String bytes = commands.readLine(); bytes != null; bytes = commands.readLine()) {
                tenant = tenant == null ? new ArenaTenant() : tenant;
                System.out.println(ACKNOWLEDGEMENT + hold(tenant, Long.parseLong(bytes)));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String hold(ArenaTenant tenant, long bytes) {
        try {
            tenant.hold(bytes);
            return "holds " + bytes;
        } catch (IllegalStateException e) {
            return "was refused " + bytes + ": " + e.getMessage().replaceAll("\\s*\\R\\s*", " ");
        }
    }
}
