package dev.headroom.benchmark;

import dev.headroom.batch.BatchingBenchmark;
import dev.headroom.benchmark.Series.Part;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.tools.ToolProvider;
import org.openjdk.jmh.generators.BenchmarkProcessor;

/**
 * Runs JMH's benchmarks of the batcher, without a server and without a model, in a process of their own. What JMH
 * generates is compiled here, so that no build has to run its processor.
 */
record BatcherAlone(Results results) {

    private static final String CLASS_PATH = System.getProperty("java.class.path");
    private static final Path SOURCE =
            Path.of("src/test/java", BatchingBenchmark.class.getName().replace('.', '/') + ".java");
    private static final Path GENERATED = Path.of("target/jmh-classes");
    private static final Path SCORES = Path.of("target/jmh.csv");
    private static final int SCORE = 4;

    void measure() throws IOException, InterruptedException {
        compile();
        run();
        Files.readAllLines(SCORES).stream().skip(1).forEach(this::read);
    }

    private static void compile() throws IOException {
        Files.createDirectories(GENERATED);
        List<String> arguments = List.of(
                "-proc:full",
                "-processor",
                BenchmarkProcessor.class.getName(),
                "-nowarn",
                "-d",
                GENERATED.toString(),
                "-cp",
                CLASS_PATH,
                SOURCE.toString());
        int status = ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(String[]::new));
        check("JMH's compiler", status);
    }

    private static void run() throws IOException, InterruptedException {
        int status = new ProcessBuilder(
                        System.getProperty("java.home") + "/bin/java",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-cp",
                        GENERATED + File.pathSeparator + CLASS_PATH,
                        "org.openjdk.jmh.Main",
                        BatchingBenchmark.class.getSimpleName(),
                        "-rf",
                        "csv",
                        "-rff",
                        SCORES.toString())
                .inheritIO()
                .start()
                .waitFor();
        check("JMH", status);
    }

    private static void check(String what, int status) {
        if (status != 0) {
            throw new IllegalStateException("%s ended with %d".formatted(what, status));
        }
    }

    private void read(String row) {
        String[] fields = row.replace("\"", "").split(",");
        String benchmark = fields[0].substring(fields[0].lastIndexOf('.') + 1);
        double micros = Double.parseDouble(fields[SCORE]);
        results.add(new Series(Part.JMH, "fake model", benchmark), 1, Measurement.of(1e6 / micros, Latency.NONE));
    }
}
