package dev.headroom.generation.sampling;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Penalties and filters leave the tokens that transformers' LogitsProcessorList leaves, with its probabilities. */
class FiltersTest {

    private static final JsonNode REFERENCE = reference();

    private static JsonNode reference() {
        try {
            return new ObjectMapper()
                    .readTree(Path.of("src/test/resources/generation/filters.json")
                            .toFile());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    static List<JsonNode> cases() {
        return REFERENCE.path("cases").valueStream().toList();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void leaveTheTokensThatTransformersLeaves(JsonNode expected) {
        Sampling sampling = new Sampling(
                expected.path("temperature").floatValue(),
                expected.path("topK").intValue(),
                expected.path("topP").floatValue(),
                expected.path("minP").floatValue(),
                expected.path("repetitionPenalty").floatValue(),
                0,
                0,
                Map.of(),
                OptionalLong.empty(),
                -1,
                Optional.empty());
        Logits logits = logits(floats(REFERENCE.path("logits")));
        int[] prompt = REFERENCE
                .path("prompt")
                .valueStream()
                .mapToInt(JsonNode::intValue)
                .toArray();
        new Penalties(sampling, prompt).apply(logits);
        Weights weights = new Weights(logits, sampling.temperature());
        float least = Filters.least(sampling, weights);
        int[] left = IntStream.range(0, logits.length())
                .filter(id -> logits.at(id) >= least)
                .toArray();
        assertArrayEquals(
                expected.path("tokens")
                        .valueStream()
                        .mapToInt(JsonNode::intValue)
                        .toArray(),
                left);
        double sum = weights.sum(least);
        for (int i = 0; i < left.length; i++) {
            assertEquals(expected.path("probabilities").path(i).doubleValue(), weights.block(0)[left[i]] / sum, 2e-6);
        }
    }

    @Test
    void findTheSameCutAsSortingInALargeVocabulary() {
        Random random = new Random(1);
        float[] values = new float[40_000];
        for (int i = 0; i < values.length; i++) {
            values[i] = i % 7 == 0 ? Float.NEGATIVE_INFINITY : (float) random.nextGaussian() * 5;
        }
        Logits logits = logits(values.clone());
        Arrays.sort(values);
        for (int k : new int[] {1, 2, 50, 1000, 30_000}) {
            assertEquals(values[values.length - k], Cut.place(logits, k));
        }
        assertEquals(-Float.MAX_VALUE, Cut.place(logits, 39_999));
        Weights weights = new Weights(logits, 1.5f);
        for (double p : new double[] {0, 0.1, 0.5, 0.9, 0.99}) {
            float cut = Cut.weight(weights, -Float.MAX_VALUE, p * weights.sum(-Float.MAX_VALUE));
            assertEquals(nucleus(values, 1.5, p), cut, "top-p " + p);
        }
    }

    private static float nucleus(float[] sorted, double temperature, double p) {
        double max = sorted[sorted.length - 1];
        double total = 0;
        for (float logit : sorted) {
            total += Math.exp((logit - max) / temperature);
        }
        double above = 0;
        for (int i = sorted.length - 1; ; i--) {
            above += Math.exp((sorted[i] - max) / temperature);
            if (above >= p * total) {
                return sorted[i];
            }
        }
    }

    @Test
    void weighAsTheExponentialDoes() {
        float[] values = new float[3000];
        for (int i = 0; i < values.length; i++) {
            values[i] = 7 - i * 0.02f;
        }
        Weights weights = new Weights(logits(values), 1);
        for (int i = 0; i < values.length; i++) {
            double exact = Math.exp(values[i] - 7);
            assertEquals(exact, weights.block(i / 1024 * 1024)[i % 1024], exact * 5e-5);
        }
    }

    private static Logits logits(float[] values) {
        return new Logits(values, 0, values.length);
    }

    private static float[] floats(JsonNode list) {
        float[] values = new float[list.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = list.path(i).floatValue();
        }
        return values;
    }
}
