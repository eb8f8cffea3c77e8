package dev.headroom.benchmark;

import dev.headroom.benchmark.Series.Part;
import java.util.ArrayList;
import java.util.List;

/** Tables of what was measured under load. */
record LoadTable(Results results) {

    private static final List<String> LATENCY = List.of("p50 ms", "p99 ms", "p99.9 ms");
    private static final List<String> SERVER = List.of("items a batch", "time-outs", "errors");

    /** The bare loops and the closed loops of a workload. */
    void closed(Markdown text, Workload workload) {
        double best = results.median(results.bestBare(workload), Measurement::perSecond);
        List<List<String>> rows = new ArrayList<>();
        for (Part part : List.of(Part.BARE, Part.SINGLE, Part.CLOSED)) {
            for (Series series : results.series(part, workload)) {
                double perSecond = results.median(series, Measurement::perSecond);
                String what = part.label() + ", " + series.setting();
                rows.add(row(series, what, Markdown.number(perSecond), Markdown.number(perSecond / best)));
            }
        }
        text.table(joined(List.of(List.of("what", "texts/s", "to the best bare loop"), LATENCY, SERVER)), rows);
    }

    /** The open loops of all workloads. */
    void open(Markdown text) {
        text.table(
                joined(List.of(List.of("what", "answered/s"), LATENCY, SERVER)),
                results.series(Part.OPEN).stream().map(this::openRow).toList());
    }

    private List<String> openRow(Series series) {
        double perSecond = results.median(series, Measurement::perSecond);
        return row(series, series.workload() + ", " + series.setting(), Markdown.number(perSecond));
    }

    private List<String> row(Series series, String... first) {
        Faults faults = results.faults(series);
        return joined(List.of(
                List.of(first),
                List.of(
                        Markdown.number(results.median(series, Measurement::p50)),
                        Markdown.number(results.median(series, Measurement::p99)),
                        Markdown.number(results.median(series, Measurement::p999))),
                List.of(
                        Markdown.number(results.median(series, Measurement::fill)),
                        "" + faults.timeouts(),
                        "" + faults.errors())));
    }

    private static List<String> joined(List<List<String>> parts) {
        return parts.stream().flatMap(List::stream).toList();
    }
}
