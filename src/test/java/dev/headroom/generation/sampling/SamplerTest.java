package dev.headroom.generation.sampling;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.generation.sampling.Choice.Candidate;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The next token of a sequence. */
class SamplerTest {

    private static final float NEVER = Float.NEGATIVE_INFINITY;

    private static Sampling sampling(float temperature, long seed) {
        return new Sampling(temperature, 0, 1, 0, 1, 0, 0, Map.of(), OptionalLong.of(seed), -1, Optional.empty());
    }

    private static Sampling penalties(float repetition, float presence, float frequency, Map<Integer, Float> bias) {
        return new Sampling(
                0, 0, 1, 0, repetition, presence, frequency, bias, OptionalLong.empty(), -1, Optional.empty());
    }

    private static Sampling logprobs(int count) {
        return new Sampling(0, 0, 1, 0, 1, 0, 0, Map.of(7, 100f), OptionalLong.empty(), count, Optional.empty());
    }

    private static int next(Sampler sampler, float... logits) {
        return sampler.next(logits, 0, logits.length).token();
    }

    @Test
    void greedyTakesTheFirstOfEqualMaxima() {
        assertEquals(1, next(new Sampler(Sampling.GREEDY, new int[] {0}), 1, 5, NEVER, 5, 4));
    }

    @Test
    void aHardlyWarmTemperatureIsGreedy() {
        assertEquals(1, next(new Sampler(sampling(Float.MIN_VALUE, 1), new int[] {0}), 1, 5, 3, 5, 4));
    }

    @Test
    void readsItsRowOfManyAndLeavesThemAsTheyWere() {
        float[] rows = {9, 9, 9, 1, 2, 3, 9, 9};
        float[] before = rows.clone();
        Sampler sampler = new Sampler(penalties(1, 2, 0, Map.of(0, 7f)), new int[] {0});
        assertEquals(0, sampler.next(rows, 3, 3).token());
        assertEquals(1, sampler.next(rows, 3, 3, 0, 2, 99).token());
        assertArrayEquals(before, rows);
    }

    @Test
    void theRepetitionPenaltyCountsThePromptAndTheOthersDoNot() {
        assertEquals(1, next(new Sampler(penalties(2, 0, 0, Map.of()), new int[] {0, 0, 99}), 5, 4, 1));
        assertEquals(0, next(new Sampler(penalties(1, 2, 2, Map.of()), new int[] {0, 0, 99}), 5, 4, 1));
        assertEquals(1, next(new Sampler(penalties(2, 0, 0, Map.of()), new int[] {0}), -3, -4, -7));
    }

    @Test
    void presenceCountsOnceAndFrequencyEachTime() {
        Sampler presence = new Sampler(penalties(1, 2, 0, Map.of()), new int[] {2});
        Sampler frequency = new Sampler(penalties(1, 0, 1, Map.of()), new int[] {2});
        int[] once = new int[4];
        int[] eachTime = new int[4];
        for (int i = 0; i < 4; i++) {
            once[i] = next(presence, 5, 3.5f, 0);
            eachTime[i] = next(frequency, 5, 3.5f, 0);
        }
        assertArrayEquals(new int[] {0, 1, 0, 0}, once);
        assertArrayEquals(new int[] {0, 0, 1, 0}, eachTime);
    }

    @Test
    void aBiasOfAnUnknownTokenIsPassedOver() {
        assertEquals(2, next(new Sampler(penalties(1, 0, 0, Map.of(2, 9f, 70_000, 100f)), new int[] {0}), 5, 4, 1));
    }

    @Test
    void theSameSeedChoosesTheSameTokens() {
        Sampler first = new Sampler(sampling(1, 42), new int[] {0});
        Sampler second = new Sampler(sampling(1, 42), new int[] {0});
        Sampler other = new Sampler(sampling(1, 43), new int[] {0});
        int[][] tokens = new int[3][50];
        for (int i = 0; i < 50; i++) {
            float[] logits = gaussian(i, 2000);
            tokens[0][i] = next(first, logits);
            tokens[2][i] = next(other, logits);
        }
        for (int i = 0; i < 50; i++) {
            tokens[1][i] = next(second, gaussian(i, 2000));
        }
        assertArrayEquals(tokens[0], tokens[1]);
        assertNotEquals(Arrays.toString(tokens[0]), Arrays.toString(tokens[2]));
    }

    @Test
    void drawsTokensAsOftenAsTheirProbability() {
        Sampler sampler = new Sampler(sampling(2, 5), new int[] {0});
        float[] logits = new float[3000];
        Arrays.fill(logits, NEVER);
        logits[10] = 2;
        logits[1500] = 4;
        logits[2999] = 2;
        int[] drawn = new int[3000];
        for (int i = 0; i < 4000; i++) {
            drawn[next(sampler, logits)]++;
        }
        double total = 2 + Math.E;
        assertEquals(4000 / total, drawn[10], 100);
        assertEquals(4000 * Math.E / total, drawn[1500], 100);
        assertEquals(4000 / total, drawn[2999], 100);
    }

    @Test
    void tellsTheProbabilitiesOfTheRawLogits() {
        float[] logits = {1, 3, NEVER, 3, 2, 0, 0, 1};
        Choice choice = new Sampler(logprobs(3), new int[] {0}).next(logits, 0, logits.length);
        double total = Math.log(2 * Math.exp(3) + Math.exp(2) + 2 * Math.exp(1) + 2);
        assertEquals(7, choice.token());
        assertEquals(1 - total, choice.logprob(), 1e-5);
        assertEquals(
                List.of(1, 3, 4), choice.top().stream().map(Candidate::token).toList());
        assertEquals(2 - total, choice.top().getLast().logprob(), 1e-5);
        assertEquals(
                7,
                new Sampler(logprobs(99), new int[] {0})
                        .next(logits, 0, 8)
                        .top()
                        .size());
        assertEquals(
                List.of(),
                new Sampler(logprobs(0), new int[] {0}).next(logits, 0, 8).top());
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY})
    void refusesLogitsThatAreNoNumbers(float broken) {
        float[] logits = gaussian(1, 50);
        logits[31] = broken;
        Sampler sampler = new Sampler(Sampling.GREEDY, new int[] {0});
        String message = assertThrows(NoTokenException.class, () -> sampler.next(logits, 0, 50))
                .getMessage();
        assertTrue(message.contains(Float.toString(broken)), message);
    }

    @Test
    void refusesToChooseWhereNothingIsLeft() {
        Sampler sampler = new Sampler(Sampling.GREEDY, new int[] {0});
        assertThrows(NoTokenException.class, () -> next(sampler, NEVER, NEVER));
        float[] logits = {1, 2};
        assertThrows(NoTokenException.class, () -> sampler.next(logits, 0, 2, 0, 1));
        assertArrayEquals(new float[] {1, 2}, logits);
    }

    @Test
    void refusesMeaninglessNumbersByTheirName() {
        String message = assertThrows(IllegalArgumentException.class, () -> sampling(Float.NaN, 1))
                .getMessage();
        assertEquals("temperature is NaN: give 0 or more.", message);
        assertThrows(IllegalArgumentException.class, () -> penalties(0, 0, 0, Map.of()));
        assertThrows(IllegalArgumentException.class, () -> penalties(1, 0, 0, Map.of(-1, 1f)));
    }

    private static float[] gaussian(long seed, int size) {
        Random random = new Random(seed);
        float[] logits = new float[size];
        for (int i = 0; i < size; i++) {
            logits[i] = (float) random.nextGaussian() * 3;
        }
        return logits;
    }
}
