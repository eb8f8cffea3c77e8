package dev.headroom.model;

import static dev.headroom.session.OnnxWriter.FLOAT;
import static dev.headroom.session.OnnxWriter.fixed;
import static dev.headroom.session.OnnxWriter.join;
import static dev.headroom.session.OnnxWriter.model;
import static dev.headroom.session.OnnxWriter.open;
import static dev.headroom.session.OnnxWriter.port;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.model.file.BrokenModelException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A graph may hold the pooling, and the layers behind it, which are then not applied again. */
class LayersInGraphTest {

    @TempDir
    Path folder;

    @BeforeEach
    void denseFrom4To2() throws IOException {
        write("tokenizer.json", "{}");
        write("config.json", "{\"architectures\": [\"BertModel\"], \"model_type\": \"bert\"}");
        write("modules.json", """
                [{"type": "sentence_transformers.models.Transformer", "path": ""},
                 {"type": "sentence_transformers.models.Pooling", "path": "1_Pooling"},
                 {"type": "sentence_transformers.models.Dense", "path": "2_Dense"},
                 {"type": "sentence_transformers.models.Normalize", "path": "3_Normalize"}]
                """);
        write("1_Pooling/config.json", "{\"pooling_mode\": \"max\"}");
        dense(4, 2);
    }

    private void write(String file, String content) throws IOException {
        Path path = folder.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, content);
    }

    private void dense(int inputs, int outputs) throws IOException {
        write(
                "2_Dense/config.json",
                "{\"in_features\": %d, \"out_features\": %d, \"bias\": false}".formatted(inputs, outputs));
        byte[] header = "{\"linear.weight\": {\"dtype\": \"F32\", \"shape\": [%d, %d], \"data_offsets\": [0, %d]}}"
                .formatted(outputs, inputs, inputs * outputs * Float.BYTES)
                .getBytes(StandardCharsets.UTF_8);
        ByteBuffer file = ByteBuffer.allocate(Long.BYTES + header.length + inputs * outputs * Float.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN);
        Files.write(
                folder.resolve("2_Dense/model.safetensors"),
                file.putLong(header.length).put(header).array());
    }

    private void graph(byte[]... outputs) throws IOException {
        Files.write(folder.resolve("model.onnx"), model(join(outputs)));
    }

    private static byte[] pooled(String name, int width) {
        return port(12, name, FLOAT, open("batch"), fixed(width));
    }

    private static byte[] tokens(String name) {
        return port(12, name, FLOAT, open("batch"), open("tokens"), fixed(4));
    }

    private ModelSpec spec() {
        return ModelRepository.graphs(folder).getFirst();
    }

    private TaskSpec.Embed embed() {
        return (TaskSpec.Embed) spec().task();
    }

    private void assertRefused(String part) {
        String sentence = assertThrows(BrokenModelException.class, this::spec).getMessage();
        assertTrue(sentence.startsWith(folder + ": ") && sentence.contains(part), sentence);
    }

    @Test
    void tokensArePooledAndGoThroughAllLayers() throws IOException {
        graph(pooled("pooler_output", 4), tokens("last_hidden_state"));
        assertEquals(List.of(Pooling.MAX), embed().vectors().poolings());
        assertEquals(2, embed().vectors().layers().size());
        assertEquals(Optional.of("last_hidden_state"), embed().ports().output());
    }

    @Test
    void theSentencesEmbeddingHoldsAllLayersAndTheirFilesAreNotNeeded() throws IOException {
        graph(tokens("token_embeddings"), pooled("sentence_embedding", 2));
        Files.delete(folder.resolve("2_Dense/model.safetensors"));
        Files.delete(folder.resolve("1_Pooling/config.json"));
        assertEquals(List.of(), embed().vectors().poolings());
        assertEquals(List.of(new Layer.Normalize()), embed().vectors().layers());
        assertEquals(Optional.of("sentence_embedding"), embed().ports().output());
        assertEquals(List.of(), spec().remarks());
        write("model.yaml", "output: token_embeddings");
        assertRefused("the file 2_Dense/model.safetensors is missing");
    }

    @Test
    void aSentencesEmbeddingOfAnotherWidthIsRefused() throws IOException {
        graph(pooled("sentence_embedding", 4));
        assertRefused(
                "the Dense layers of modules.json end with 2 values, and the graph's output sentence_embedding has 4");
    }

    @Test
    void whereTheWidthDoesNotTellItIsSaid() throws IOException {
        dense(4, 4);
        graph(pooled("sentence_embedding", 4));
        assertEquals(
                List.of(
                        "the Dense layers of modules.json are taken to be in the graph's output sentence_embedding, as exporters write it; if they are not, name an output with a vector for each token with the line 'output: ...' in model.yaml"),
                spec().remarks());
    }

    @Test
    void theWidthOfAnotherVectorTellsIfItHoldsTheLayers() throws IOException {
        graph(pooled("vector", 4));
        assertEquals(2, embed().vectors().layers().size());
        graph(pooled("vector", 2));
        assertEquals(List.of(new Layer.Normalize()), embed().vectors().layers());
        graph(pooled("vector", 3));
        assertRefused("has layers from 4 to 2 values, and the graph's output vector of 3 does not tell");
        dense(2, 2);
        graph(pooled("vector", 2));
        assertRefused("has layers from 2 to 2 values, and the graph's output vector of 2 does not tell");
    }

    @Test
    void aGraphThatPoolsHasPooledThePromptToo() throws IOException {
        graph(pooled("sentence_embedding", 2), tokens("token_embeddings"));
        write("1_Pooling/config.json", "{\"pooling_mode\": \"mean\", \"include_prompt\": false}");
        assertEquals(List.of(), embed().vectors().poolings());
        write("config_sentence_transformers.json", "{\"prompts\": {\"query\": \"query: \"}}");
        assertRefused(
                "'include_prompt: false', and the graph's output sentence_embedding has pooled the prompt already");
        write("model.yaml", "output: token_embeddings");
        assertEquals(false, embed().vectors().promptPooled());
    }
}
