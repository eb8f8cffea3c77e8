package dev.headroom.serving;

import dev.headroom.device.Bytes;
import dev.headroom.measured.Calibration;
import dev.headroom.measured.MemoryProfile;
import dev.headroom.measured.Sample;
import dev.headroom.measured.SeriesEnd;
import dev.headroom.plan.Table;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A model's calibration as {@code GET /plan} and the log show it.
 *
 * @param status the state of the calibration
 * @param at the time of the measurement
 * @param memory predicts the memory of a batch
 * @param check compares that prediction with a batch it was not fitted to
 * @param table the batches that were measured
 * @param ends why no larger batches were measured
 */
public record CalibrationReport(
        CalibrationStatus status,
        Optional<Instant> at,
        Optional<MemoryProfile> memory,
        Optional<Calibration.Check> check,
        List<Line> table,
        List<SeriesEnd> ends) {

    /**
     * A measured batch.
     *
     * @param batch rows
     * @param length elements of each row
     * @param elements rows x length
     * @param memoryBytes memory that the model took, weights included; empty where an earlier batch had taken more
     * @param millis the fastest run
     * @param itemsPerSecond rows a second
     */
    public record Line(
            int batch, long length, long elements, Optional<Long> memoryBytes, double millis, double itemsPerSecond) {

        public static Line of(Sample sample) {
            Optional<Long> memory = sample.memoryBytes().isPresent()
                    ? Optional.of(sample.memoryBytes().getAsLong())
                    : Optional.empty();
            return new Line(
                    sample.batch(),
                    sample.length(),
                    sample.elements(),
                    memory,
                    Math.round(sample.time().toNanos() / 1e4) / 1e2,
                    Math.round(sample.itemsPerSecond() * 10) / 10.0);
        }

        private List<String> cells() {
            return List.of(
                    Integer.toString(batch),
                    Long.toString(length),
                    Long.toString(elements),
                    memoryBytes.map(Bytes::text).orElse(""),
                    String.format(Locale.ROOT, "%.2f ms", millis),
                    String.format(Locale.ROOT, "%.1f", itemsPerSecond));
        }
    }

    public static CalibrationReport of(CalibrationStatus status, Optional<Calibration> calibration) {
        return new CalibrationReport(
                status,
                calibration.map(Calibration::at),
                calibration.flatMap(Calibration::memory),
                calibration.flatMap(Calibration::check),
                calibration
                        .map(measured -> measured.samples().stream()
                                .sorted(Comparator.comparingLong(Sample::length).thenComparingInt(Sample::batch))
                                .map(Line::of)
                                .toList())
                        .orElse(List.of()),
                calibration.map(Calibration::ends).orElse(List.of()));
    }

    /** The calibration as the log prints it; empty where there is none. */
    public String text() {
        if (table.isEmpty()) {
            return "";
        }
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("batch", "length", "elements", "memory", "time", "items/s"));
        table.stream().map(Line::cells).forEach(rows::add);
        return new Table(rows).text() + endsText() + memoryText() + checkText();
    }

    private String endsText() {
        return ends.stream()
                .map(end -> "%n  %s ended the series of rows of %d elements"
                        .formatted(end.reason().text(), end.length()))
                .collect(Collectors.joining());
    }

    private String memoryText() {
        return memory.map(profile -> String.format(
                        Locale.ROOT,
                        "%n  memory = %s + rows x (%.0f x length + %.2f x length^2) bytes",
                        Bytes.text(profile.baseBytes()),
                        profile.bytesPerElement(),
                        profile.bytesPerSquare()))
                .orElse("");
    }

    private String checkText() {
        return check.map(checked -> String.format(
                        Locale.ROOT,
                        "%n  checked with a batch of %d x %d not fitted to: predicted %s, took %s",
                        checked.batch(),
                        checked.length(),
                        Bytes.text(checked.predictedBytes()),
                        Bytes.text(checked.actualBytes())))
                .orElse("");
    }
}
