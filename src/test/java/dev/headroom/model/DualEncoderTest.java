package dev.headroom.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.model.file.BrokenModelException;
import dev.headroom.session.OnnxWriter;
import dev.headroom.task.DualEncoders;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A folder with a graph for texts and one for images. */
class DualEncoderTest {

    @TempDir
    Path models;

    private Path clip() throws IOException {
        return DualEncoders.copy("clip", models.resolve("clip"));
    }

    private static String refusal(Path folder) {
        String message = assertThrows(BrokenModelException.class, () -> ModelRepository.graphs(folder))
                .getMessage();
        assertTrue(message.startsWith(folder + ": "), message);
        return message.substring(folder.toString().length() + 2);
    }

    private static Optional<String> output(ModelSpec graph) {
        return graph.task().ports().output();
    }

    @ParameterizedTest
    @CsvSource({"clip, text_embeds, image_embeds", "siglip, pooler_output, pooler_output"})
    void oneFolderMakesTwoGraphsOfOneName(String name, String ofTexts, String ofImages) throws IOException {
        List<ModelSpec> graphs = ModelRepository.graphs(DualEncoders.copy(name, models.resolve("shop")));
        assertEquals(
                List.of("shop/text", "shop/image"),
                graphs.stream().map(ModelSpec::name).toList());
        assertEquals(Optional.of(ofTexts), output(graphs.getFirst()));
        assertEquals(Optional.of(ofImages), output(graphs.getLast()));
        assertInstanceOf(TaskSpec.Embed.class, graphs.getFirst().task());
        assertEquals(16, graphs.getFirst().task().elementsPerItem());
        assertInstanceOf(TaskSpec.Image.class, graphs.getLast().task());
        for (ModelSpec graph : graphs) {
            assertEquals(List.of("shop"), graph.names());
            assertEquals(1, graph.remarks().size(), "that vectors are normalised");
        }
    }

    @Test
    void eachGraphHasItsHalfPrecision() throws IOException {
        Path folder = clip();
        Files.copy(folder.resolve("onnx/vision_model.onnx"), folder.resolve("onnx/vision_model_fp16.onnx"));
        List<ModelSpec> graphs = ModelRepository.graphs(folder);
        assertEquals(1, graphs.getFirst().graph().files().size());
        assertEquals(2, graphs.getLast().graph().files().size());
    }

    @Test
    void aCombinedGraphBesideThemIsPassedOver() throws IOException {
        Path folder = clip();
        Files.copy(folder.resolve("onnx/text_model.onnx"), folder.resolve("onnx/model.onnx"));
        assertEquals(2, ModelRepository.graphs(folder).size());
    }

    @Test
    void aCombinedGraphAloneIsRefused() throws IOException {
        Path folder = clip();
        Files.delete(folder.resolve("onnx/text_model.onnx"));
        Files.delete(folder.resolve("onnx/vision_model.onnx"));
        Files.write(
                folder.resolve("onnx/model.onnx"),
                OnnxWriter.model(
                        OnnxWriter.message(12, OnnxWriter.text(1, "text_embeds")),
                        OnnxWriter.message(12, OnnxWriter.text(1, "image_embeds"))));
        assertEquals(
                "model.onnx makes [text_embeds, image_embeds] of a text and an image together; export text_model.onnx and vision_model.onnx, or serve it with 'task: tensors' in model.yaml.",
                refusal(folder));
    }

    @Test
    void modelYamlSaysForBothWhatHoldsForBoth() throws IOException {
        Path folder = clip();
        Files.writeString(
                folder.resolve("model.yaml"),
                "normalize: false\nbatch: 4\nweight: 3\nmax_length: 8\nmemory: {base: 1MiB, per_item: 1KiB}\n");
        for (ModelSpec graph : ModelRepository.graphs(folder)) {
            assertEquals(OptionalInt.of(4), graph.batch());
            assertEquals(3, graph.weight());
            assertTrue(graph.memory().isPresent());
            assertEquals(List.of(), graph.remarks());
        }
        Files.writeString(folder.resolve("model.yaml"), "output: text_embeds\nlabels: [a]\n");
        assertEquals(
                "model.yaml sets [output, labels], which is of one graph, and there are [text_model.onnx, vision_model.onnx]; leave it out, or name the one graph to be served with 'file' and 'task'.",
                refusal(folder));
    }

    @Test
    void oneGraphAloneIsServedWhereModelYamlNamesIt() throws IOException {
        Path folder = clip();
        Files.writeString(folder.resolve("model.yaml"), "task: image\nfile: onnx/vision_model.onnx\n");
        ModelSpec only = ModelRepository.graphs(folder).getFirst();
        assertEquals("clip", only.name());
        assertInstanceOf(TaskSpec.Image.class, only.task());
    }

    @Test
    void oneGraphWithoutTheOtherIsRefused() throws IOException {
        Path folder = clip();
        Files.delete(folder.resolve("onnx/vision_model.onnx"));
        assertEquals(
                "there is text_model.onnx and no vision_model.onnx; put it there, too, or serve the one with the lines 'file: onnx/text_model.onnx' and 'task: embed' in model.yaml.",
                refusal(folder));
    }

    @Test
    void modulesBehindTheGraphsHoldForImagesToo() throws IOException {
        Path folder = clip();
        Files.writeString(folder.resolve("config_sentence_transformers.json"), "{\"truncate_dim\": 2}");
        Files.writeString(folder.resolve("modules.json"), """
                [{"type": "sentence_transformers.models.CLIPModel", "path": ""},
                 {"type": "sentence_transformers.models.Dense", "path": "1_Dense"},
                 {"type": "sentence_transformers.models.Normalize", "path": "2_Normalize"}]
                """);
        Path dense = Files.createDirectory(folder.resolve("1_Dense"));
        Files.writeString(dense.resolve("config.json"), "{\"in_features\": 12, \"out_features\": 3, \"bias\": false}");
        byte[] header = "{\"linear.weight\": {\"dtype\": \"F32\", \"shape\": [3, 12], \"data_offsets\": [0, 144]}}"
                .getBytes(StandardCharsets.UTF_8);
        ByteBuffer weights =
                ByteBuffer.allocate(Long.BYTES + header.length + 144).order(ByteOrder.LITTLE_ENDIAN);
        Files.write(
                dense.resolve("model.safetensors"),
                weights.putLong(header.length).put(header).array());
        List<ModelSpec> graphs = ModelRepository.graphs(folder);
        TaskSpec.Vectors texts = ((TaskSpec.Embed) graphs.getFirst().task()).vectors();
        TaskSpec.Vectors images = ((TaskSpec.Image) graphs.getLast().task()).vectors();
        assertEquals(2, texts.layers().size());
        assertEquals(2, images.layers().size());
        assertEquals(OptionalInt.of(2), images.dimensions());
        Files.delete(folder.resolve("modules.json"));
        assertEquals(
                OptionalInt.of(2),
                ((TaskSpec.Image) ModelRepository.graphs(folder).getLast().task())
                        .vectors()
                        .dimensions());
    }

    @Test
    void aVectorForEachPatchIsNoVectorOfAnImage() throws IOException {
        Path folder = clip();
        Files.write(
                folder.resolve("onnx/vision_model.onnx"),
                OnnxWriter.model(OnnxWriter.port(
                        12,
                        "image_embeds",
                        OnnxWriter.FLOAT,
                        OnnxWriter.open("b"),
                        OnnxWriter.open("p"),
                        OnnxWriter.fixed(12))));
        assertEquals(
                "the output image_embeds of vision_model.onnx has 3 dimensions, and one vector for each item is served, [batch, dimensions]; export the graph with that.",
                refusal(folder));
    }

    /** CLIP's pooled output is not projected yet, so that texts and images share no space. */
    @Test
    void anOutputOutsideOfTheCommonSpaceIsRefused() throws IOException {
        Path folder = clip();
        Path siglip = DualEncoders.copy("siglip", models.resolve("siglip"));
        Files.writeString(siglip.resolve("config.json"), "{\"model_type\": \"clip\"}");
        assertTrue(
                refusal(siglip)
                        .startsWith(
                                "text_model.onnx has the outputs [last_hidden_state, pooler_output] and not text_embeds, which is the vector that texts and images share;"));
        Files.writeString(siglip.resolve("config.json"), "{\"model_type\": \"siglip\"}");
        Files.delete(siglip.resolve("onnx/text_model.onnx"));
        Files.copy(folder.resolve("onnx/text_model.onnx"), siglip.resolve("onnx/text_model.onnx"));
        assertEquals(
                "text_embeds of text_model.onnx has 12 dimensions and pooler_output of vision_model.onnx has 8, so that they share no space; export both from one model.",
                refusal(siglip));
    }
}
