package dev.headroom.batch;

import dev.headroom.device.DeviceMemory;
import dev.headroom.gate.Gate;
import dev.headroom.plan.Plans;
import dev.headroom.request.Item;
import dev.headroom.request.Outcome;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What an item costs on its way through the batcher, with a model that takes no time. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class BatchingBenchmark {

    private static final int BATCH = 64;
    private static final int QUEUE = 1_000;
    private static final int ROOM = 8;
    private static final int ELEMENTS = 16;

    private static final int MANY = 256;
    private static final BatchLimits LARGE = new BatchLimits(Plans.of(MANY, MANY * MANY), MANY * MANY, MANY);

    private final List<Item<?>> mixed = IntStream.range(0, 4 * MANY)
            .<Item<?>>mapToObj(i -> Items.queued(i, 3 + i * 37 % 200))
            .toList();
    private final Logger quiet = Logger.getLogger("dev.headroom");
    private final ExecutorService device = Executors.newSingleThreadExecutor();
    private volatile CountDownLatch deviceFree = new CountDownLatch(0);
    private final FakeModel model = new FakeModel(Long.MAX_VALUE).with(stage -> Items.await(deviceFree));
    private final FakeModel tight = new FakeModel(ROOM);
    private Batcher batcher;
    private HalvingExecutor executor;

    @Setup
    public void open() {
        quiet.setLevel(Level.OFF); // each halving is a warning
        batcher = new Batcher(
                model,
                new Gate(device, DeviceMemory.UNKNOWN),
                Plans.of(
                        "headroom.batch.max-items",
                        "" + BATCH,
                        "headroom.batch.max-elements",
                        "" + BATCH * ELEMENTS,
                        "headroom.queue.max-items",
                        "" + 2 * QUEUE,
                        "headroom.timeout",
                        "60s"),
                new BatchMeters(new SimpleMeterRegistry(), "fake"));
        Gate open = new Gate(Runnable::run, DeviceMemory.UNKNOWN);
        open.add(tight);
        AdaptiveLimit limit = new AdaptiveLimit(Plans.of(BATCH, BATCH));
        executor = new HalvingExecutor(tight, open, limit, new BatchMeters(new SimpleMeterRegistry(), "tight"));
    }

    @TearDown
    public void close() {
        batcher.close();
        device.shutdownNow();
    }

    /** 64 items admitted together, queued one by one, run in as many batches as form, and answered: each of them. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public void itemOf64ThatComeTogether() {
        answer(submit(BATCH));
        model.batches.clear();
    }

    /** 1,000 items of like lengths that queued while the device was busy, until all are answered: each of them. */
    @Benchmark
    @OperationsPerInvocation(QUEUE)
    public void itemOf1000ThatHaveQueued() {
        deviceFree = new CountDownLatch(1);
        List<Item<Long>> items = submit(QUEUE);
        deviceFree.countDown();
        answer(items);
        model.batches.clear();
    }

    /** The next batch of 1,024 waiting items of mixed lengths: all of it. */
    @Benchmark
    public List<Item<?>> choosingAmong1024Items() {
        return LARGE.select(mixed, MANY);
    }

    /** 64 items that do not fit, halved to the parts of 8 that do: all of it. */
    @Benchmark
    public void halving64ItemsTo8() {
        List<Item<Long>> items = Items.ofOneElement(BATCH);
        executor.run(Items.batch(items), Items.permit());
        answer(items);
        tight.batches.clear();
    }

    private List<Item<Long>> submit(int count) {
        List<Item<Long>> items =
                IntStream.range(0, count).mapToObj(Items::unqueued).toList();
        batcher.admit(items);
        for (int i = 0; i < count; i++) {
            batcher.submit(items.get(i), Items.row(i, 1 + i % ELEMENTS));
        }
        return items;
    }

    private static void answer(List<Item<Long>> items) {
        items.forEach(item -> {
            if (!(item.outcome().join() instanceof Outcome.Answered<Long>)) {
                throw new IllegalStateException(item.outcome().join().toString());
            }
        });
    }
}
