package dev.headroom.serving;

import static dev.headroom.measured.Calibrations.ran;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.device.Hardware;
import dev.headroom.device.Host;
import dev.headroom.measured.Calibration;
import dev.headroom.measured.Calibrations;
import dev.headroom.measured.GrownBatch;
import dev.headroom.measured.SeriesEnd;
import dev.headroom.measured.SeriesEnd.Reason;
import dev.headroom.model.ModelRepository;
import dev.headroom.plan.Plan;
import dev.headroom.plan.ServingDevice;
import dev.headroom.plan.Source;
import dev.headroom.settings.Configs;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LivePlanTest {

    private static final Host HOST = new Host(1, "a CPU", 4L << 30, 4L << 30, "RAM");
    private static final ServingDevice DEVICE = new ServingDevice(false, "a CPU", "", 4L << 30, 4L << 30, "test");

    /** 8 rows ran in 3.0 s; more would have kept a caller waiting. */
    private static final Calibration MEASURED = ended(Reason.TIME);

    @TempDir
    private Path state;

    private static Calibration ended(Reason reason) {
        return new Calibration(
                Calibrations.AT,
                100L << 20,
                OptionalLong.empty(),
                List.of(ran(1, 16, 2475, 101), ran(8, 16, 3000, 108), ran(1, 256, 2475, 116)),
                Optional.empty(),
                List.of(new SeriesEnd(16, reason), new SeriesEnd(256, reason)),
                Optional.empty());
    }

    /** The plan of a process that starts now. */
    private LivePlan started() {
        return started(Map.of());
    }

    private LivePlan started(Map<Integer, ServingDevice> unlike) {
        return new LivePlan(
                new Machine(new Hardware(List.of(), HOST, List.of()), DEVICE, unlike),
                new ModelRepository(Path.of("models")).scan(),
                Configs.of("headroom.models", "models", "headroom.state-dir", state.toString()),
                Optional.of(state));
    }

    @Test
    void theBatchThatGrowthHasReachedOutlivesTheProcess() {
        LivePlan first = started();
        ServedModel model = first.graphs().all().getFirst();
        first.measurements().measured(model, MEASURED);
        long before = model.plan().batch().value();
        GrownBatch grown = new GrownBatch(32, ran(32, 16, 4800), 2);
        first.measurements().grown(model, grown);
        assertTrue(before < 32, "it was " + before);
        assertEquals(32, model.plan().batch().value());

        Plan next = started().graphs().all().getFirst().plan();
        assertEquals(32, next.batch().value());
        assertEquals(Source.CALIBRATED, next.batch().source());
        assertEquals(Optional.of(grown), next.growth().orElseThrow().reached());
    }

    @Test
    void aMeasurementThatOtherWorkDisturbedIsUsedAndRepeatedAtTheNextStart() {
        LivePlan first = started();
        first.measurements().measured(first.graphs().all().getFirst(), ended(Reason.DISTURBED));
        assertEquals(CalibrationStatus.MEASURED, first.graphs().all().getFirst().status());
        ServedModel next = started().graphs().all().getFirst();
        assertEquals(CalibrationStatus.PENDING, next.status());
        assertEquals(Source.CALIBRATED, next.plan().batch().source());

        LivePlan undisturbed = started();
        undisturbed.measurements().measured(undisturbed.graphs().all().getFirst(), ended(Reason.THROUGHPUT));
        assertEquals(
                CalibrationStatus.STORED, started().graphs().all().getFirst().status());
    }

    /** More rows pay here than on the model's own device. */
    @Test
    void anotherKindOfDeviceFollowsItsOwnMeasurements() {
        Map<Integer, ServingDevice> larger =
                Map.of(1, new ServingDevice(false, "a larger one", "", 8L << 30, 8L << 30, "test"));
        DeviceThreads threads = new DeviceThreads(1);
        threads.close();
        DeviceThreads ownThreads = new DeviceThreads(0);
        ownThreads.close();
        DeviceAccess device = new DeviceAccess(threads, false, Optional.empty(), OptionalLong.empty());
        DeviceAccess own = new DeviceAccess(ownThreads, false, Optional.empty(), OptionalLong.empty());
        Calibration there = new Calibration(
                Calibrations.AT,
                100L << 20,
                OptionalLong.empty(),
                List.of(ran(1, 16, 10, 101), ran(8, 16, 12, 108), ran(32, 16, 15, 132), ran(1, 256, 12, 116)),
                Optional.empty(),
                List.of(new SeriesEnd(16, Reason.THROUGHPUT), new SeriesEnd(256, Reason.THROUGHPUT)),
                Optional.empty());
        LivePlan first = started(larger);
        ServedModel model = first.graphs().all().getFirst();
        first.measurements().measured(model, MEASURED);
        assertTrue(first.measurements().pending(model, device));
        assertFalse(first.measurements().pending(model, own), "it is the plan's own device");

        first.measurements().measured(model, device, there);
        assertFalse(first.measurements().pending(model, device));
        long batch = model.report().unlike().get(1).batch().value();
        assertTrue(batch >= 32 && model.plan().batch().value() < 32, model.plan()::toString);

        LivePlan next = started(larger);
        ServedModel again = next.graphs().all().getFirst();
        assertFalse(next.measurements().pending(again, device), "it was kept");
        assertEquals(batch, again.report().unlike().get(1).batch().value());
    }
}
