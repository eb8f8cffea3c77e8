package dev.headroom.function.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headroom.function.body.JsonFields;
import dev.headroom.generation.Sampling;
import dev.headroom.request.RequestFailedException;
import java.util.List;
import java.util.Map;
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
        assertEquals(Sampling.GREEDY, fields(json).read(-1, false));
        assertEquals(List.of(), fields(json).stops());
    }

    @Test
    void readsEveryField() {
        Sampling read = fields(
                        "{\"temperature\": 1.5, \"top_k\": -1, \"top_p\": 0.5, \"min_p\": 0.25, \"repetition_penalty\": 2,"
                                + " \"presence_penalty\": -1, \"frequency_penalty\": 1, \"logit_bias\": {\"99\": -100}, \"seed\": 7}")
                .read(3, true);
        Sampling expected =
                new Sampling(1.5f, 0, 0.5f, 0.25f, 2, -1, 1, Map.of(99, -100f), OptionalLong.of(7), 3, true);
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
                assertThrows(RequestFailedException.class, () -> fields.read(-1, false))
                        .getMessage());
    }

    @Test
    void refusesMoreSequencesThanCanEverWait() {
        Prompts prompts = new Prompts("prompt", model, List.of(new int[] {1}, new int[] {2}));
        assertEquals(8, prompts.generation(wish(4), null).sequences().size());
        String message = assertThrows(RequestFailedException.class, () -> prompts.generation(wish(5), null))
                .getMessage();
        assertTrue(message.contains("ask for 10 sequences, and at most 8 wait for model 'scripted'"), message);
    }

    private static Prompts.Wish wish(int each) {
        return new Prompts.Wish(Sampling.GREEDY, each, OptionalInt.of(1), List.of());
    }
}
