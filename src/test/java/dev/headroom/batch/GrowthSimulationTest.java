package dev.headroom.batch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.batch.SimulatedService.Load;
import dev.headroom.batch.SimulatedService.Result;
import dev.headroom.calibration.SimulatedDevice.Law;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Hours of virtual time with slow, fast, noisy and drifting models, each against the best batch that never changes. */
class GrowthSimulationTest {

    private static final double GOOD = 0.95;
    private static final List<Integer> FIXED = List.of(1, 4, 8, 16, 24, 32, 40, 48, 64, 80, 100, 128);

    /** 8 items in 3.0 s, 32 in 4.8 s, and from there in proportion. */
    private static final Law ARTICLE = flatFrom(32, linear(2.4, 0.075));

    /**
     * A model under load.
     *
     * @param law makes the law of its times, the same one each time
     */
    record Case(String name, Supplier<Law> law, Load load) {

        @Override
        public String toString() {
            return name;
        }
    }

    private static Law linear(double fixed, double row) {
        return (rows, now) -> fixed + row * rows;
    }

    /** Throughput gains no more from this size on. */
    private static Law flatFrom(int knee, Law law) {
        return (rows, now) -> law.seconds(Math.min(knee, rows), now) * Math.max(1, (double) rows / knee);
    }

    /** Each batch takes more or less by so much; three in a hundred are held up and take four times as long. */
    private static Law noisy(double deviation, long seed, Law law) {
        Random random = new Random(seed);
        return (rows, now) -> law.seconds(rows, now)
                * Math.exp(deviation * random.nextGaussian())
                * (random.nextDouble() < 0.03 ? 4 : 1);
    }

    private static Law drifting(Law law, DoubleUnaryOperator factor) {
        return (rows, now) -> law.seconds(rows, now) * factor.applyAsDouble(now / 3600);
    }

    private static Law then(double hour, Law before, Law after) {
        return (rows, now) -> (now < 3600 * hour ? before : after).seconds(rows, now);
    }

    private static Case of(String name, Law law, Load load) {
        return new Case(name, () -> law, load);
    }

    private static Stream<Case> slow() {
        return Stream.of(
                of("the article's", ARTICLE, Load.of(128, 3)),
                of("the article's, without a knee", linear(2.4, 0.075), Load.of(32, 3)),
                of("more callers than pay", linear(2.4, 0.075), Load.of(400, 3)),
                of("large rows", linear(1.5, 0.5), Load.of(100, 6)),
                of("rows that gain nothing together", linear(0, 1), Load.of(100, 6)),
                of("an image model", linear(0.9, 0.01), Load.of(128, 1)),
                of(
                        "callers that come and go",
                        linear(2.4, 0.075),
                        Load.of(500, 3).thinking(100)));
    }

    private static Stream<Case> inAHurry() {
        return Stream.of(5.0, 8.0, 12.0)
                .flatMap(seconds -> Stream.of(24, 48, 100)
                        .map(callers -> of(
                                callers + " callers that wait " + seconds + " s",
                                linear(2.4, 0.075),
                                Load.of(callers, 3).within(seconds))));
    }

    private static Stream<Case> fast() {
        return Stream.of(
                of("fast", linear(0.005, 0.001), Load.of(128, 0.05)),
                of("fast with a knee", flatFrom(64, linear(0.02, 0.001)), Load.of(128, 0.05)),
                of("between fast and slow", linear(0.2, 0.01), Load.of(128, 1)));
    }

    private static Stream<Case> noise() {
        return Stream.of(1L, 2L)
                .flatMap(seed -> Stream.of(
                        new Case("noisy, with a knee, " + seed, () -> noisy(0.3, seed, ARTICLE), Load.of(128, 6)),
                        new Case("noisy, " + seed, () -> noisy(0.2, seed, linear(2.4, 0.075)), Load.of(128, 6)),
                        new Case(
                                "noisy, in a hurry, " + seed,
                                () -> noisy(0.2, seed, linear(2.4, 0.075)),
                                Load.of(128, 3).within(20)),
                        new Case(
                                "noisy rows that gain nothing, " + seed,
                                () -> noisy(0.3, seed, linear(0.1, 1)),
                                Load.of(100, 48)),
                        new Case(
                                "noisy and fast, " + seed,
                                () -> noisy(0.05, seed, linear(0.02, 0.002)),
                                Load.of(128, 0.2))));
    }

    private static Stream<Case> drift() {
        DoubleUnaryOperator wave = hour -> Math.pow(2, Math.sin(Math.PI * hour));
        return Stream.of(
                of("half as fast, twice as fast", drifting(ARTICLE, wave), Load.of(128, 6)),
                of(
                        "the same in a hurry",
                        drifting(linear(2.4, 0.075), wave),
                        Load.of(128, 4).within(15)),
                of(
                        "a co-tenant every other hour",
                        drifting(ARTICLE, hour -> (int) hour % 2 == 1 ? 3 : 1),
                        Load.of(128, 6)),
                of(
                        "large batches become slow",
                        then(
                                3,
                                linear(2.4, 0.075),
                                (rows, now) -> rows <= 16 ? 1 + 0.1 * rows : 2.6 * Math.pow(rows / 16.0, 1.2)),
                        Load.of(128, 6)),
                of(
                        "large batches become good",
                        then(3, flatFrom(16, linear(2.4, 0.075)), linear(2.4, 0.03)),
                        Load.of(128, 6)),
                new Case("drift and noise", () -> noisy(0.2, 5, drifting(linear(2.4, 0.075), wave)), Load.of(128, 6)));
    }

    static Stream<Case> all() {
        return Stream.of(slow(), inAHurry(), fast(), noise(), drift()).flatMap(cases -> cases);
    }

    /** In one start and in starts of an hour each. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("all")
    void answersAlmostAsManyInTimeAsTheBestFixedBatch(Case one) {
        double best = 0;
        int size = 0;
        boolean hurry =
                one.load.deadline().isPresent(); // small batches then refuse most callers, which takes long to simulate
        for (int fixed : FIXED.subList(hurry ? FIXED.indexOf(8) : 0, FIXED.size())) {
            double goodput =
                    SimulatedService.fixed(one.law.get(), one.load, fixed).goodput();
            size = goodput > best ? fixed : size;
            best = Math.max(best, goodput);
        }
        for (double hours : List.of(one.load.hours(), 1.0)) {
            Result adaptive = SimulatedService.adaptive(one.law.get(), one.load, hours);
            String figures = String.format(
                    Locale.ROOT,
                    "%s: %.3f/s = %.3f of %.3f/s, which batches of %d reach; sizes %s",
                    one,
                    adaptive.goodput(),
                    adaptive.goodput() / best,
                    best,
                    size,
                    adaptive.sizes());
            assertTrue(adaptive.goodput() >= GOOD * best, figures);
        }
    }

    @Test
    void theModelOfTheArticleIsServedInBatchesOf32() {
        assertEquals(
                List.of(32),
                SimulatedService.adaptive(ARTICLE, Load.of(128, 1), 1).sizes());
        assertEquals(
                List.of(32, 32, 32),
                SimulatedService.adaptive(linear(2.4, 0.075), Load.of(32, 3), 1).sizes());
    }
}
