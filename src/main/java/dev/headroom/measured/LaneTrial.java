package dev.headroom.measured;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Duration;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * A CPU's two ways to share its cores, measured with batches of short rows: one batch for each lane at once, or one
 * after the other on all cores.
 *
 * @param lanes lanes, as many as cores
 * @param batch rows in each batch
 * @param together the time of a batch in each lane at once
 * @param alone the time of one batch on all cores
 * @param itemInLane the time of one row in a lane
 * @param itemAlone the time of one row on all cores
 */
@RegisterForReflection
public record LaneTrial(
        int lanes, int batch, Duration together, Duration alone, Duration itemInLane, Duration itemAlone) {

    private static final double CLEARLY = 1.25;

    /** Refuses numbers that no trial can have. */
    public LaneTrial {
        boolean batches = lanes >= 1 && lanes <= Sample.MOST_ROWS && batch >= 1 && batch <= Sample.MOST_ROWS;
        if (!batches || !Stream.of(together, alone, itemInLane, itemAlone).allMatch(Sample::canBe)) {
            throw new IllegalArgumentException("no trial of lanes: %d lanes, batches of %d, %s, %s, %s, %s"
                    .formatted(lanes, batch, together, alone, itemInLane, itemAlone));
        }
    }

    /**
     * True if a batch in each lane is the better way. Measured without callers the other one has to be clearly faster:
     * under load it is held up as a whole whenever one of its threads has to give way to a request.
     */
    public boolean lanesGain() {
        return CLEARLY * lanesRate() >= aloneRate();
    }

    private double lanesRate() {
        return lanes * batch * 1e9 / Math.max(1, together.toNanos());
    }

    private double aloneRate() {
        return batch * 1e9 / Math.max(1, alone.toNanos());
    }

    /** The most rows that all cores finish one after the other no later than as many lanes finish them side by side. */
    public int mostAlone() {
        return (int) Math.min(lanes - 1L, itemInLane.toNanos() / Math.max(1, itemAlone.toNanos()));
    }

    public String reason() {
        return String.format(
                Locale.ROOT,
                "%d lanes of 1 thread ran %.0f items/s, 1 lane of %d threads %.0f",
                lanes,
                lanesRate(),
                lanes,
                aloneRate());
    }

    public String aloneReason() {
        return String.format(
                Locale.ROOT,
                "one item took %.1f ms on all cores, %.1f ms in a lane",
                itemAlone.toNanos() / 1e6,
                itemInLane.toNanos() / 1e6);
    }
}
