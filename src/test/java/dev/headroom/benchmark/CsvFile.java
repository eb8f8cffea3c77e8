package dev.headroom.benchmark;

import dev.headroom.benchmark.Results.Point;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** All points, one a row; what was not measured is empty. */
final class CsvFile {

    private static final String HEAD = "part,workload,setting,round,per_second,p50_ms,p99_ms,p999_ms,timeouts,errors,"
            + "items_per_batch,cpu_us_per_request,resident_mb";

    private CsvFile() {}

    static void write(Path file, List<Point> points) throws IOException {
        Files.write(
                file,
                Stream.concat(Stream.of(HEAD), points.stream().map(CsvFile::row))
                        .toList());
    }

    private static String row(Point point) {
        Measurement measured = point.measured();
        return String.join(
                ",",
                quoted(point.series().part().label()),
                quoted(point.series().workload()),
                quoted(point.series().setting()),
                "" + point.round(),
                number(measured.perSecond()),
                number(measured.p50()),
                number(measured.p99()),
                number(measured.p999()),
                "" + measured.faults().timeouts(),
                "" + measured.faults().errors(),
                number(measured.fill()),
                number(measured.cpuMicros()),
                number(measured.residentMegabytes()));
    }

    private static String quoted(String text) {
        return '"' + text + '"';
    }

    private static String number(double value) {
        return Double.isNaN(value) ? "" : "%.3f".formatted(value);
    }
}
