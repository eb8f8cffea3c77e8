package dev.headroom.session;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headroom.session.ExecutionProvider.Cpu;
import dev.headroom.session.LlamaWeights.Sizes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A decoder scores each sequence as if it were alone and read as a whole, in every form of the graph. */
class TinyLlamaTest {

    private static final Path REFERENCE = Path.of("src/test/resources/generation/llama");
    private static final Sizes REFERENCE_SIZES = new Sizes(64, 16, 32, 2, 4, 2, 16, 128);
    private static final int MOST = 60;

    @TempDir
    private Path folder;

    private final Random random = new Random(5);

    /** A sequence whose tokens are known beforehand, and the scores after each as a prompt of its own. */
    private record Known(int[] tokens, List<float[]> scores) {}

    @ParameterizedTest
    @EnumSource(
            names = {"PLACES_BY_WIDTH", "QUANTISED"},
            mode = EnumSource.Mode.EXCLUDE) // which run one at a time
    void rowsThatComeAndGoAreScoredAsIfAlone(LlamaForm form) throws RunFailedException {
        float tolerance = form == LlamaForm.SHARED_HALF ? 0.1f : 1e-4f;
        try (Decoder decoder = Decoder.open(TinyLlama.write(folder, form), new Cpu(1))) {
            List<Known> known = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                known.add(known(decoder, 10 + random.nextInt(MOST - 10)));
            }
            List<Known> rows = new ArrayList<>();
            for (int joined = 0; joined < 30 || !rows.isEmpty(); ) {
                if (joined < 30 && rows.size() < 5 && random.nextInt(3) > 0) {
                    Known next = known.get(random.nextInt(known.size()));
                    join(decoder, next, 1 + random.nextInt(next.tokens.length - 1), tolerance);
                    rows.add(next);
                    joined++;
                }
                step(decoder, rows, tolerance);
                leave(decoder, rows);
            }
            assertEquals(0, decoder.rows());
        }
    }

    private Known known(Decoder decoder, int length) throws RunFailedException {
        int[] tokens = random.ints(length, 2, TinyLlama.VOCABULARY).toArray();
        List<float[]> scores = new ArrayList<>();
        for (int i = 1; i <= length; i++) {
            Prompt prompt = decoder.prompts().begin(i);
            scores.add(row(decoder.prompts().read(prompt, Arrays.copyOf(tokens, i)), 0));
            decoder.prompts().drop(prompt);
        }
        return new Known(tokens, scores);
    }

    private static float[] row(Logits logits, int row) {
        int size = logits.vocabulary();
        return Arrays.copyOfRange(logits.scores(), row * size, (row + 1) * size);
    }

    private void join(Decoder decoder, Known next, int length, float tolerance) throws RunFailedException {
        Prompt prompt = decoder.prompts().begin(length);
        while (prompt.length() < length) {
            int from = prompt.length();
            int to = decoder.readsInParts() ? from + 1 + random.nextInt(length - from) : length;
            Logits logits = decoder.prompts().read(prompt, Arrays.copyOfRange(next.tokens, from, to));
            assertArrayEquals(next.scores.get(to - 1), row(logits, 0), tolerance);
        }
        decoder.join(prompt);
    }

    private void step(Decoder decoder, List<Known> rows, float tolerance) throws RunFailedException {
        if (rows.isEmpty()) {
            return;
        }
        if (decoder.capacity() < MOST) {
            decoder.reshape(decoder.capacityRows(), MOST);
        }
        int[] next = new int[rows.size()];
        Arrays.setAll(
                next, row -> rows.get(row).tokens[Math.min(decoder.length(row), rows.get(row).tokens.length - 1)]);
        Logits logits = decoder.step(next);
        for (int row = 0; row < next.length; row++) {
            Known of = rows.get(row);
            assertArrayEquals(of.scores.get(decoder.length(row) - 1), row(logits, row), tolerance);
        }
    }

    private void leave(Decoder decoder, List<Known> rows) {
        for (int row = rows.size() - 1; row >= 0; row--) {
            if (decoder.length(row) == rows.get(row).tokens.length || random.nextInt(20) == 0) {
                decoder.leave(row);
                rows.set(row, rows.getLast());
                rows.removeLast();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            names = {"SHARED_HALF", "WINDOWED", "SLIDING", "LONG_ROPE", "LONG", "QUANTISED"},
            mode = EnumSource.Mode.EXCLUDE)
    void saysWhatTransformersSaysWithTheSameWeights(LlamaForm form) throws IOException, RunFailedException {
        LlamaWeights weights = LlamaWeights.read(REFERENCE_SIZES, REFERENCE.resolve("llama.bin"));
        JsonNode reference =
                new ObjectMapper().readTree(REFERENCE.resolve("llama.json").toFile());
        try (Decoder decoder = Decoder.open(TinyLlama.write(folder, form, weights), new Cpu(1))) {
            for (JsonNode line : reference.path("cases")) {
                say(decoder, line);
            }
        }
    }

    private static void say(Decoder decoder, JsonNode line) throws RunFailedException {
        int[] tokens = numbers(line.path("prompt"));
        Prompt prompt = decoder.prompts().begin(tokens.length);
        float[] scores = row(decoder.prompts().read(prompt, tokens), 0);
        assertScores(line.path("first"), scores);
        decoder.join(prompt);
        decoder.reshape(1, REFERENCE_SIZES.longest());
        int[] expected = numbers(line.path("tokens"));
        for (int i = 0; ; i++) {
            assertEquals(expected[i], best(scores));
            if (i == expected.length - 1) {
                break;
            }
            scores = row(decoder.step(new int[] {best(scores)}), 0);
        }
        assertScores(line.path("last"), scores);
        decoder.leave(0);
    }

    private static int[] numbers(JsonNode list) {
        int[] numbers = new int[list.size()];
        Arrays.setAll(numbers, i -> list.get(i).asInt());
        return numbers;
    }

    private static void assertScores(JsonNode expected, float[] scores) {
        for (int i = 0; i < scores.length; i++) {
            assertEquals(expected.get(i).asDouble(), scores[i], 1e-4);
        }
    }

    private static int best(float[] scores) {
        int best = 0;
        for (int i = 1; i < scores.length; i++) {
            best = scores[i] > scores[best] ? i : best;
        }
        return best;
    }
}
