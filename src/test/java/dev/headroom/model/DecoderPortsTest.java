package dev.headroom.model;

import static dev.headroom.session.OnnxWriter.FLOAT;
import static dev.headroom.session.OnnxWriter.INT64;
import static dev.headroom.session.OnnxWriter.fixed;
import static dev.headroom.session.OnnxWriter.join;
import static dev.headroom.session.OnnxWriter.message;
import static dev.headroom.session.OnnxWriter.model;
import static dev.headroom.session.OnnxWriter.open;
import static dev.headroom.session.OnnxWriter.port;
import static dev.headroom.session.OnnxWriter.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.model.file.BrokenModelException;
import dev.headroom.model.onnx.DecoderGraph.Geometry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A folder whose graph cannot generate text is refused with a sentence that names what is wrong. */
class DecoderPortsTest {

    private static final int INPUT = 11;
    private static final int OUTPUT = 12;
    private static final int INT32 = 6;

    @TempDir
    private Path folder;

    private final List<byte[]> ports = new ArrayList<>();

    @BeforeEach
    void files() throws IOException {
        write("config.json", "{\"model_type\": \"llama\", \"max_position_embeddings\": 64, \"eos_token_id\": 2}");
        write("tokenizer.json", "{}");
        write("model.yaml", "task: generate\n");
        integers("input_ids", INT64);
        integers("attention_mask", INT64);
        cache(INPUT, "past_key_values.0.key", FLOAT, 2, 16);
        cache(INPUT, "past_key_values.0.value", FLOAT, 2, 16);
        cache(OUTPUT, "present.0.key", FLOAT, 2, 16);
        cache(OUTPUT, "present.0.value", FLOAT, 2, 16);
    }

    private void write(String file, String content) throws IOException {
        Files.writeString(folder.resolve(file), content);
    }

    private void integers(String name, int type) {
        ports.add(port(INPUT, name, type, open("rows"), open("tokens")));
    }

    private void cache(int kind, String name, int type, int heads, int size) {
        ports.add(port(kind, name, type, open("rows"), fixed(heads), open("past"), fixed(size)));
    }

    private void logits() {
        ports.add(port(OUTPUT, "logits", FLOAT, open("rows"), open("tokens"), fixed(300)));
    }

    private TaskSpec.Generate read(byte[]... nodes) throws IOException {
        Files.write(folder.resolve("model.onnx"), model(join(ports.toArray(byte[][]::new)), join(nodes)));
        return assertInstanceOf(
                TaskSpec.Generate.class,
                ModelRepository.graphs(folder).getFirst().task());
    }

    private void assertRefused(String... parts) {
        String message = assertThrows(BrokenModelException.class, this::read).getMessage();
        for (String part : parts) {
            assertTrue(message.contains(part), message);
        }
    }

    @Test
    void aDecoderIsReadByItsPorts() throws IOException {
        logits();
        TaskSpec.Generate task = read();
        assertFalse(task.graph().shared());
        assertEquals(new Geometry(FLOAT, 2, 16), task.graph().geometry());
        assertEquals(2 * 2 * 16 * 4, task.graph().bytesPerToken());
        assertTrue(task.graph().inputs().positions().isEmpty());
    }

    @Test
    void theOperatorTellsThatMemoryIsShared() throws IOException {
        logits();
        byte[] attention = message(1, text(4, "GroupQueryAttention"), text(7, "com.microsoft"));
        assertTrue(read(attention).graph().shared());
    }

    @Test
    void sharedMemoryNeedsTheLengthsThatTheMaskTells() throws IOException {
        ports.remove(1);
        logits();
        Files.write(
                folder.resolve("model.onnx"),
                model(
                        join(ports.toArray(byte[][]::new)),
                        message(1, text(4, "GroupQueryAttention"), text(7, "com.microsoft"))));
        String message = assertThrows(BrokenModelException.class, () -> ModelRepository.graphs(folder))
                .getMessage();
        assertTrue(message.contains("no input attention_mask"), message);
    }

    @Test
    void anInputThatIsNotKnownIsNamed() {
        logits();
        integers("image_sizes", INT64);
        assertRefused("has the inputs image_sizes, which are not served", "task: tensors");
    }

    @Test
    void anEncodersAnswerIsNoInputOfAPrompt() {
        logits();
        integers("encoder_attention_mask", INT64);
        ports.add(port(INPUT, "encoder_hidden_states", FLOAT, open("rows"), open("tokens"), fixed(8)));
        assertRefused("has the inputs encoder_attention_mask, encoder_hidden_states, which are not served");
    }

    @Test
    void embeddingsInPlaceOfTokensAreRefused() {
        logits();
        ports.set(0, port(INPUT, "inputs_embeds", FLOAT, open("rows"), open("tokens"), fixed(8)));
        assertRefused("has no input input_ids", "inputs_embeds");
    }

    @Test
    void tokensOfAnotherTypeAreRefused() {
        logits();
        ports.remove(0);
        integers("input_ids", FLOAT);
        assertRefused("input_ids", "whose type is not served", "int64 or int32");
    }

    @Test
    void placesOfThreeDimensionsAreRefused() {
        logits();
        ports.add(port(INPUT, "position_ids", INT64, fixed(3), open("rows"), open("tokens")));
        assertRefused("has position_ids of 3 dimensions");
    }

    @Test
    void keysOfDifferentSizesAreRefused() {
        logits();
        cache(INPUT, "past_key_values.1.key", FLOAT, 2, 16);
        cache(INPUT, "past_key_values.1.value", FLOAT, 2, 32);
        cache(OUTPUT, "present.1.key", FLOAT, 2, 16);
        cache(OUTPUT, "present.1.value", FLOAT, 2, 32);
        assertRefused("keeps keys and values of different sizes");
    }

    @Test
    void keysThatAreNotContinuedAreRefused() {
        logits();
        cache(INPUT, "past_key_values.1.key", FLOAT, 2, 16);
        cache(INPUT, "past_key_values.1.value", FLOAT, 2, 16);
        assertRefused("lacks the input past_key_values.1.key or the output present.1.key");
    }

    @Test
    void keysOfIntegersAreRefused() {
        logits();
        ports.remove(2);
        cache(INPUT, "past_key_values.0.key", INT32, 2, 16);
        assertRefused("past_key_values.0.key", "floating-point numbers of 4 dimensions");
    }

    @Test
    void sizesThatNoFileTellsAreRefused() {
        logits();
        ports.set(2, port(INPUT, "past_key_values.0.key", FLOAT, open("a"), open("b"), open("c"), open("d")));
        assertRefused("leaves sizes of", "neither genai_config.json nor config.json tells them");
    }

    /** As onnxruntime-genai's builder writes folders: without config.json, and with sizes that the graph leaves open. */
    @Test
    void genaiConfigTellsTheSizesThatTheGraphLeavesOpen() throws IOException {
        logits();
        Files.delete(folder.resolve("config.json"));
        write("genai_config.json", """
                {"model": {"context_length": 64, "eos_token_id": 2, "type": "llama", "vocab_size": 300, "decoder": {
                "head_size": 16, "hidden_size": 64, "num_attention_heads": 4, "num_key_value_heads": 2}}}""");
        for (int i : new int[] {2, 3}) {
            String name = "past_key_values.0." + (i == 2 ? "key" : "value");
            ports.set(i, port(INPUT, name, FLOAT, open("rows"), fixed(2), open("past"), open("kv_cache_dim")));
        }
        assertEquals(new Geometry(FLOAT, 2, 16), read().graph().geometry());
    }

    /** Exporters that trace a graph leave the short factors in it alone. */
    @Test
    void theContextEndsWhereAGraphLacksTheFactorsOfLongerSequences() throws IOException {
        logits();
        assertEquals(64, read().text().maxLength());
        write("config.json", """
                {"model_type": "phi3", "max_position_embeddings": 64, "eos_token_id": 2, "original_max_position_embeddings": 32,
                "rope_scaling": {"type": "longrope", "short_factor": [1], "long_factor": [2]}}""");
        assertEquals(32, read().text().maxLength());
        write("config.json", """
                {"model_type": "phi3", "max_position_embeddings": 64, "eos_token_id": 2, "rope_parameters": {
                "rope_type": "longrope", "original_max_position_embeddings": 16, "short_factor": [1], "long_factor": [2]}}""");
        assertEquals(16, read().text().maxLength());
    }

    @Test
    void aGraphWithoutScoresIsRefused() {
        assertRefused("has no output logits", "present.0.key");
    }

    @Test
    void theTokenThatEndsATextHasToBeKnown() throws IOException {
        logits();
        write("config.json", "{\"model_type\": \"llama\", \"max_position_embeddings\": 64}");
        assertRefused("no file says which token ends a text", "generation_config.json");
    }

    @Test
    void theContextLengthHasToBeKnown() throws IOException {
        logits();
        write("config.json", "{\"model_type\": \"llama\", \"eos_token_id\": 2}");
        assertRefused("no file says how many tokens the model reads at most", "max_length");
    }
}
