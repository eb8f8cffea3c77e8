package dev.headroom.model;

import static dev.headroom.session.OnnxWriter.FLOAT;
import static dev.headroom.session.OnnxWriter.INT64;
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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The output that a task reads, in folders whose graphs have others. */
class TaskOutputTest {

    private static final int UINT8 = 2;

    @TempDir
    Path folder;

    @BeforeEach
    void folder() throws IOException {
        write("tokenizer.json", "{}");
    }

    private void write(String file, String content) throws IOException {
        Files.writeString(folder.resolve(file), content);
    }

    private void graph(byte[]... outputs) throws IOException {
        Files.write(
                folder.resolve("model.onnx"),
                model(join(port(11, "input_ids", INT64, open("batch"), open("tokens")), join(outputs))));
    }

    private static byte[] output(String name, int type, long... sizes) {
        byte[][] dimensions = Arrays.stream(sizes)
                .mapToObj(size -> size == 0 ? open("any") : fixed(size))
                .toArray(byte[][]::new);
        return port(12, name, type, dimensions);
    }

    private static byte[] tokens(String name) {
        return output(name, FLOAT, 0, 0, 8);
    }

    private static byte[] pooled(String name) {
        return output(name, FLOAT, 0, 8);
    }

    private ModelSpec read() {
        return ModelRepository.graphs(folder).getFirst();
    }

    private String taken() {
        return read().task().ports().output().orElseThrow();
    }

    private String refused() {
        return assertThrows(BrokenModelException.class, this::read).getMessage();
    }

    private static void contains(String text, String... parts) {
        for (String part : parts) {
            assertTrue(text.contains(part), text);
        }
    }

    @Test
    void aTextsVectorIsFoundByNameInAnyOrder() throws IOException {
        graph(
                tokens("hidden_states.0"),
                pooled("pooler_output"),
                tokens("token_embeddings"),
                tokens("last_hidden_state"));
        assertEquals("last_hidden_state", taken());
        assertTrue(read().remarks().stream().noneMatch(remark -> remark.contains("output")));
        graph(tokens("token_embeddings"), pooled("sentence_embedding"));
        assertEquals("sentence_embedding", taken());
        graph(tokens("text_embeds"), pooled("13049"));
        assertEquals("text_embeds", taken());
        graph(pooled("pooler_output"));
        assertEquals("pooler_output", taken());
    }

    @Test
    void theTowerOfADualEncoderEndsBehindTheHiddenStates() throws IOException {
        graph(tokens("last_hidden_state"), pooled("pooler_output"));
        write("config.json", "{\"model_type\": \"siglip_text_model\"}");
        assertEquals("pooler_output", taken());
    }

    @Test
    void anImagesVectorIsThePooledOneUnlessThePoolingIsSaid() throws IOException {
        Files.delete(folder.resolve("tokenizer.json"));
        write("preprocessor_config.json", "{\"size\": {\"height\": 8, \"width\": 8}, \"do_normalize\": false}");
        graph(tokens("last_hidden_state"), output("pooler_output", FLOAT, 0, 8, 1, 1));
        assertEquals("pooler_output", taken());
        write("model.yaml", "pooling: mean\n");
        assertEquals("last_hidden_state", taken());
        graph(tokens("last_hidden_state"), pooled("image_embeds"));
        assertEquals("image_embeds", taken());
    }

    @Test
    void aSingleOutputWithoutAKnownNameIsTakenAndSaid() throws IOException {
        graph(output("vectors_quantized", UINT8, 0, 8), pooled("vectors"));
        assertEquals("vectors", taken());
        contains(
                read().remarks().getFirst(),
                "the output vectors of model.onnx is taken for an embedding",
                "'output: vectors'");
    }

    @Test
    void severalWithoutAKnownNameAreRefusedWithTheirNames() throws IOException {
        graph(pooled("dense_vecs"), tokens("colbert_vecs"));
        contains(
                refused(),
                folder + ": model.onnx has the outputs [dense_vecs FLOAT [?, 8], colbert_vecs FLOAT [?, ?, 8]]",
                "'output: NAME'");
        write("model.yaml", "output: dense_vecs\n");
        assertEquals("dense_vecs", taken());
    }

    @Test
    void quantisedOutputsAreNamedWithTheirType() throws IOException {
        graph(output("sentence_embedding_quantized", UINT8, 0, 8));
        contains(refused(), "sentence_embedding_quantized UINT8 [?, 8]", "none is known to hold an embedding");
        write("model.yaml", "output: sentence_embedding_quantized\n");
        contains(refused(), "sentence_embedding_quantized UINT8 [?, 8] there", "'task: tensors'");
    }

    @Test
    void scoresAreNoEmbeddingAndHiddenStatesNoScores() throws IOException {
        graph(output("logits", FLOAT, 0, 3));
        contains(refused(), "logits FLOAT [?, 3]", "of which none is known to hold an embedding");
        write("config.json", "{\"architectures\": [\"BertForSequenceClassification\"]}");
        assertEquals("logits", taken());
        graph(pooled("sentence_embedding"));
        contains(refused(), "of which none is known to hold the scores of labels");
        graph(output("logits", FLOAT, 0, 0, 3));
        contains(refused(), "logits FLOAT [?, ?, 3]");
    }

    @Test
    void aHeadThatTheExportLeftOutDoesNotCount() throws IOException {
        graph(tokens("last_hidden_state"));
        write("config.json", "{\"architectures\": [\"MPNetForMaskedLM\"], \"hidden_size\": 8}");
        assertEquals("last_hidden_state", taken());
        write("config.json", "{\"architectures\": [\"MPNetForMaskedLM\"], \"hidden_size\": 4, \"vocab_size\": 8}");
        assertEquals(Optional.empty(), read().task().ports().output());
        assertEquals("tensors", read().task().name());
        write("model.yaml", "task: embed\n");
        contains(refused(), "the head ForMaskedLM, and model.yaml says 'task: embed', which that head does not do");
        write("model.yaml", "task: embed\noutput: last_hidden_state\n");
        assertEquals("last_hidden_state", taken());
    }

    @Test
    void aDetectorOfObjectsIsServedAsTensors() throws IOException {
        Files.delete(folder.resolve("tokenizer.json"));
        write("preprocessor_config.json", "{\"size\": {\"height\": 8, \"width\": 8}, \"do_normalize\": false}");
        write("config.json", "{\"architectures\": [\"DetrForObjectDetection\"]}");
        graph(output("logits", FLOAT, 0, 100, 92), output("pred_boxes", FLOAT, 0, 100, 4));
        assertEquals("tensors", read().task().name());
    }

    @Test
    void anOutputOfOneFixedBatchIsLeftToOnnxRuntime() throws IOException {
        graph(output("last_hidden_state", FLOAT, 1, 0, 8));
        assertEquals(Optional.empty(), read().task().ports().output());
    }
}
