package dev.headroom.benchmark;

import dev.headroom.benchmark.Series.Part;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/** All points that have been measured, in their order. */
final class Results {

    private final List<Point> points = new ArrayList<>();

    /**
     * One measured point.
     *
     * @param series what it is one of
     * @param round which of several measurements; 0 for a glance that only chose what to measure
     */
    record Point(Series series, int round, Measurement measured) {

        private boolean counts() {
            return round > 0;
        }
    }

    void add(Series series, int round, Measurement measured) {
        points.add(new Point(series, round, measured));
        System.out.printf(
                "%-23s  %-14s  %-30s  %9.1f/s  p50 %8.2f ms  p99 %8.2f ms%n",
                series.part().label(),
                series.workload(),
                series.setting(),
                measured.perSecond(),
                measured.p50(),
                measured.p99());
    }

    List<Point> points() {
        return List.copyOf(points);
    }

    /** The series of a part that were measured in rounds. */
    List<Series> series(Part part) {
        return counted(part).map(Point::series).distinct().toList();
    }

    /** Those of them with this workload. */
    List<Series> series(Part part, Workload workload) {
        return series(part).stream()
                .filter(series -> series.workload().equals(workload.label()))
                .toList();
    }

    private Stream<Point> counted(Part part) {
        return points.stream().filter(point -> point.counts() && point.series().part() == part);
    }

    /** The median of a series' rounds; NaN where there were none. */
    double median(Series series, ToDoubleFunction<Measurement> value) {
        return median(point -> point.counts() && point.series().equals(series), value);
    }

    /** The first glance at a series. */
    double glance(Series series, ToDoubleFunction<Measurement> value) {
        return median(point -> !point.counts() && point.series().equals(series), value);
    }

    private double median(Predicate<Point> which, ToDoubleFunction<Measurement> value) {
        return median(points.stream().filter(which).mapToDouble(point -> value.applyAsDouble(point.measured())));
    }

    /** The median of figures; NaN where there are none. */
    static double median(DoubleStream figures) {
        double[] values = figures.sorted().toArray();
        if (values.length == 0) {
            return Double.NaN;
        }
        int middle = values.length / 2;
        return values.length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    }

    /** The most that was measured in any point of a part. */
    double most(Part part, ToDoubleFunction<Measurement> value) {
        return counted(part)
                .mapToDouble(point -> value.applyAsDouble(point.measured()))
                .max()
                .orElse(Double.NaN);
    }

    /** Requests not answered 200 in all points of a part. */
    Faults faults(Part part) {
        return counted(part).map(point -> point.measured().faults()).reduce(Faults.NONE, Faults::plus);
    }

    /** Requests not answered 200 in all rounds of a series. */
    Faults faults(Series series) {
        return counted(series.part())
                .filter(point -> point.series().equals(series))
                .map(point -> point.measured().faults())
                .reduce(Faults.NONE, Faults::plus);
    }

    /** The bare loop that ran most texts in a second. */
    Series bestBare(Workload workload) {
        return best(series(Part.BARE, workload), series -> median(series, Measurement::perSecond));
    }

    /** The bare single run that took the shortest. */
    Series bestSingle(Workload workload) {
        return best(series(Part.SINGLE, workload), series -> -median(series, Measurement::p50));
    }

    private static Series best(List<Series> some, ToDoubleFunction<Series> value) {
        return some.stream().max(Comparator.comparingDouble(value)).orElseThrow();
    }

    /** Most texts in a second that the service answered, whatever the callers. */
    double capacity(Workload workload) {
        return series(Part.CLOSED, workload).stream()
                .mapToDouble(series -> median(series, Measurement::perSecond))
                .max()
                .orElseThrow();
    }
}
