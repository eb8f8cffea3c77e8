package dev.headroom.generation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import dev.headroom.session.Stories;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Sequences are continued as llama2.c continues them, whatever runs beside them and however little memory there is. */
class GeneratorTest {

    @SuppressWarnings("unused")
    private static final List<String> FORMS = Stories.FORMS;

    /** In what follows so many tokens of the lines llama2.c was free to choose. */
    private static final int[] PROMPTS = {1, 5, 18, 4, 17};

    /** Bytes of a token's keys and values: 5 layers x 2 x 4 heads x 16 numbers. */
    private static final long TOKEN = 5 * 2 * 4 * 16 * 4;

    @ParameterizedTest
    @FieldSource("FORMS")
    void saysWhatLlama2Says(String form) {
        try (RunningGenerator model = RunningGenerator.of(form, 64 << 20, 8)) {
            assertGolden(model, 60);
            assertEquals(0, model.count("headroom.generation.preemptions"));
        }
    }

    @ParameterizedTest
    @FieldSource("FORMS")
    void saysTheSameWhereSequencesGiveWay(String form) {
        try (RunningGenerator model = RunningGenerator.of(form, 240 * TOKEN, 8)) {
            assertGolden(model, 60);
            assertTrue(model.count("headroom.generation.preemptions") > 0);
        }
    }

    private static void assertGolden(RunningGenerator model, int sequences) {
        Random random = new Random(11);
        List<int[]> golden = Stories.golden();
        List<Told> told = new ArrayList<>();
        List<int[]> expected = new ArrayList<>();
        for (int i = 0; i < sequences; i++) {
            int line = random.nextInt(golden.size());
            int tokens = 10 + random.nextInt(90);
            int prompt = PROMPTS[line];
            told.add(model.generate(Arrays.copyOf(golden.get(line), prompt), tokens));
            int end = Math.min(prompt + tokens, golden.get(line).length);
            expected.add(Arrays.copyOfRange(golden.get(line), prompt, end));
        }
        for (int i = 0; i < sequences; i++) {
            int[] tokens = told.get(i).tokens();
            assertArrayEquals(expected.get(i), Arrays.copyOf(tokens, expected.get(i).length));
        }
    }

    @Test
    void refusesAPromptThatCanNeverFit() {
        try (RunningGenerator model = RunningGenerator.of(Stories.FORMS.getFirst(), 64 * TOKEN, 8)) {
            RequestFailedException refused =
                    assertThrows(RequestFailedException.class, () -> model.generate(new int[64], 1));
            Failure.TooLong failure = (Failure.TooLong) refused.failure();
            assertTrue(failure.detail().contains("64 tokens"), failure.detail());
        }
    }
}
