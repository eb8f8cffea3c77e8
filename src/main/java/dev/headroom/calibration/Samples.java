package dev.headroom.calibration;

import dev.headroom.measured.Calibration;
import dev.headroom.measured.Sample;
import dev.headroom.measured.SeriesEnd;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** The measurements of one model so far, the best of each shape. */
final class Samples {

    /** So many rows of so many elements each. */
    record Shape(int batch, long length) {

        long elements() {
            return batch * length;
        }
    }

    private final Map<Shape, Sample> samples = new LinkedHashMap<>();
    private final Set<Shape> undisturbed = new HashSet<>();
    private final List<SeriesEnd> ends = new ArrayList<>();
    private long baseBytes;
    private OptionalLong stoppedAtBytes = OptionalLong.empty();

    Samples(long baseBytes) {
        this.baseBytes = baseBytes;
    }

    /** Keeps the shortest time of a shape, and the first memory that is known. */
    void add(Shape shape, OptionalLong memoryBytes, Duration time) {
        samples.merge(
                shape,
                new Sample(shape.batch(), shape.length(), memoryBytes, time),
                (known, now) -> new Sample(
                        shape.batch(),
                        shape.length(),
                        known.memoryBytes().isPresent() ? known.memoryBytes() : now.memoryBytes(),
                        known.time().compareTo(now.time()) < 0 ? known.time() : now.time()));
    }

    /** Notes that no other work had the processor during a run of a shape. */
    void ranUndisturbed(Shape shape) {
        undisturbed.add(shape);
    }

    /** True if other work had the processor during each run of a shape. */
    boolean disturbed(Shape shape) {
        return !undisturbed.contains(shape);
    }

    /** The bytes that the model takes without a batch. */
    long baseBytes() {
        return baseBytes;
    }

    /** Raises the bytes that the model takes without a batch, for the batches that follow. */
    void addBase(long bytes) {
        baseBytes += bytes;
    }

    /** Raises the bytes that the model takes without a batch, for the batches that were measured, too. */
    void addToAll(long bytes) {
        addBase(bytes);
        samples.replaceAll((shape, sample) ->
                new Sample(sample.batch(), sample.length(), plus(sample.memoryBytes(), bytes), sample.time()));
    }

    private static OptionalLong plus(OptionalLong taken, long bytes) {
        return taken.isPresent() ? OptionalLong.of(taken.getAsLong() + bytes) : taken;
    }

    /** Notes why the series of rows of this length ended. */
    void end(long length, SeriesEnd.Reason reason) {
        ends.add(new SeriesEnd(length, reason));
    }

    /** Notes that memory ended a series at so many bytes. */
    void stopAt(long bytes) {
        stoppedAtBytes = OptionalLong.of(bytes);
    }

    /** The time of a shape that was measured. */
    Duration time(Shape shape) {
        return samples.get(shape).time();
    }

    /** The rows a second of a shape that was measured. */
    double rate(Shape shape) {
        return samples.get(shape).itemsPerSecond();
    }

    /** The most rows of this length that ran together. */
    int largest(long length) {
        return samples.keySet().stream()
                .filter(shape -> shape.length() == length)
                .mapToInt(Shape::batch)
                .max()
                .orElse(1);
    }

    /** The bytes that a shape should take, the model included; 0 where too little is known. */
    long predictedBytes(Shape shape) {
        return calibration()
                .memory()
                .map(profile -> profile.bytes(shape.batch(), shape.length()))
                .orElse(0L);
    }

    /** The measurements as they are kept. */
    Calibration calibration() {
        return new Calibration(
                Instant.now(),
                baseBytes,
                stoppedAtBytes,
                List.copyOf(samples.values()),
                Optional.empty(),
                ends.stream()
                        .sorted(Comparator.comparingLong(SeriesEnd::length))
                        .toList(),
                Optional.empty());
    }
}
