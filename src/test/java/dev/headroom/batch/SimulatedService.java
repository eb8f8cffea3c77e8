package dev.headroom.batch;

import dev.headroom.calibration.SimulatedDevice;
import dev.headroom.calibration.SimulatedDevice.Law;
import dev.headroom.measured.Calibration;
import dev.headroom.measured.GrownBatch;
import dev.headroom.plan.ModelDemand;
import dev.headroom.plan.Plan;
import dev.headroom.plan.Planner;
import dev.headroom.plan.Plans;
import dev.headroom.plan.ServingDevice;
import dev.headroom.request.Item;
import dev.headroom.request.Priority;
import dev.headroom.request.RequestFailedException;
import dev.headroom.request.Urgency;
import dev.headroom.settings.Configs;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.PriorityQueue;
import java.util.Random;

/**
 * A service under load for hours of virtual time.
 *
 * <p>The calibration, the planner, the growth with its limit, the admission and the pace are the real ones. Simulated are the
 * device, the clock, the queue (first come, first served; an item whose deadline has passed leaves it), and the callers. Each
 * caller sends an item, and the next one after its thinking time once that is answered or its deadline is over. A caller
 * that is refused comes again when it was told to.
 */
final class SimulatedService {

    private static final Duration LONGEST_CALIBRATION_BATCH = Duration.ofSeconds(1);
    private static final ServingDevice GPU = new ServingDevice(true, "a GPU", "8.9", 80L << 30, 80L << 30, "test");
    private static final double FOR_EVER = 1e9;
    private static final double BREAK = 5; // the seconds at least, of a caller that was refused

    private final SimulatedDevice device;
    private final Load load;
    private final Random random = new Random(11);
    private final Urgency urgency;
    private final double patience;
    private final PriorityQueue<Double> asking = new PriorityQueue<>();
    private final Deque<Waiting> queue = new ArrayDeque<>();
    private Admission admission;
    private Pace pace;
    private long inTime;

    /**
     * The callers.
     *
     * @param callers how many there are
     * @param thinking the mean of the seconds between an answer and the next question; 0: none ever pauses
     * @param deadline how long each waits; empty if for ever
     * @param hours how long they go on
     */
    record Load(int callers, double thinking, Optional<Duration> deadline, double hours) {

        /** Callers that neither pause nor hurry. */
        static Load of(int callers, double hours) {
            return new Load(callers, 0, Optional.empty(), hours);
        }

        /** The same with a deadline. */
        Load within(double seconds) {
            return new Load(callers, thinking, Optional.of(Duration.ofMillis((long) (1000 * seconds))), hours);
        }

        /** The same with pauses of so many seconds in the mean. */
        Load thinking(double seconds) {
            return new Load(callers, seconds, deadline, hours);
        }
    }

    /**
     * The outcome.
     *
     * @param goodput items answered in time for each second
     * @param sizes the most items of a batch at the end of each start
     */
    record Result(double goodput, List<Integer> sizes) {}

    private record Waiting(Item<?> item, double since) {}

    private SimulatedService(Law law, Load load) {
        this.device = new SimulatedDevice(law);
        this.load = load;
        urgency = new Urgency(Priority.INTERACTIVE, load.deadline());
        patience = load.deadline().map(time -> time.toNanos() / 1e9).orElse(FOR_EVER);
        for (int caller = 0; caller < load.callers(); caller++) {
            asking.add(pause());
        }
    }

    private double pause() {
        return load.thinking() == 0 ? 0 : -load.thinking() * Math.log(1 - random.nextDouble());
    }

    /** Serves with batches of a size that never changes. */
    static Result fixed(Law law, Load load, int size) {
        SimulatedService service = new SimulatedService(law, load);
        service.start();
        while (service.goesOn(load.hours())) {
            service.batch(size);
        }
        return new Result(service.goodput(), List.of(size));
    }

    /** Calibrates and serves, and starts anew every so many hours with what was kept. */
    static Result adaptive(Law law, Load load, double hoursOfAStart) {
        SimulatedService service = new SimulatedService(law, load);
        Calibration known = service.device.calibrate(LONGEST_CALIBRATION_BATCH);
        List<Integer> sizes = new ArrayList<>();
        for (double end = hoursOfAStart; service.goesOn(load.hours()); end += hoursOfAStart) {
            known = service.serve(known, Math.min(end, load.hours()));
            sizes.add(plan(known).batch().asInt());
        }
        return new Result(service.goodput(), sizes);
    }

    private Calibration serve(Calibration measured, double untilHour) {
        Calibration known = measured;
        start();
        Growth growth = new Growth(plan(known));
        Plan[] inForce = new Plan[1];
        growth.tell(plan -> inForce[0] = plan);
        while (goesOn(untilHour)) {
            LoadedBatch ran = batch(inForce[0].batch().asInt());
            growth.ran(ran, admission.crowd());
            Optional<GrownBatch> kept = known.grown();
            Optional<GrownBatch> reached =
                    growth.reached().filter(now -> kept.filter(now::like).isEmpty());
            if (reached.isPresent()) {
                known = known.with(reached.get());
                growth.follow(plan(known));
            }
        }
        return known;
    }

    /** The plan for a GPU with room for every batch. */
    static Plan plan(Calibration known) {
        ModelDemand model = new ModelDemand(
                "m",
                Plans.PRECISION,
                1,
                SimulatedDevice.LENGTH,
                100,
                Optional.empty(),
                OptionalInt.empty(),
                false,
                Optional.of(known));
        return new Planner(GPU, new Planner.Host(8, 8L << 30), Configs.of())
                .plan(List.of(model))
                .getFirst()
                .plan();
    }

    /** A process begins; the callers of the one before ask again. */
    private void start() {
        pace = new Pace();
        admission = new Admission(1_000_000, 1L << 40);
        queue.forEach(waiting -> asking.add(device.now()));
        queue.clear();
    }

    private boolean goesOn(double untilHour) {
        return device.now() < untilHour * 3600;
    }

    private double goodput() {
        return inTime / device.now();
    }

    /** Runs the next batch of at most so many items. */
    private LoadedBatch batch(int most) {
        arrive();
        if (queue.isEmpty()) {
            device.await(asking.peek());
            arrive();
        }
        List<Waiting> batch = new ArrayList<>();
        while (batch.size() < most && !queue.isEmpty()) {
            batch.add(queue.poll());
        }
        admission.forgetCrowd();
        long nanos = device.run(batch.size());
        pace.ran(batch.size(), nanos);
        arrive();
        int late = (int) batch.stream().filter(this::isLate).count();
        inTime += batch.size() - late;
        batch.forEach(this::end);
        return new LoadedBatch(batch.size(), batch.size() * SimulatedDevice.LENGTH, nanos, late, load.deadline());
    }

    /** Admits or refuses those who have asked by now; items whose time is over leave. */
    private void arrive() {
        while (asking.peek() != null && asking.peek() <= device.now()) {
            ask(asking.poll());
        }
        while (!queue.isEmpty() && isLate(queue.peek())) {
            end(queue.poll());
        }
    }

    private void ask(double since) {
        Item<Long> item = new Item<>("", 1, urgency, (row, output) -> 0L);
        try {
            admission.admit(List.of(item), more -> pace.drainTime(more, 1), PreparationTime.NONE);
            queue.add(new Waiting(item, since));
        } catch (RequestFailedException e) {
            Duration later = e.failure().retryAfter().orElse(Duration.ZERO);
            asking.add(device.now() + Math.max(BREAK, later.toNanos() / 1e9));
        }
    }

    private boolean isLate(Waiting waiting) {
        return device.now() - waiting.since > patience;
    }

    private void end(Waiting waiting) {
        admission.release(waiting.item);
        asking.add(device.now() + pause());
    }
}
