package dev.headroom.benchmark;

import dev.headroom.CheckpointContainer;
import dev.headroom.benchmark.ColdStart.Taken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * From the beginning of the process to the first embedding: the image's folder against the same build by {@code java -jar},
 * against a function of Quarkus that says hello, with {@code before} against the image's folder of another build, and where CRIU
 * works against the image's checkpoint, in turns. Files are in the page cache: the first turn does not count.
 *
 * <p>{@code ./mvnw -DskipTests package && ./mvnw test-compile surefire:test@default-test -Dtest=ColdStartBenchmark
 * -DexcludedGroups= [-Dstarts=10]
 * [-Dbefore=...]}
 */
@Tag("benchmark")
class ColdStartBenchmark {

    private static final int STARTS = Integer.getInteger("starts", 10);
    private static final String HELLO = ColdStart.get("/hello");

    @Test
    void print() throws Exception {
        Map<ColdStart, List<Taken>> all = new LinkedHashMap<>();
        starts().forEach(start -> all.put(start, new ArrayList<>()));
        for (int turn = 0; turn <= STARTS; turn++) {
            for (Map.Entry<ColdStart, List<Taken>> start : all.entrySet()) {
                Taken taken = start.getKey().take(false);
                if (turn > 0) {
                    start.getValue().add(taken);
                }
            }
        }
        System.out.println(Machine.describe());
        System.out.println(table(all));
    }

    private static List<ColdStart> starts() throws IOException, InterruptedException {
        Path hello = hello();
        List<ColdStart> starts = new ArrayList<>(List.of(
                ColdStart.image("image", Path.of("target/image/headroom")),
                ColdStart.jar(),
                new ColdStart(
                        "hello, AOT cache",
                        hello,
                        List.of(ColdStart.JAVA, "-XX:AOTCache=hello.aot", "-jar", "quarkus-run.jar"),
                        HELLO),
                new ColdStart("hello, java -jar", hello, List.of(ColdStart.JAVA, "-jar", "quarkus-run.jar"), HELLO)));
        ColdStart.before().ifPresent(starts::add);
        if (CheckpointContainer.permitted()) {
            CheckpointContainer checkpoint =
                    CheckpointContainer.of("checkpoint-image", Map.of("QUARKUS_HTTP_PORT", "0"));
            checkpoint.make();
            starts.add(new ColdStart(
                    "image, restored", Path.of("").toAbsolutePath(), checkpoint.serving(), ColdStart.EMBED));
        }
        return starts;
    }

    /** Builds it, and has it write its AOT cache. */
    private static Path hello() throws IOException, InterruptedException {
        Path target = Path.of("target/hello").toAbsolutePath();
        int status = new ProcessBuilder(
                        "./mvnw", "-q", "-B", "-f", "src/test/hello/pom.xml", "-Dhello.target=" + target, "package")
                .inheritIO()
                .start()
                .waitFor();
        if (status != 0) {
            throw new IOException("src/test/hello was not built");
        }
        Path app = target.resolve("quarkus-app");
        Files.deleteIfExists(app.resolve("hello.aot"));
        List<String> recording = List.of(ColdStart.JAVA, "-XX:AOTCacheOutput=hello.aot", "-jar", "quarkus-run.jar");
        new ColdStart("hello", app, recording, HELLO).take(true);
        return app;
    }

    private static String table(Map<ColdStart, List<Taken>> all) {
        double reference = median(all.values().iterator().next(), Taken::firstAnswer);
        List<List<String>> rows = all.entrySet().stream()
                .map(start -> List.of(
                        start.getKey().name(),
                        seconds(start.getValue(), Taken::ready),
                        seconds(start.getValue(), Taken::firstAnswer),
                        "x %.2f".formatted(median(start.getValue(), Taken::firstAnswer) / reference),
                        "%.0f MB".formatted(median(start.getValue(), Taken::residentMegabytes))))
                .toList();
        return new Markdown()
                .table(List.of("start", "ready", "first answer", "to the image's", "resident"), rows)
                .toString();
    }

    private static String seconds(List<Taken> taken, ToDoubleFunction<Taken> figure) {
        return "%.2f s (%.2f)"
                .formatted(
                        median(taken, figure),
                        taken.stream().mapToDouble(figure).min().orElseThrow());
    }

    private static double median(List<Taken> taken, ToDoubleFunction<Taken> figure) {
        return Results.median(taken.stream().mapToDouble(figure));
    }
}
