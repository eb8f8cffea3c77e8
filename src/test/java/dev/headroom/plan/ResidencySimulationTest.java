package dev.headroom.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.plan.Residency.Step;
import dev.headroom.plan.Resident.State;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Hours of virtual time: models of unlike size on devices that do not hold all of them. */
class ResidencySimulationTest {

    private static final int MODELS = 20;
    private static final long MIB = 1 << 20;
    private static final double SECOND = 1e9;

    /** A request at a time for a model. */
    private record Request(long nanos, int model) {}

    private static final class Simulated {
        private final String name;
        private final long bytes;
        private final Uses uses = new Uses();
        private final Deque<Request> waiting = new ArrayDeque<>();
        private boolean open;
        private int running;
        private long opened;

        private Simulated(int index, long bytes) {
            this.name = Integer.toString(index);
            this.bytes = bytes;
        }

        private Duration opening() {
            return Duration.ofMillis(50 + bytes / MIB);
        }

        private Resident at(long now) {
            return new Resident(
                    name,
                    open ? State.OPEN : waiting.isEmpty() ? State.CLOSED : State.WANTED,
                    bytes,
                    bytes / 10,
                    false,
                    running > 0,
                    opened,
                    uses.lastNanos(),
                    uses.rate(now),
                    waiting.isEmpty() ? 0 : waiting.getFirst().nanos,
                    opening());
        }
    }

    /** One device: one thread opens and closes; requests to open models are answered after a while. */
    private static final class Device {
        private final Residency residency;
        private final List<Simulated> models;
        private final PriorityQueue<Map.Entry<Long, Runnable>> events = new PriorityQueue<>(Map.Entry.comparingByKey());
        private long now;
        private boolean opener; // at work
        private int answered;
        private int hits;
        private int openings;
        private long longestWait;

        private Device(long budget, List<Simulated> models) {
            this.residency = new Residency(budget, Optional.empty());
            this.models = models;
        }

        private void at(long nanos, Runnable event) {
            events.add(Map.entry(nanos, event));
        }

        private void run(List<Request> requests) {
            requests.forEach(request -> at(request.nanos, () -> come(request)));
            while (!events.isEmpty()) {
                Map.Entry<Long, Runnable> event = events.poll();
                now = event.getKey();
                event.getValue().run();
                decide();
                List<Resident> open = models.stream()
                        .filter(model -> model.open)
                        .map(model -> model.at(now))
                        .toList();
                assertTrue(Residency.takenBytes(open) <= residency.budgetBytes(), "the limit at " + now);
            }
        }

        private void come(Request request) {
            Simulated model = models.get(request.model);
            model.uses.used(now);
            if (model.open) {
                hits++;
                run(model, request);
            } else {
                model.waiting.add(request);
            }
        }

        private void run(Simulated model, Request request) {
            longestWait = Math.max(longestWait, now - request.nanos);
            model.running++;
            at(now + 20_000_000, () -> {
                model.running--;
                answered++;
            });
        }

        private void decide() {
            if (opener) {
                return;
            }
            switch (residency.next(
                    now, models.stream().map(model -> model.at(now)).toList())) {
                case Step.Open(String name, List<String> closed) -> {
                    opener = true;
                    closed.forEach(one -> models.get(Integer.parseInt(one)).open = false);
                    open(models.get(Integer.parseInt(name)), closed);
                }
                case Step.Wait(long until) -> {
                    if (until < Long.MAX_VALUE && until > now) {
                        at(until, () -> {});
                    }
                }
                case Step step -> throw new AssertionError(step);
            }
        }

        /** Waits until those that are being closed have answered, and opens then. */
        private void open(Simulated model, List<String> closed) {
            if (closed.stream().anyMatch(one -> models.get(Integer.parseInt(one)).running > 0)) {
                at(now + 1_000_000, () -> open(model, closed));
                return;
            }
            at(now + model.opening().toNanos(), () -> {
                opener = false;
                openings++;
                model.open = true;
                model.opened = now;
                while (!model.waiting.isEmpty()) {
                    run(model, model.waiting.poll());
                }
            });
        }
    }

    /** The hits of an offline policy that knows all requests: of those open it closes the one that is wanted last. */
    private static int belady(List<Request> requests, List<Simulated> models, long budget, boolean bySize) {
        int[] next = new int[requests.size()];
        int[] coming = new int[models.size()];
        Arrays.fill(coming, 1 << 30);
        for (int i = requests.size() - 1; i >= 0; i--) {
            next[i] = coming[requests.get(i).model];
            coming[requests.get(i).model] = i;
        }
        Map<Integer, Integer> open = new HashMap<>();
        int hits = 0;
        for (int i = 0; i < requests.size(); i++) {
            int now = i;
            int model = requests.get(i).model;
            hits += open.containsKey(model) ? 1 : 0;
            open.put(model, next[i]);
            while (taken(open, models) > budget) {
                open.remove(open.keySet().stream()
                        .filter(one -> one != model)
                        .max(Comparator.comparingDouble(
                                one -> (double) (open.get(one) - now) * (bySize ? models.get(one).bytes : 1)))
                        .orElseThrow());
            }
        }
        return hits;
    }

    private static long taken(Map<Integer, Integer> open, List<Simulated> models) {
        return Residency.takenBytes(
                open.keySet().stream().map(one -> models.get(one).at(0)).toList());
    }

    private static List<Simulated> models(Random random, long largest) {
        List<Simulated> models = new ArrayList<>();
        for (int i = 0; i < MODELS; i++) {
            models.add(new Simulated(i, (long) (largest / Math.pow(2, 4 * random.nextDouble()))));
        }
        return models;
    }

    /** Requests as independent callers send them, for models of Zipf's popularity, two a second. */
    private static List<Request> zipf(Random random, int count) {
        List<Integer> ranks = new ArrayList<>();
        for (int i = 0; i < MODELS; i++) {
            ranks.add(i);
        }
        Collections.shuffle(ranks, random);
        TreeMap<Double, Integer> wheel = new TreeMap<>();
        double sum = 0;
        for (int i = 0; i < MODELS; i++) {
            wheel.put(sum, ranks.get(i));
            sum += 1.0 / (i + 1);
        }
        List<Request> requests = new ArrayList<>();
        double time = 0;
        for (int i = 0; i < count; i++) {
            time += -Math.log(1 - random.nextDouble()) * SECOND / 0.5;
            requests.add(new Request(
                    (long) time, wheel.floorEntry(random.nextDouble() * sum).getValue()));
        }
        return requests;
    }

    @ParameterizedTest
    @CsvSource({"100, 60", "256, 150", "512, 150", "1024, 300", "2048, 600", "2048, 300"})
    void noRequestIsLostAndNineTenthsOfTheBestPolicysHitsAreReached(long budgetMiB, long largestMiB) {
        double hits = 0;
        double best = 0;
        for (int seed = 0; seed < 3; seed++) {
            Random random = new Random(seed);
            List<Simulated> models = models(random, largestMiB * MIB);
            List<Request> requests = zipf(random, 6000);
            Device device = new Device(budgetMiB * MIB, models);
            device.run(requests);
            assertEquals(requests.size(), device.answered);
            assertTrue(device.longestWait < 60 * SECOND, "one waited " + device.longestWait / SECOND + " s");
            hits += device.hits;
            best += Math.max(
                    belady(requests, models, budgetMiB * MIB, false), belady(requests, models, budgetMiB * MIB, true));
        }
        assertTrue(hits >= 0.9 * best, "%.3f of the best".formatted(hits / best));
    }

    /** Both are asked all the time; each has long turns, and no request waits for more than the other's turn. */
    @Test
    void twoThatDoNotFitTogetherAlternateInLongTurns() {
        List<Simulated> models = List.of(new Simulated(0, 80 * MIB), new Simulated(1, 80 * MIB));
        Device device = new Device(100 * MIB, models);
        List<Request> requests = new ArrayList<>();
        for (int i = 0; i < 6000; i++) {
            requests.add(new Request(i * 10_000_000L, i % 2));
        }
        device.run(requests);
        assertEquals(requests.size(), device.answered);
        assertTrue(device.openings <= 60 / 2 + 2, "openings in a minute: " + device.openings);
        assertTrue(device.openings >= 60 / 3, "and neither starves: " + device.openings);
        assertTrue(device.longestWait < 3 * SECOND, "one waited " + device.longestWait / SECOND + " s");
    }
}
