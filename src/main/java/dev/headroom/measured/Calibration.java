package dev.headroom.measured;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The measurements of one model on one device. Only measurements are kept: all else follows from them.
 *
 * @param at the time of the measurement
 * @param baseBytes memory of the device that the loaded model takes without a batch
 * @param stoppedAtBytes the memory budget that ended the measuring before the knee; empty where that was reached
 * @param samples the batches that ran, in the order in which they ran; rows of the greatest length are among them
 * @param lanes the trial of how to share the cores; empty where there is nothing to share
 * @param ends why each series of growing batches ended
 * @param grown the batch that growth under load has reached since; empty where nothing has grown
 */
@RegisterForReflection
public record Calibration(
        Instant at,
        long baseBytes,
        OptionalLong stoppedAtBytes,
        List<Sample> samples,
        Optional<LaneTrial> lanes,
        List<SeriesEnd> ends,
        Optional<GrownBatch> grown) {

    /** A batch whose throughput reaches this share of the best counts as good as the best. */
    private static final double AS_GOOD = 0.95;

    /** With this factor more memory than before, larger batches are worth trying. */
    private static final double CLEARLY_MORE = 1.25;

    /** A calibration of a device that has no cores to share, whose series throughput or memory ended. */
    public Calibration(Instant at, long baseBytes, OptionalLong stoppedAtBytes, List<Sample> samples) {
        this(at, baseBytes, stoppedAtBytes, samples, Optional.empty(), List.of(), Optional.empty());
    }

    /** Keeps copies of its lists. */
    public Calibration {
        samples = List.copyOf(samples);
        ends = List.copyOf(ends);
        if (at == null || samples.isEmpty() || baseBytes < 0 || baseBytes > Sample.MOST_BYTES) {
            throw new IllegalArgumentException(
                    "no calibration: at %s, %d samples, a base of %d".formatted(at, samples.size(), baseBytes));
        }
    }

    /** The same with a trial of lanes. */
    public Calibration with(LaneTrial trial) {
        return new Calibration(at, baseBytes, stoppedAtBytes, samples, Optional.of(trial), ends, grown);
    }

    /** The same with the batch that growth under load has reached. */
    public Calibration with(GrownBatch reached) {
        return new Calibration(at, baseBytes, stoppedAtBytes, samples, lanes, ends, Optional.of(reached));
    }

    /** True if time or other work ended a series, so that it is not known whether larger batches pay. */
    public boolean endedEarly() {
        return ended(SeriesEnd.Reason.TIME) || ended(SeriesEnd.Reason.DISTURBED);
    }

    /** True if other work had the processor meanwhile, and nothing has been learned under load since: worth repeating. */
    public boolean provisional() {
        return ended(SeriesEnd.Reason.DISTURBED) && grown.isEmpty();
    }

    private boolean ended(SeriesEnd.Reason reason) {
        return ends.stream().anyMatch(end -> end.reason() == reason);
    }

    /** True if it still tells which batches pay with this budget of memory. */
    public boolean holdsFor(long budgetBytes) {
        return stoppedAtBytes.isEmpty() || budgetBytes <= stoppedAtBytes.getAsLong() * CLEARLY_MORE;
    }

    /**
     * A check of the memory model against a batch that it was not fitted to: the last whose memory was measured.
     *
     * @param batch rows of that batch
     * @param length elements of each row
     * @param predictedBytes memory that a fit to all other samples predicts for it
     * @param actualBytes memory that it took
     */
    public record Check(int batch, long length, long predictedBytes, long actualBytes) {}

    /** The memory model, fitted to the samples; empty where the device told nothing. */
    @JsonIgnore
    public Optional<MemoryProfile> memory() {
        return measured().isEmpty() ? Optional.empty() : Optional.of(MemoryFit.of(baseBytes, measured()));
    }

    /** The check of the memory model; empty where too few batches could be measured. */
    @JsonIgnore
    public Optional<Check> check() {
        if (measured().size() < 3) {
            return Optional.empty();
        }
        Sample last = measured().getLast();
        MemoryProfile fitted =
                MemoryFit.of(baseBytes, measured().subList(0, measured().size() - 1));
        return Optional.of(new Check(
                last.batch(),
                last.length(),
                fitted.bytes(last.batch(), last.length()),
                last.memoryBytes().orElseThrow()));
    }

    /** The smallest batch whose throughput is as good as the best, for each length of rows, the shortest first. */
    @JsonIgnore
    public List<Sample> knees() {
        return lengths().stream().map(this::knee).toList();
    }

    /** The smallest batch of short rows whose throughput is as good as the best: the knee in rows. */
    @JsonIgnore
    public Sample kneeOfShortRows() {
        return knees().getFirst();
    }

    /** The knee that holds the most padded elements, whatever the rows' length. */
    @JsonIgnore
    public Sample kneeInElements() {
        return knees().stream().max(Comparator.comparingLong(Sample::elements)).orElseThrow();
    }

    /** The time of a row of the greatest length, alone or in the best batch of them, or in the batch that was grown. */
    @JsonIgnore
    public Duration longestItem() {
        Sample knee = knees().getLast();
        Duration measured = knee.time().dividedBy(knee.batch());
        return grown.map(GrownBatch::ran)
                .map(ran -> Duration.ofNanos((long) ((double) ran.time().toNanos() * knee.length() / ran.elements())))
                .filter(underLoad -> underLoad.compareTo(measured) < 0)
                .orElse(measured);
    }

    /**
     * The fixed cost of a run, in padded elements: it takes as much time as this many more elements in the same batch.
     */
    @JsonIgnore
    public long runCost() {
        List<Sample> shortRows = series(lengths().getFirst());
        Sample one = shortRows.getFirst();
        Sample knee = kneeOfShortRows();
        double each = (double) (knee.time().toNanos() - one.time().toNanos()) / (knee.elements() - one.elements());
        double fixed = one.time().toNanos() - one.elements() * each;
        return knee.elements() > one.elements() && each > 0 && fixed > 0
                ? (long) Math.min(fixed / each, knee.elements())
                : 0;
    }

    private List<Sample> measured() {
        return samples.stream()
                .filter(sample -> sample.memoryBytes().isPresent())
                .toList();
    }

    private List<Sample> series(long length) {
        return samples.stream()
                .filter(sample -> sample.length() == length)
                .sorted(Comparator.comparingInt(Sample::batch))
                .toList();
    }

    private Sample knee(long length) {
        return near(AS_GOOD, length).getFirst();
    }

    /** The batches of rows of this length whose throughput reaches a share of the best, the smallest first. */
    public List<Sample> near(double share, long length) {
        List<Sample> series = series(length);
        double best = series.stream().mapToDouble(Sample::itemsPerSecond).max().orElseThrow();
        return series.stream()
                .filter(sample -> sample.itemsPerSecond() >= share * best)
                .toList();
    }

    private List<Long> lengths() {
        return samples.stream().map(Sample::length).distinct().sorted().toList();
    }
}
