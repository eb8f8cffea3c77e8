package dev.headroom.batch;

import com.sun.management.ThreadMXBean;
import dev.headroom.calibration.SimulatedDevice;
import dev.headroom.device.DeviceMemory;
import dev.headroom.gate.Gate;
import dev.headroom.gate.Gates;
import dev.headroom.plan.Plan;
import dev.headroom.plan.Plans;
import dev.headroom.request.Item;
import dev.headroom.tensor.Row;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;

/** Always enough items of mixed lengths for one lane, whose model takes no time. {@link LaneBenchmark} calls it by name. */
public final class LaneLoad {

    private static final int BATCH = 256;
    private static final int SUBMITTERS = 32;
    private static final int OUTSTANDING = 64; // items of each submitter
    private static final int CLOSES = 200;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final List<Row> ROWS = IntStream.range(0, 1024)
            .mapToObj(i -> Items.row(i, 3 + i * 37 % 200))
            .toList();

    private LaneLoad() {}

    /** Batches of so many items, on a device whose runs cost more than any padding, so that all are full. */
    private static Plan plan(int items) {
        SimulatedDevice device = new SimulatedDevice((rows, now) -> 0.1 + 1e-5 * rows);
        return Plans.of(
                Optional.of(device.calibrate(Duration.ofSeconds(1))),
                "headroom.batch.max-items",
                "" + items,
                "headroom.batch.max-elements",
                "" + items * BATCH,
                "headroom.queue.max-items",
                "100000",
                "headroom.timeout",
                "60s");
    }

    /**
     * Requests of so many items for so long.
     *
     * @return processor time of the lane's thread and of all threads for an item, in microseconds; bytes allocated for an
     *     item; items a batch; items a second
     */
    public static double[] run(int request, double seconds) throws InterruptedException, ExecutionException {
        ExecutorService device = Executors.newSingleThreadExecutor();
        ExecutorService submitters = Executors.newFixedThreadPool(SUBMITTERS);
        FakeModel model = new FakeModel(Long.MAX_VALUE).silent();
        long lane = device.submit(() -> Thread.currentThread().threadId()).get();
        try (Batcher batcher = new Batcher(
                model,
                new Gate(device, DeviceMemory.UNKNOWN),
                plan(BATCH),
                new BatchMeters(new SimpleMeterRegistry(), "fake"))) {
            AtomicBoolean over = new AtomicBoolean();
            List<Future<Long>> ends = new ArrayList<>();
            long[] before = figures(lane, model);
            for (int i = 0; i < SUBMITTERS; i++) {
                ends.add(submitters.submit(submitter(batcher, request, over)));
            }
            Thread.sleep((long) (seconds * 1000));
            over.set(true);
            long items = 0;
            for (Future<Long> end : ends) {
                items += end.get();
            }
            return ratios(before, figures(lane, model), items);
        } finally {
            submitters.shutdownNow();
            device.shutdownNow();
        }
    }

    private static long[] figures(long lane, FakeModel model) {
        long all = 0;
        for (long thread : THREADS.getAllThreadIds()) {
            all += Math.max(0, THREADS.getThreadCpuTime(thread));
        }
        return new long[] {
            THREADS.getThreadCpuTime(lane), all, THREADS.getTotalThreadAllocatedBytes(), model.runs(), System.nanoTime()
        };
    }

    private static double[] ratios(long[] before, long[] after, long items) {
        return new double[] {
            (after[0] - before[0]) / 1e3 / items,
            (after[1] - before[1]) / 1e3 / items,
            (double) (after[2] - before[2]) / items,
            (double) items / (after[3] - before[3]),
            items * 1e9 / (after[4] - before[4])
        };
    }

    private static Callable<Long> submitter(Batcher batcher, int request, AtomicBoolean over) {
        return () -> {
            Deque<Item<Long>> outstanding = new ArrayDeque<>();
            long sent = 0;
            while (!over.get()) {
                submit(batcher, request, sent, outstanding);
                sent += request;
                while (outstanding.size() > OUTSTANDING - request) {
                    check(outstanding.poll());
                }
            }
            outstanding.forEach(LaneLoad::check);
            return sent;
        };
    }

    private static void submit(Batcher batcher, int request, long sent, Deque<Item<Long>> outstanding) {
        List<Item<Long>> items = new ArrayList<>(request);
        for (int i = 0; i < request; i++) {
            items.add(Items.unqueued(sent + i));
        }
        batcher.admit(items);
        for (int i = 0; i < request; i++) {
            batcher.submit(items.get(i), ROWS.get((int) ((sent + i) % ROWS.size())));
        }
        outstanding.addAll(items);
    }

    private static void check(Item<Long> item) {
        if (!(Items.answer(item) instanceof Long)) {
            throw new IllegalStateException(Items.answer(item).toString());
        }
    }

    /** The processor time of one close among four batches' worth of waiting items, in microseconds. */
    public static double close(int items) {
        Plan plan = plan(items);
        Traffic traffic = Traffic.none(plan, new Gates(List.of()));
        AdaptiveLimit limit = new AdaptiveLimit(plan);
        long nanos = 0;
        add(traffic.queue(), 4 * items);
        for (int i = 0; i < CLOSES; i++) {
            long start = THREADS.getCurrentThreadCpuTime();
            Batch batch = traffic.queue().closeNow(limit).orElseThrow();
            nanos += THREADS.getCurrentThreadCpuTime() - start;
            add(traffic.queue(), batch.items().size());
        }
        return nanos / 1e3 / CLOSES;
    }

    private static void add(BatchQueue queue, int count) {
        queue.expect(count);
        for (int i = 0; i < count; i++) {
            Item<Long> item = Items.unqueued(i);
            item.queue(ROWS.get(i % ROWS.size()));
            queue.add(item);
        }
    }
}
