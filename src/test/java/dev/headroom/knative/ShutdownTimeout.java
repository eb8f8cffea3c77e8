package dev.headroom.knative;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** The time in which a service that ends answers what it has admitted. */
final class ShutdownTimeout {

    private ShutdownTimeout() {}

    /** Its seconds, as the service is packaged. */
    static long seconds() throws IOException {
        return Files.readAllLines(Path.of("src/main/resources/application.properties")).stream()
                .filter(line -> line.startsWith("quarkus.shutdown.timeout="))
                .mapToLong(line -> Duration.parse("PT" + line.split("=")[1]).toSeconds())
                .findFirst()
                .orElseThrow();
    }
}
