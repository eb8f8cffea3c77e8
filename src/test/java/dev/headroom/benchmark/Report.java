package dev.headroom.benchmark;

import dev.headroom.benchmark.Series.Part;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Writes the results: all points, tables for people, and plots. */
record Report(Results results, Pacing pacing) {

    private static final String HOW = """
            The bare loop is ONNX Runtime's Java API with tensors made beforehand and outputs that nobody reads: every
            batch size and split of the cores looked at for a moment, the best measured in turns with the service.
            Served texts come over HTTP as JSON, one a request, from a client that shares the cores; tensors in binary come
            with their door. Figures are medians of %d rounds of %s s each. Single figures vary by some per cent.""";

    private static final String ARRIVALS = """
            Independent callers (Poisson, fixed seed) at shares of the most that the service answered above; a request's
            time counts from when it should have been sent.""";

    private static final String OVERHEAD = """
            A model that answers each token with its id, against a Vert.x server that reads the same body and answers as
            many bytes; both under %d callers in turns.""";

    /** Overwrites what an earlier run has left there. */
    void write(Path folder) throws IOException {
        Files.createDirectories(folder);
        CsvFile.write(folder.resolve("results.csv"), results.points());
        Files.writeString(folder.resolve("results.md"), text());
        for (Plot plot : Plot.values()) {
            Files.writeString(folder.resolve(plot.file()), plot.of(results).toString());
        }
        System.out.println("Written to " + folder.toAbsolutePath());
    }

    private String text() throws IOException {
        Markdown text = new Markdown();
        LoadTable tables = new LoadTable(results);
        text.paragraph("# Results of the bench");
        text.paragraph(Machine.describe() + ". Written by `./mvnw -Pbench verify -Dbench.seconds="
                + Markdown.number(pacing.seconds()) + "`.");
        text.paragraph(HOW.formatted(Pacing.ROUNDS, Markdown.number(pacing.seconds())));
        goals(text);
        for (Workload workload : Workload.values()) {
            text.heading("Texts of " + workload.label());
            tables.closed(text, workload);
        }
        text.paragraph(Plot.markdown());
        text.heading("Arrivals at a rate").paragraph(ARRIVALS);
        tables.open(text);
        overhead(text);
        alone(text);
        return text.toString();
    }

    private void goals(Markdown text) {
        text.heading("Goals")
                .table(
                        List.of("what", "measured", "goal", "reached"),
                        new Goals(results)
                                .all().stream()
                                        .map(goal -> List.of(
                                                goal.name(),
                                                Markdown.number(goal.measured()),
                                                goal.bound(),
                                                goal.reached() ? "yes" : "no"))
                                        .toList());
    }

    private void overhead(Markdown text) {
        text.heading("What the service itself costs")
                .paragraph(OVERHEAD.formatted(Overhead.CALLERS))
                .table(
                        List.of("what", "requests/s", "µs of processor time a request", "p50 ms", "p99 ms"),
                        List.of(overheadRow(Series.overhead(Part.ROUTE)), overheadRow(Series.overhead(Part.IDENTITY))));
    }

    private List<String> overheadRow(Series series) {
        return List.of(
                series.part().label(),
                Markdown.number(results.median(series, Measurement::perSecond)),
                Markdown.number(results.median(series, Measurement::cpuMicros)),
                Markdown.number(results.median(series, Measurement::p50)),
                Markdown.number(results.median(series, Measurement::p99)));
    }

    private void alone(Markdown text) {
        text.heading("The batcher alone")
                .paragraph("JMH, with a model that takes no time.")
                .table(
                        List.of("what", "µs"),
                        results.series(Part.JMH).stream()
                                .map(series -> List.of(
                                        series.setting(),
                                        Markdown.number(1e6 / results.median(series, Measurement::perSecond))))
                                .toList());
    }
}
