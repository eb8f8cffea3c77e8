package dev.headroom.plan;

import dev.headroom.measured.Calibration;
import dev.headroom.measured.MemoryProfile;
import dev.headroom.measured.Sample;
import io.quarkus.runtime.configuration.MemorySize;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.LongFunction;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.RandomDistribution;
import net.jqwik.api.Tuple;

/** Draws devices, models and settings of the memory, as many large as small. */
final class PlanCases {

    static final long MOST_DEVICE_BYTES = 1L << 38;
    private static final long MOST_MODEL_BYTES = 1L << 34;

    private PlanCases() {}

    static Arbitrary<PlanCase> cases() {
        return Combinators.combine(
                        devices(), settings(), models().list().ofMinSize(1).ofMaxSize(3))
                .as(PlanCase::new);
    }

    private static Arbitrary<ServingDevice> devices() {
        return Combinators.combine(Arbitraries.of(true, false), bytes(MOST_DEVICE_BYTES), evenly(50, 100))
                .as((gpu, total, freePercent) ->
                        new ServingDevice(gpu, "a device", "", total, total * freePercent / 100, "drawn"));
    }

    private static Arbitrary<MemorySettings> settings() {
        Arbitrary<Optional<MemorySize>> size = bytes(MOST_DEVICE_BYTES)
                .map(bytes -> new MemorySize(BigInteger.valueOf(bytes)))
                .optional(0.3);
        Arbitrary<Double> target = Arbitraries.frequencyOf(
                Tuple.of(3, Arbitraries.just(0.80)),
                Tuple.of(1, Arbitraries.integers().between(1, 1000).map(thousandths -> thousandths / 1000.0)));
        return Combinators.combine(size, size, target).as(MemorySettings::new);
    }

    private static Arbitrary<ModelDemand> models() {
        return Combinators.combine(
                        evenly(1, 8192),
                        bytes(MOST_MODEL_BYTES),
                        evenly(0, 10_000),
                        profiles().optional(0.5),
                        calibrations().optional(0.4))
                .as((longest, weights, perElement, declared, calibration) -> new ModelDemand(
                        "m",
                        Plans.PRECISION,
                        weights,
                        longest,
                        perElement,
                        declared.map(profile -> profile.of(weights, longest)),
                        OptionalInt.empty(),
                        false,
                        calibration.map(measured -> measured.apply(longest))));
    }

    /** Memory that a folder declares: the weights are a part of it. */
    record Declared(long moreBytes, long itemBytes) {

        MemoryProfile of(long weights, long longest) {
            return MemoryProfile.ofItem(weights + moreBytes, itemBytes, longest);
        }
    }

    private static Arbitrary<Declared> profiles() {
        return Combinators.combine(bytes(MOST_MODEL_BYTES), bytes(MOST_MODEL_BYTES))
                .as(Declared::new);
    }

    private static Arbitrary<LongFunction<Calibration>> calibrations() {
        Arbitrary<OptionalLong> memory = bytes(MOST_MODEL_BYTES)
                .optional(0.8)
                .map(bytes ->
                        bytes.map(some -> OptionalLong.of(Math.max(1, some))).orElse(OptionalLong.empty()));
        Arbitrary<LongFunction<Sample>> samples = Combinators.combine(
                        Arbitraries.integers().between(0, 12),
                        Arbitraries.of(1, 16, 8192),
                        memory,
                        evenly(0, 20_000_000_000L))
                .as((power, part, held, nanos) ->
                        longest -> new Sample(1 << power, Math.max(1, longest / part), held, Duration.ofNanos(nanos)));
        return Combinators.combine(
                        bytes(MOST_MODEL_BYTES), samples.list().ofMinSize(1).ofMaxSize(12))
                .as((base, list) -> longest -> new Calibration(
                        Instant.EPOCH,
                        base,
                        OptionalLong.empty(),
                        list.stream().map(sample -> sample.apply(longest)).toList()));
    }

    /** As many small ones as large ones, and now and then none at all. */
    static Arbitrary<Long> bytes(long most) {
        Arbitrary<Long> some = Combinators.combine(
                        evenly(0, most), Arbitraries.integers().between(0, 8))
                .as((bytes, power) -> bytes >> power);
        return Arbitraries.frequencyOf(Tuple.of(1, Arbitraries.just(0L)), Tuple.of(20, some));
    }

    private static Arbitrary<Long> evenly(long least, long most) {
        return Arbitraries.longs().between(least, most).withDistribution(RandomDistribution.uniform());
    }
}
