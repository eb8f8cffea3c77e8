package dev.headroom.benchmark;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** The plots of the report. */
enum Plot {
    THROUGHPUT("throughput.svg", "Throughput over concurrency", Plot::throughput),
    LATENCY("latency.svg", "Latency over concurrency, texts of 20 words", Plot::latency),
    FILL("batch-fill.svg", "Batch fill over load", Plot::fill);

    private final String file;
    private final String title;
    private final Function<Results, SvgPlot> drawing;

    Plot(String file, String title, Function<Results, SvgPlot> drawing) {
        this.file = file;
        this.title = title;
        this.drawing = drawing;
    }

    String file() {
        return file;
    }

    SvgPlot of(Results results) {
        return drawing.apply(results);
    }

    /** All of them, as images. */
    static String markdown() {
        return Arrays.stream(values())
                .map(plot -> "![%s](%s)".formatted(plot.title, plot.file))
                .collect(Collectors.joining("\n\n"));
    }

    private static SvgPlot throughput(Results results) {
        List<SvgPlot.Line> lines = new ArrayList<>();
        for (Workload workload : Workload.values()) {
            double bare = results.median(results.bestBare(workload), Measurement::perSecond);
            lines.add(line(
                    workload.label(),
                    Contest.CALLERS,
                    callers -> results.median(Series.closed(workload, callers), Measurement::perSecond) / bare));
        }
        return new SvgPlot(
                THROUGHPUT.title, callers(), Axis.fromZero("throughput to the best bare loop's", most(lines)), lines);
    }

    private static SvgPlot latency(Results results) {
        IntFunction<Series> closed = callers -> Series.closed(Workload.TWENTY_WORDS, callers);
        List<SvgPlot.Line> lines = List.of(
                line("p50", Contest.CALLERS, callers -> results.median(closed.apply(callers), Measurement::p50)),
                line("p99", Contest.CALLERS, callers -> results.median(closed.apply(callers), Measurement::p99)),
                line("p99.9", Contest.CALLERS, callers -> results.median(closed.apply(callers), Measurement::p999)));
        return new SvgPlot(LATENCY.title, callers(), Axis.decades("ms", least(lines), most(lines)), lines);
    }

    private static SvgPlot fill(Results results) {
        List<SvgPlot.Line> lines = new ArrayList<>();
        for (Workload workload : Workload.values()) {
            lines.add(line(
                    workload.label(),
                    Contest.PERCENT_OF_CAPACITY,
                    percent -> results.median(Series.open(workload, percent), Measurement::fill)));
        }
        return new SvgPlot(
                FILL.title,
                Axis.at("arrivals, % of capacity", false, Contest.PERCENT_OF_CAPACITY),
                Axis.fromZero("items a batch", most(lines)),
                lines);
    }

    private static Axis callers() {
        return Axis.at("callers", true, Contest.CALLERS);
    }

    private static SvgPlot.Line line(String name, int[] xs, ToDoubleFunction<Integer> y) {
        return new SvgPlot.Line(
                name,
                Arrays.stream(xs)
                        .mapToObj(x -> new SvgPlot.Spot(x, y.applyAsDouble(x)))
                        .toList());
    }

    private static double most(List<SvgPlot.Line> lines) {
        return lines.stream()
                .flatMap(line -> line.spots().stream())
                .mapToDouble(SvgPlot.Spot::y)
                .max()
                .orElseThrow();
    }

    private static double least(List<SvgPlot.Line> lines) {
        return lines.stream()
                .flatMap(line -> line.spots().stream())
                .mapToDouble(SvgPlot.Spot::y)
                .min()
                .orElseThrow();
    }
}
