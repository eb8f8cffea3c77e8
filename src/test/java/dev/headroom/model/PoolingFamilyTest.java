package dev.headroom.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.headroom.session.WordModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where no file says how a model pools, its family does, or the mean is taken and said. */
class PoolingFamilyTest {

    private static final String LENGTH =
            "vectors get the length 1, because there is no modules.json; the line 'normalize: false' in model.yaml leaves them as they are";

    @TempDir
    Path folder;

    private ModelSpec read(String config) throws IOException {
        WordModels.embedder(folder);
        Files.delete(folder.resolve("modules.json"));
        Files.delete(folder.resolve("1_Pooling/config.json"));
        Files.writeString(folder.resolve("config.json"), config);
        Files.writeString(
                folder.resolve("model.yaml"),
                "output: vectors\n",
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND); // which is no exporter's name
        return ModelRepository.graphs(folder).getFirst();
    }

    private static List<Pooling> poolings(ModelSpec spec) {
        return ((TaskSpec.Embed) spec.task()).vectors().poolings();
    }

    @ParameterizedTest
    @CsvSource({
        "BAAI/bge-small-en-v1.5, BertModel, bert, CLS",
        "Alibaba-NLP/gte-base-en-v1.5, NewModel, new, CLS",
        "thenlper/gte-small, BertModel, bert, MEAN",
        "Snowflake/snowflake-arctic-embed-m, BertModel, bert, CLS",
        "mixedbread-ai/mxbai-embed-large-v1, BertModel, bert, CLS",
        "intfloat/multilingual-e5-small, XLMRobertaModel, xlm-roberta, MEAN",
        "./e5-small-v2/, BertModel, bert, MEAN",
        "nomic-ai/nomic-embed-text-v1.5, NomicBertModel, nomic_bert, MEAN",
        "'', NomicBertModel, nomic_bert, MEAN",
        "sentence-transformers/all-MiniLM-L6-v2, BertModel, bert, MEAN",
        "'', JinaBertForMaskedLM, bert, MEAN",
        "BAAI/bge-multilingual-gemma2, Gemma2Model, gemma2, LAST_TOKEN",
        "intfloat/e5-mistral-7b-instruct, MistralModel, mistral, LAST_TOKEN",
        "'', Qwen3ForCausalLM, qwen3, LAST_TOKEN",
    })
    void theFamilyIsTakenAndSaid(String name, String architecture, String type, Pooling pooling) throws IOException {
        ModelSpec spec = read("{\"_name_or_path\": \"%s\", \"architectures\": [\"%s\"], \"model_type\": \"%s\"}"
                .formatted(name, architecture, type));
        assertEquals(List.of(pooling), poolings(spec));
        String reason = name.isEmpty() || pooling == Pooling.LAST_TOKEN
                ? (pooling == Pooling.LAST_TOKEN ? "architectures " : "") + architecture
                : "_name_or_path " + name;
        assertEquals(
                List.of(
                        LENGTH,
                        "pooling is %s, as models of its family are trained, because config.json says %s; another one is set with the line 'pooling: mean' or 'pooling: cls' in model.yaml"
                                .formatted(pooling.mode, reason)),
                spec.remarks());
    }

    @ParameterizedTest
    @CsvSource({"nreimers/MiniLM-L6-H384-uncased, BertModel, bert", "Alibaba-NLP/gte-Qwen2, Qwen2Model, qwen2"})
    void theMeanIsTakenAndSaidWhereNothingTells(String name, String architecture, String type) throws IOException {
        ModelSpec spec = read(
                "{\"_name_or_path\": \"%s\", \"architectures\": [\"%s\"], \"model_type\": \"%s\", \"is_causal\": false}"
                        .formatted(name, architecture, type));
        assertEquals(List.of(Pooling.MEAN), poolings(spec));
        assertEquals(
                "pooling is mean, because no file says how the vectors of the tokens become one; settle it with the line 'pooling: mean' or 'pooling: cls' in model.yaml",
                spec.remarks().getLast());
    }

    @Test
    void modelYamlSettlesIt() throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("model.yaml"), "pooling: cls\nnormalize: true\n");
        assertEquals(List.of(), read("{\"model_type\": \"bert\"}").remarks());
    }
}
