package dev.headroom.session;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.session.ExecutionProvider.Cpu;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** A decoder continues sequences as llama2.c does, alone and beside others. */
class DecoderTest {

    @SuppressWarnings("unused")
    private static final List<String> FORMS = Stories.FORMS;

    /** Prompts of different lengths; in what follows them llama2.c was free to choose. */
    private static final int[] PROMPTS = {1, 5, 18, 4, 17};

    private static final int TOKENS = 80;

    @ParameterizedTest
    @FieldSource("FORMS")
    void continuesAlone(String form) throws RunFailedException {
        try (Decoder decoder = Decoder.open(Stories.spec(form), new Cpu(1))) {
            List<int[]> golden = Stories.golden();
            for (int i = 0; i < golden.size(); i++) {
                int[] line = golden.get(i);
                Prompt prompt = decoder.prompts().begin(PROMPTS[i]);
                int next = best(decoder.prompts().read(prompt, Arrays.copyOf(line, PROMPTS[i])), 0);
                decoder.join(prompt);
                decoder.reshape(1, TOKENS + PROMPTS[i]);
                int[] said = new int[TOKENS];
                for (int token = 0; token < TOKENS; token++) {
                    said[token] = next;
                    next = best(decoder.step(new int[] {next}), 0);
                }
                assertArrayEquals(Arrays.copyOfRange(line, PROMPTS[i], PROMPTS[i] + TOKENS), said);
                decoder.leave(0);
            }
        }
    }

    @ParameterizedTest
    @FieldSource("FORMS")
    void continuesBesideOthersThatComeAndGo(String form) throws RunFailedException {
        Random random = new Random(7);
        List<int[]> golden = Stories.golden();
        try (Decoder decoder = Decoder.open(Stories.spec(form), new Cpu(1))) {
            List<int[]> rows = new ArrayList<>(); // which line, and where it ends
            for (int joined = 0; joined < 40 || !rows.isEmpty(); ) {
                if (joined < 40 && rows.size() < 6 && random.nextInt(3) > 0) {
                    int line = random.nextInt(golden.size());
                    int length = PROMPTS[line];
                    Prompt prompt = decoder.prompts().begin(length + 1);
                    for (int at = 0; at < length; ) {
                        int part = 1 + random.nextInt(length - at);
                        Logits logits =
                                decoder.prompts().read(prompt, Arrays.copyOfRange(golden.get(line), at, at + part));
                        at += part;
                        if (at == length) {
                            assertEquals(golden.get(line)[at], best(logits, 0));
                        }
                    }
                    decoder.join(prompt);
                    rows.add(new int[] {line, length + 1 + random.nextInt(TOKENS)});
                    joined++;
                }
                if (!rows.isEmpty()) {
                    step(decoder, rows, golden);
                }
                for (int row = rows.size() - 1; row >= 0; row--) {
                    if (decoder.length(row) >= rows.get(row)[1]) {
                        decoder.leave(row);
                        rows.set(row, rows.getLast());
                        rows.removeLast();
                    }
                }
            }
        }
    }

    /** Some graphs have a mask of so many tokens, and fail at more. */
    @Test
    void noStepIsWiderThanTheLongestSequence(@TempDir Path folder) throws RunFailedException {
        try (Decoder decoder = Decoder.open(TinyLlama.write(folder, LlamaForm.CONCATENATED), new Cpu(1))) {
            for (int length : new int[] {TinyLlama.LONGEST - 1, TinyLlama.LONGEST - 20, TinyLlama.LONGEST - 30}) {
                Prompt prompt = decoder.prompts().begin(length);
                decoder.prompts().read(prompt, new int[length]);
                decoder.join(prompt);
            }
            decoder.leave(0);
            for (int token = 0; token < 10; token++) {
                decoder.step(new int[2]);
                assertTrue(decoder.heldBytes() <= 2 * TinyLlama.LONGEST * TinyLlama.TOKEN_BYTES);
            }
        }
    }

    private static void step(Decoder decoder, List<int[]> rows, List<int[]> golden) throws RunFailedException {
        int longest = 0;
        int[] tokens = new int[rows.size()];
        for (int row = 0; row < tokens.length; row++) {
            tokens[row] = golden.get(rows.get(row)[0])[decoder.length(row)];
            longest = Math.max(longest, decoder.length(row));
        }
        if (longest + 1 > decoder.capacity()) {
            decoder.reshape(decoder.capacityRows(), longest + 16);
        }
        Logits logits = decoder.step(tokens);
        for (int row = 0; row < tokens.length; row++) {
            int[] line = golden.get(rows.get(row)[0]);
            if (decoder.length(row) > PROMPTS[rows.get(row)[0]]) {
                assertEquals(line[decoder.length(row)], best(logits, row));
            }
        }
    }

    private static int best(Logits logits, int row) {
        int from = row * logits.vocabulary();
        int best = from;
        for (int i = from; i < from + logits.vocabulary(); i++) {
            best = logits.scores()[i] > logits.scores()[best] ? i : best;
        }
        return best - from;
    }
}
