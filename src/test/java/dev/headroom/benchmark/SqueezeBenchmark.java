package dev.headroom.benchmark;

import dev.headroom.batch.BatchMeters;
import dev.headroom.batch.Batcher;
import dev.headroom.gate.Gate;
import dev.headroom.model.ModelRepository;
import dev.headroom.model.ModelSpec;
import dev.headroom.plan.Plans;
import dev.headroom.request.Failure;
import dev.headroom.request.Item;
import dev.headroom.request.Outcome;
import dev.headroom.request.Urgency;
import dev.headroom.session.ArenaTenant;
import dev.headroom.session.BatchOutput;
import dev.headroom.session.DeviceThread;
import dev.headroom.session.ExecutionProvider.Cpu;
import dev.headroom.session.Model;
import dev.headroom.session.OnnxModel;
import dev.headroom.session.OrtArena;
import dev.headroom.session.RunFailedException;
import dev.headroom.tensor.Row;
import dev.headroom.tensor.Tensor;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.runtime.configuration.MemorySizeConverter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Measures answers while another process takes the device's memory and gives it back: batches that are halved and learn,
 * against fixed batches that fail where they do not fit. Texts of 8 to 256 tokens, always enough of them; each contender
 * in turn is served free, squeezed and so on, and its goodput is what it answered in all of that time. The fixed batches
 * take the items in the order of their arrival, or ("sorted") sorted by length, 128 items at a time, and do nothing
 * else: no queue, no thread between. A batch that fails is lost at once, so that the next one is lost soon.
 *
 * <p>{@code ./mvnw test-compile surefire:test@default-test -Dtest=SqueezeBenchmark -DexcludedGroups= -Dlimit=150M
 * [-Droom=16M] [-Drounds=3] [-Dseconds=2]}: the process's one arena has one size, so one limit a run.
 */
@Tag("benchmark")
class SqueezeBenchmark {

    private static final long LIMIT = bytes("limit", "150M");

    /** The memory that the tenant leaves beside the model, which holds 40.5 MiB and a little; a row of 256 tokens takes 7.2 MiB. */
    private static final long ROOM = bytes("room", "16M");

    private static final long MODEL = 42L << 20;
    private static final int ROUNDS = Integer.getInteger("rounds", 3);
    private static final long PHASE_MILLIS = 1000 * Long.getLong("seconds", 2);
    private static final int MOST_ROWS = 64;
    private static final int ROWS = 1024;
    private static final int IN_FLIGHT = 128;
    private static final String HEADROOM = "headroom";

    private final List<Row> rows = rows();
    private final Map<String, BiConsumer<AtomicBoolean, Score>> contenders = new LinkedHashMap<>();
    private final Map<String, Score> scores = new LinkedHashMap<>();

    private static long bytes(String property, String otherwise) {
        return new MemorySizeConverter()
                .convert(System.getProperty(property, otherwise))
                .asLongValue();
    }

    /** The outcomes of one contender's items. */
    private static final class Score {

        private final LongAdder items = new LongAdder();
        private final LongAdder tokens = new LongAdder();
        private final LongAdder lost = new LongAdder();
        private long nanos;

        private void answered(Row row) {
            items.increment();
            tokens.add(row.elements());
        }

        private void count(Outcome<Row> outcome) {
            switch (outcome) {
                case Outcome.Answered<Row>(Row row) -> answered(row);
                case Outcome.Failed<Row> _ -> lost.increment();
            }
        }

        private double itemsPerSecond() {
            return items.sum() * 1e9 / nanos;
        }

        private double tokensPerSecond() {
            return tokens.sum() * 1e9 / nanos;
        }

        private double lostShare() {
            return (double) lost.sum() / Math.max(1, lost.sum() + items.sum());
        }
    }

    @Test
    void print() throws Exception {
        Logger.getLogger("dev.headroom").setLevel(Level.SEVERE); // each halving is a warning
        ModelSpec spec = new ModelRepository(Path.of("models")).scan().getFirst();
        int threads = Runtime.getRuntime().availableProcessors();
        try (DeviceThread device = new DeviceThread("benchmark")) {
            OrtArena arena = device.call(() -> OrtArena.cpu(LIMIT));
            Model model = device.call(() -> OnnxModel.open(spec, new Cpu(threads)));
            device.run(() -> run(model, rows.subList(0, 1), new Score()));
            try (Batcher batcher = batcher(model, new Gate(device, arena))) {
                contenders.put(HEADROOM, (over, score) -> serve(batcher, over, score));
                for (int batch = 1; batch <= MOST_ROWS; batch *= 2) {
                    List<List<Row>> arrived = batches(batch, ROWS);
                    List<List<Row>> sorted = batches(batch, IN_FLIGHT);
                    contenders.put(
                            "batch " + batch, (over, score) -> device.run(() -> serve(model, arrived, over, score)));
                    contenders.put(
                            "sorted " + batch, (over, score) -> device.run(() -> serve(model, sorted, over, score)));
                }
                compete(new ArenaTenant());
            }
            device.run(model::close);
        }
        report();
    }

    private static Batcher batcher(Model model, Gate gate) {
        return new Batcher(
                model,
                gate,
                Plans.of("headroom.batch.max-items", "" + MOST_ROWS, "headroom.timeout", "60s", "headroom.lanes", "1"),
                new BatchMeters(new SimpleMeterRegistry(), model.name()));
    }

    /** All are given the same phases, one after another, round by round, so that a noisy machine is noisy to all. */
    private void compete(ArenaTenant tenant) throws InterruptedException {
        for (int round = 0; round <= ROUNDS; round++) {
            if (round == 1) {
                scores.clear(); // the first one warms up
            }
            for (Map.Entry<String, BiConsumer<AtomicBoolean, Score>> contender : contenders.entrySet()) {
                Score score = scores.computeIfAbsent(contender.getKey(), name -> new Score());
                AtomicBoolean over = new AtomicBoolean();
                long start = System.nanoTime();
                CompletableFuture<Void> served = CompletableFuture.runAsync(
                        () -> contender.getValue().accept(over, score), Thread::startVirtualThread);
                Thread.sleep(PHASE_MILLIS);
                tenant.hold(LIMIT - MODEL - ROOM);
                Thread.sleep(PHASE_MILLIS);
                tenant.hold(0);
                over.set(true);
                served.join();
                score.nanos += System.nanoTime() - start;
            }
        }
    }

    /**
     * Headroom, with as many items on their way as the sorted ones see. Those that are still there at the end are
     * abandoned and count for nothing: nobody is squeezed any more.
     */
    private void serve(Batcher batcher, AtomicBoolean over, Score score) {
        Semaphore room = new Semaphore(IN_FLIGHT);
        Set<Item<Row>> inFlight = ConcurrentHashMap.newKeySet();
        for (int next = 0; !over.get(); next++) {
            Row row = rows.get(next % ROWS);
            room.acquireUninterruptibly();
            Item<Row> item = new Item<>("item", 0, Urgency.INTERACTIVE, (itsRow, output) -> itsRow);
            inFlight.add(item);
            item.outcome().thenAccept(outcome -> {
                if (!over.get()) {
                    score.count(outcome);
                }
                inFlight.remove(item);
                room.release();
            });
            batcher.admit(List.of(item));
            batcher.submit(item, row);
        }
        inFlight.forEach(item -> item.fail(new Failure.Abandoned("The turn is over.")));
        room.acquireUninterruptibly(IN_FLIGHT);
    }

    private static void serve(Model model, List<List<Row>> batches, AtomicBoolean over, Score score) {
        for (int next = 0; !over.get(); next++) {
            run(model, batches.get(next % batches.size()), score);
        }
    }

    private static void run(Model model, List<Row> batch, Score score) {
        try (BatchOutput _ = model.run(batch)) {
            batch.forEach(score::answered);
        } catch (RunFailedException e) {
            if (e.kind() != RunFailedException.Kind.OUT_OF_MEMORY) {
                throw new IllegalStateException(e);
            }
            score.lost.add(batch.size());
        }
    }

    /** Batches of this size, from so many rows at a time: in their order when that is all of them, else sorted. */
    private List<List<Row>> batches(int batch, int window) {
        List<List<Row>> batches = new ArrayList<>();
        for (int from = 0; from < ROWS; from += window) {
            List<Row> some = new ArrayList<>(rows.subList(from, from + window));
            if (window < ROWS) {
                some.sort(Comparator.comparingLong(Row::elements));
            }
            for (int i = 0; i < window; i += batch) {
                batches.add(some.subList(i, i + batch));
            }
        }
        Collections.shuffle(batches, new Random(2)); // long and short ones are met in every phase
        return batches;
    }

    private static List<Row> rows() {
        return new Random(1).ints(ROWS, 8, 257).mapToObj(SqueezeBenchmark::row).toList();
    }

    private static Row row(int tokens) {
        long[] mask = new long[tokens];
        Arrays.fill(mask, 1);
        long[] ids = LongStream.range(1000, 1000 + tokens).toArray();
        return new Row(List.of(Tensor.int64(ids), Tensor.int64(mask), Tensor.int64(new long[tokens])));
    }

    private void report() {
        System.out.printf("%d MiB, squeezed to %d MiB for batches half of the time:%n", LIMIT >> 20, ROOM >> 20);
        scores.forEach((name, score) -> System.out.printf(
                "  %-10s %7.1f items/s, %8.0f tokens/s, %5.1f %% lost%n",
                name, score.itemsPerSecond(), score.tokensPerSecond(), 100 * score.lostShare()));
        compare("the best fixed batch that lost nothing", score -> score.lost.sum() == 0);
        compare("the best fixed batch that lost items, not being halved", score -> score.lost.sum() > 0);
    }

    private void compare(String what, Predicate<Score> which) {
        scores.entrySet().stream()
                .filter(score -> !score.getKey().equals(HEADROOM) && which.test(score.getValue()))
                .max(Comparator.comparingDouble(score -> score.getValue().tokensPerSecond()))
                .ifPresent(best -> System.out.printf(
                        "  %s (%s, %.0f %% lost): headroom answers x %.2f of its tokens%n",
                        what,
                        best.getKey(),
                        100 * best.getValue().lostShare(),
                        scores.get(HEADROOM).tokensPerSecond() / best.getValue().tokensPerSecond()));
    }
}
