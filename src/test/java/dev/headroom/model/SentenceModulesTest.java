package dev.headroom.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.model.file.BrokenModelException;
import dev.headroom.session.WordModels;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Folders of sentence-transformers are read to the letter or refused by name. */
class SentenceModulesTest {

    @TempDir
    Path folder;

    @BeforeEach
    void embedder() throws IOException {
        WordModels.embedder(folder);
    }

    private void write(String file, String content) throws IOException {
        Path path = folder.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, content);
    }

    /** Modules behind a Transformer, each in a folder of its place and name. */
    private void modules(String... types) throws IOException {
        StringBuilder modules =
                new StringBuilder("[{\"type\": \"sentence_transformers.models.Transformer\", \"path\": \"\"}");
        for (int i = 0; i < types.length; i++) {
            modules.append(", {\"type\": \"some.where.%s\", \"path\": \"%d_%s\"}".formatted(types[i], i + 1, types[i]));
        }
        write("modules.json", modules.append("]").toString());
    }

    private TaskSpec.Vectors vectors() {
        return ((TaskSpec.Embed) ModelRepository.graphs(folder).getFirst().task()).vectors();
    }

    private String refusal() {
        String sentence = assertThrows(
                        BrokenModelException.class,
                        () -> ModelRepository.graphs(folder).getFirst())
                .getMessage();
        assertTrue(sentence.startsWith(folder.toString()), sentence);
        assertTrue(sentence.endsWith("."), sentence);
        return sentence;
    }

    private void assertRefused(String... parts) {
        String sentence = refusal();
        for (String part : parts) {
            assertTrue(sentence.contains(part), sentence);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Router",
                "Asym",
                "WeightedLayerPooling",
                "CNN",
                "LSTM",
                "BoW",
                "WordEmbeddings",
                "WordWeights",
                "MultiVectorMask",
                "StaticEmbedding"
            })
    void otherModulesAreRefusedByName(String type) throws IOException {
        modules("Pooling", type);
        assertRefused("modules.json has the module " + type + ", which is not served; export");
        write("modules.json", "[{\"type\": \"a.%s\", \"path\": \"\"}]".formatted(type));
        assertRefused("modules.json has the module " + type);
    }

    private Layer saturation(String pooling) throws IOException {
        WordModels.sparse(folder);
        write("1_SpladePooling/config.json", pooling);
        TaskSpec.Sparse task =
                (TaskSpec.Sparse) ModelRepository.graphs(folder).getFirst().task();
        assertEquals(List.of(Pooling.MAX), task.vectors().poolings());
        assertEquals(Optional.of("logits"), task.ports().output());
        return task.vectors().layers().getFirst();
    }

    @Test
    void aSpladePoolingMakesWeightsOfTokens() throws IOException {
        assertEquals(new Layer.LogSaturation(false), saturation("{}"));
        assertEquals(
                new Layer.LogSaturation(true),
                saturation("{\"pooling_strategy\": \"max\", \"activation_function\": \"log1p_relu\"}"));
    }

    @Test
    void aSpladePoolingThatIsNotServedIsRefused() throws IOException {
        WordModels.sparse(folder);
        write("1_SpladePooling/config.json", "{\"pooling_strategy\": \"sum\"}");
        assertRefused("the field pooling_strategy is sum, and max is served");
        write("1_SpladePooling/config.json", "{\"activation_function\": \"gelu\"}");
        assertRefused("the field activation_function is gelu, and relu and log1p_relu are served");
        write("1_SpladePooling/config.json", "{\"top_k\": 3}");
        assertRefused("the field top_k is 3, which is not known");
        modules("Pooling", "SpladePooling");
        assertRefused("modules.json has the modules [Transformer, Pooling, SpladePooling], and a Transformer with its");
    }

    @Test
    void modulesInAnotherPlaceAreRefused() throws IOException {
        modules("Normalize", "Pooling");
        assertRefused("modules.json has Normalize before its Pooling");
        modules("Pooling", "Pooling");
        assertRefused("modules.json has Pooling again behind its Pooling");
        modules("Normalize");
        assertRefused("modules.json has no Pooling", "'pooling: mean' in model.yaml");
        write("modules.json", "[]");
        assertRefused("modules.json lists no modules");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"pooling_mode\": \"attention\"}|the field pooling_mode is \"attention\"",
                "{\"pooling_mode\": [\"mean\", \"first\"]}|the field pooling_mode is \"first\"",
                "{\"pooling_mode\": []}|the field pooling_mode is empty",
                "{\"pooling_mode_attention\": true}|the field pooling_mode_attention is true, which is not known",
                "{\"pooling_mode\": \"mean\", \"layers\": [1]}|the field layers is [1], which is not known",
                "{\"pooling_mode_mean_tokens\": \"yes\"}|the field pooling_mode_mean_tokens is \"yes\"",
            })
    void aPoolingThatIsNotKnownIsRefused(String pooling, String problem) throws IOException {
        write("1_Pooling/config.json", pooling);
        assertRefused("1_Pooling", "config.json", problem);
        write("model.yaml", "pooling: [max, lasttoken]");
        assertEquals(List.of(Pooling.MAX, Pooling.LAST_TOKEN), vectors().poolings());
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"pooling_mode\": \"mean\", \"pooling_mode_attention\": false}", "{}"})
    void aFlagThatIsFalseSaysNothing(String pooling) throws IOException {
        write("1_Pooling/config.json", pooling);
        assertEquals(List.of(Pooling.MEAN), vectors().poolings());
    }

    @Test
    void aPoolingWithoutItsFileIsRefused() throws IOException {
        Files.delete(folder.resolve("1_Pooling/config.json"));
        assertRefused("the file 1_Pooling/config.json is missing");
    }

    @Test
    void aDenseLayerNeedsItsWeights() throws IOException {
        modules("Pooling", "Dense");
        assertRefused("the file 2_Dense/config.json is missing");
        dense("torch.nn.modules.activation.Tanh");
        assertRefused("the file 2_Dense/model.safetensors is missing; it holds the layer's weights");
        write("2_Dense/pytorch_model.bin", "pickle");
        assertRefused("model.safetensors is missing", "pytorch_model.bin beside it is not read", "save_pretrained");
        write("2_Dense/model.safetensors", "version https://git-lfs");
        assertRefused("only Git LFS's pointer");
        write("2_Dense/model.safetensors", "pickle or anything else");
        assertRefused("2_Dense: model.safetensors is no safetensors file");
        safetensors("{\"linear.weight\": {\"dtype\": \"F32\", \"shape\": [2, 4], \"data_offsets\": [0, 32]}}", 8);
        assertRefused("model.safetensors should hold the tensors [linear.bias, linear.weight]");
        String bias = ", \"linear.bias\": {\"dtype\": \"F32\", \"shape\": [2], \"data_offsets\": [32, 40]}}";
        safetensors(
                "{\"linear.weight\": {\"dtype\": \"F32\", \"shape\": [2, 3], \"data_offsets\": [0, 24]}" + bias, 10);
        assertRefused("the tensor linear.weight of shape [2, 4], and has [2,3]");
        safetensors("{\"linear.weight\": {\"dtype\": \"I8\", \"shape\": [2, 4], \"data_offsets\": [0, 32]}" + bias, 10);
        assertRefused("as F32, F16 or BF16, and has I8");
        safetensors("{\"linear.weight\": {\"dtype\": \"F32\", \"shape\": [2, 4], \"data_offsets\": [0, 32]}" + bias, 9);
        assertRefused("too short");
        safetensors(
                "{\"linear.weight\": {\"dtype\": \"F32\", \"shape\": [2, 4], \"data_offsets\": [0, 32]}" + bias, 10);
        assertEquals(1, vectors().layers().size());
        assertEquals(Optional.of("vectors"), vectors().output());
    }

    private void dense(String activation) throws IOException {
        write(
                "2_Dense/config.json",
                "{\"in_features\": 4, \"out_features\": 2, \"bias\": true, \"activation_function\": \"%s\"}"
                        .formatted(activation));
    }

    private void safetensors(String header, int floats) throws IOException {
        safetensors(header, floats, 0);
    }

    private void safetensors(String header, int floats, float first) throws IOException {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer file = ByteBuffer.allocate(Long.BYTES + json.length + floats * Float.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(json.length)
                .put(json);
        file.putFloat(first);
        Files.write(folder.resolve("2_Dense/model.safetensors"), file.array());
    }

    /** Numbers that lie elsewhere than the file says, or that are none, would make wrong vectors. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0, 8|32, 40|0|should hold 8 values of the tensor linear.weight, and has 8 bytes for them",
                "8, 40|32, 40|0|overlap or leave gaps",
                "4294967296, 4294967328|32, 40|0|overlap or leave gaps",
                "|32, 40|0|and has 0 bytes for them",
                "0, 28|28, 40|0|should hold 8 values of the tensor linear.weight, and has 28 bytes",
                "0, 32|32, 40|NaN|should hold finite numbers in the tensor linear.weight, and has NaN",
            })
    void weightsInOtherPlacesAreRefused(String weight, String bias, float value, String problem) throws IOException {
        modules("Pooling", "Dense");
        dense("torch.nn.modules.linear.Identity");
        safetensors(
                "{\"linear.weight\": {\"dtype\": \"F32\", \"shape\": [2, 4], \"data_offsets\": [%s]}, \"linear.bias\": {\"dtype\": \"F32\", \"shape\": [2], \"data_offsets\": [%s]}}"
                        .formatted(weight == null ? "" : weight, bias),
                10,
                value);
        assertRefused("2_Dense: model.safetensors", problem);
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 3, 1L << 31, 1L << 40})
    void aHeaderThatIsCutOffIsRefused(long length) throws IOException {
        modules("Pooling", "Dense");
        dense("torch.nn.modules.linear.Identity");
        byte[] file = ByteBuffer.allocate(Long.BYTES + 2)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(length)
                .array();
        Files.write(folder.resolve("2_Dense/model.safetensors"), file);
        assertRefused("is no safetensors file that can be read (its header is cut off); download it again.");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"name\": \"0\", \"type\": \"a.Pooling\", \"path\": \"1_Pooling\"}|has two entries with the name \"0\"",
                "{\"type\": \"a.Pooling\"}|has no path for Pooling",
                "{\"type\": \"a.Pooling\", \"path\": null}|has no path for Pooling",
                "{\"type\": \"a.Pooling\", \"path\": \"..\"}|has no path in the folder for Pooling",
                "{\"type\": \"a.Pooling\", \"path\": \"a\\u0000\"}|has no path in the folder for Pooling",
                "{\"path\": \"1_Pooling\"}|has an entry without a type",
                "\"Pooling\"|has an entry without a type",
            })
    void anEntryThatIsNotWholeIsRefused(String entry, String problem) throws IOException {
        write("modules.json", "[{\"name\": \"0\", \"type\": \"a.Transformer\", \"path\": \"\"}, %s]".formatted(entry));
        assertRefused("modules.json " + problem);
    }

    /** As with headroom.models=./models. */
    @Test
    void aFolderMayBeNamedByALongerPath() throws IOException {
        modules("Pooling", "Normalize");
        ModelSpec read = ModelRepository.graphs(folder.resolve(".")).getFirst();
        assertEquals(true, ((TaskSpec.Embed) read.task()).vectors().normalize());
    }

    @Test
    void theReadersFilesAreInTheFolder() throws IOException {
        write("modules.json", "[{\"type\": \"a.Transformer\", \"path\": \"../other\"}]");
        assertRefused("modules.json has no path in the folder for Transformer");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''|is no readable JSON (it is empty)",
                "[]|is no JSON object",
                "null|is no JSON object",
                "{\"prompts\": [\"query: \"]}|the field prompts is no object of names and texts",
                "{\"prompts\": {\"query\": [\"query: \"]}}|the field prompts is no object of names and texts",
                "{\"prompts\": {\"query\": \"query: \"}, \"default_prompt_name\": 3}|default_prompt_name is '3'",
            })
    void promptsThatCannotBeReadAreRefused(String written, String problem) throws IOException {
        write("config_sentence_transformers.json", written);
        assertRefused("config_sentence_transformers.json", problem);
    }

    @Test
    void anEmptyListOfModulesIsNotTakenForNone() throws IOException {
        write("modules.json", "");
        assertRefused("modules.json is no readable JSON (it is empty)");
    }

    @Test
    void modulesWithoutATokeniserAreRefused() throws IOException {
        Files.delete(folder.resolve("tokenizer.json"));
        Files.deleteIfExists(folder.resolve("config.json"));
        assertRefused("the file tokenizer.json is missing, and modules.json names a model");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "torch.nn.modules.activation.Softmax",
                "transformers.activations.GELUActivation",
                "Tanh",
                "a.Tanh"
            })
    void anActivationThatIsNotKnownIsRefused(String activation) throws IOException {
        modules("Pooling", "Dense");
        dense(activation);
        assertRefused("the field activation_function is " + activation + ", which is not served");
    }

    @Test
    void aLayerThatReadsTokensIsRefused() throws IOException {
        modules("Pooling", "Normalize");
        write("2_Normalize/config.json", "{\"module_input_name\": \"token_embeddings\"}");
        assertRefused("2_Normalize", "the field module_input_name is token_embeddings, and sentence_embedding alone");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"transformer_task\": \"text-generation\"}|the field transformer_task is text-generation",
                "{\"modality_config\": {\"message\": {}}}|the field modality_config has texts read through a chat template",
                "{\"processing_kwargs\": {\"text\": {\"truncation\": \"longest_first\"}}}|the field processing_kwargs sets truncation for text",
                "{\"query_length\": 32}|the field query_length is 32, which is not served",
                "{\"query_expansion\": {\"length\": 32}}|the field query_expansion",
                "{\"tokenizer_args\": {\"model_max_length\": 7}}|the field tokenizer_args sets model_max_length",
                "{\"max_seq_length\": 0}|the field max_seq_length is 0; set it to a whole number",
            })
    void aReadingThatIsNotServedIsRefused(String written, String problem) throws IOException {
        write("sentence_xlnet_config.json", written);
        assertRefused("in sentence_xlnet_config.json " + problem);
    }

    @Test
    void modelsWithOtherAnswersAreRefused() throws IOException {
        write("config_sentence_transformers.json", "{\"model_type\": \"SparseEncoder\"}");
        assertRefused("config_sentence_transformers.json says that the model is a SparseEncoder");
        write("config_sentence_transformers.json", "{\"prompts\": {\"a\": \"b\"}, \"default_prompt_name\": \"c\"}");
        assertRefused("default_prompt_name is 'c', which is none of its prompts [a]");
        write("config_sentence_transformers.json", "{\"truncate_dim\": 3}");
        assertEquals(OptionalInt.of(3), vectors().dimensions());
    }

    @Test
    void theReadersOwnFolderGoesBeforeTheModels() throws IOException {
        write("modules.json", """
                [{"type": "sentence_transformers.models.Transformer", "path": "0_Transformer"},
                 {"type": "sentence_transformers.models.Pooling", "path": "1_Pooling"}]
                """);
        write("0_Transformer/sentence_bert_config.json", "{\"max_seq_length\": 5, \"do_lower_case\": true}");
        write("sentence_bert_config.json", "{\"max_seq_length\": 6}");
        TaskSpec.Text text =
                ((TaskSpec.Embed) ModelRepository.graphs(folder).getFirst().task()).text();
        assertEquals(5, text.maxLength());
        assertEquals(true, text.lowercase());
    }

    @Test
    void theLengthOfSentenceTransformersOverridesTheTokenisers() throws IOException {
        write("tokenizer_config.json", "{\"model_max_length\": 4}");
        write("sentence_bert_config.json", "{\"max_seq_length\": 6}");
        assertEquals(6, length());
        write("sentence_bert_config.json", "{\"max_seq_length\": 99}");
        assertEquals(WordModels.MAX_LENGTH, length(), "BERT has no more positions");
        write("config.json", "{\"model_type\": \"nomic_bert\", \"max_position_embeddings\": 8}");
        assertEquals(99, length());
    }

    private int length() {
        return ((TaskSpec.Embed) ModelRepository.graphs(folder).getFirst().task())
                .text()
                .maxLength();
    }

    @Test
    void modelYamlOverridesTheLastNormalizeAlone() throws IOException {
        modules("Pooling", "Normalize");
        assertEquals(true, vectors().normalize());
        write("model.yaml", "normalize: false");
        assertEquals(List.of(), vectors().layers());
        modules("Pooling");
        write("model.yaml", "normalize: true");
        assertEquals(List.of(new Layer.Normalize()), vectors().layers());
    }
}
