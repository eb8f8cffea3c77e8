package dev.headroom.function.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headroom.function.body.JsonFields;
import dev.headroom.generation.Stopping;
import dev.headroom.generation.form.JsonShape;
import dev.headroom.generation.sampling.Sampling;
import dev.headroom.request.RequestFailedException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SamplingFieldsTest {

    private final ScriptedTextModel model = new ScriptedTextModel();

    private SamplingFields fields(String json) {
        try {
            return SamplingFields.of(JsonFields.among(new ObjectMapper().readTree(json), List.of()), model);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"temperature\": null, \"top_k\": null, \"seed\": null, \"logit_bias\": null, \"stop\": null}"
            })
    void whatIsLeftOutIsAsTheFolderSays(String json) {
        assertEquals(Sampling.GREEDY, fields(json).read(-1, Optional.empty()));
        assertEquals(List.of(), fields(json).stops());
    }

    @Test
    void readsEveryField() {
        Sampling read = fields(
                        "{\"temperature\": 1.5, \"top_k\": -1, \"top_p\": 0.5, \"min_p\": 0.25, \"repetition_penalty\": 2,"
                                + " \"presence_penalty\": -1, \"frequency_penalty\": 1, \"logit_bias\": {\"99\": -100}, \"seed\": 7}")
                .read(3, Optional.of(new JsonShape.AnyObject()));
        Sampling expected = new Sampling(
                1.5f,
                0,
                0.5f,
                0.25f,
                2,
                -1,
                1,
                Map.of(99, -100f),
                OptionalLong.of(7),
                3,
                Optional.of(new JsonShape.AnyObject()));
        assertEquals(expected, read);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"logit_bias\": {\"100\": 1}}|logit_bias has the field '100'; send ids of tokens from \"0\" to \"99\".",
                "{\"logit_bias\": {\"-1\": 1}}|logit_bias has the field '-1'; send ids of tokens from \"0\" to \"99\".",
                "{\"logit_bias\": {\"a\": 1}}|logit_bias has the field 'a'; send ids of tokens from \"0\" to \"99\".",
                "{\"logit_bias\": {\"1\": 101}}|logit_bias.1 is the number 101; send one from -100 to 100.",
                "{\"temperature\": 2.5}|temperature is the number 2.5; send one from 0 to 2.",
                "{\"seed\": 1.5}|seed is the number 1.5; send a whole number from -9223372036854775808 to 9223372036854775807."
            })
    void refusesByName(String json, String message) {
        SamplingFields fields = fields(json);
        assertEquals(
                message,
                assertThrows(RequestFailedException.class, () -> fields.read(-1, Optional.empty()))
                        .getMessage());
    }

    @Test
    void readsWhatEndsAText() {
        assertEquals(
                Stopping.AT_ENDS,
                fields("{\"min_tokens\": null, \"ignore_eos\": false}").stopping());
        assertEquals(
                new Stopping(List.of("a", "b"), 3, true),
                fields("{\"stop\": [\"a\", \"b\", \"a\"], \"min_tokens\": 3, \"ignore_eos\": true}")
                        .stopping());
    }

    @Test
    void refusesMoreTokensAtLeastThanAtMost() {
        Prompts prompts = new Prompts("prompt", model, List.of(new int[] {1}));
        Stopping atLeastTwo = new Stopping(List.of(), 2, false);
        Prompts.Wish wish = new Prompts.Wish(Sampling.GREEDY, 1, OptionalInt.of(1), atLeastTwo);
        assertEquals(
                "min_tokens is 2, and at most 1 tokens are to follow; lower it, or raise max_tokens.",
                assertThrows(RequestFailedException.class, () -> prompts.generation(wish, null))
                        .getMessage());
    }

    @Test
    void theLeastTokensHaveToFitBehindThePrompt() {
        Prompts prompts = new Prompts("prompt", model, List.of(new int[model.contextLength() - 1]));
        Prompts.Wish wish =
                new Prompts.Wish(Sampling.GREEDY, 1, OptionalInt.empty(), new Stopping(List.of(), 2, false));
        String message = assertThrows(RequestFailedException.class, () -> prompts.generation(wish, null))
                .getMessage();
        assertTrue(message.startsWith("prompt has 19 tokens and 2 are to follow"), message);
    }

    @Test
    void refusesMoreSequencesThanCanEverWait() {
        Prompts prompts = new Prompts("prompt", model, List.of(new int[] {1}, new int[] {2}));
        assertEquals(8, prompts.generation(wish(4), null).sequences().size());
        String message = assertThrows(RequestFailedException.class, () -> prompts.generation(wish(5), null))
                .getMessage();
        assertTrue(message.contains("ask for 10 sequences, and at most 8 wait for model 'scripted'"), message);
    }

    @Test
    void onlyDevicesCountThatHoldPromptAndContinuation() {
        Prompts prompts = new Prompts("prompt", model, List.of(new int[4], new int[12]));
        assertEquals(8, prompts.generation(wish(4), null).sequences().size());
        Prompts longer = new Prompts("prompt", model, List.of(new int[11], new int[12]));
        String message = assertThrows(RequestFailedException.class, () -> longer.generation(wish(4), null))
                .getMessage();
        assertTrue(message.contains("ask for 8 sequences, and at most 4 wait for model 'scripted'"), message);
    }

    private static Prompts.Wish wish(int each) {
        return new Prompts.Wish(Sampling.GREEDY, each, OptionalInt.of(1), Stopping.AT_ENDS);
    }
}
