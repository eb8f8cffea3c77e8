package dev.headroom.benchmark;

import ai.onnxruntime.OrtEnvironment;
import io.quarkus.builder.Version;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;

/** Where and with what was measured. */
final class Machine {

    private Machine() {}

    static String describe() throws IOException {
        return "%s, %d cores (%s), %s %s, Quarkus %s, ONNX Runtime %s, Java %s"
                .formatted(
                        LocalDate.now(ZoneOffset.UTC),
                        Runtime.getRuntime().availableProcessors(),
                        processor(),
                        System.getProperty("os.name"),
                        System.getProperty("os.version"),
                        Version.getVersion(),
                        OrtEnvironment.getEnvironment().getVersion(),
                        Runtime.version());
    }

    private static String processor() throws IOException {
        return Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                .filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse(System.getProperty("os.arch"));
    }
}
