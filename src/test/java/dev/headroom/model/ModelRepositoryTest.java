package dev.headroom.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.measured.MemoryProfile;
import dev.headroom.model.file.BrokenModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelRepositoryTest {

    @TempDir
    Path models;

    private Path write(String file, String content) throws IOException {
        Path path = models.resolve("m").resolve(file);
        Files.createDirectories(path.getParent());
        return Files.writeString(path, content);
    }

    private List<ModelSpec> scan() {
        return new ModelRepository(models).scan();
    }

    private TaskSpec.Embed embed() {
        return (TaskSpec.Embed) scan().getFirst().task();
    }

    private void assertBroken(String message) {
        BrokenModelException e = assertThrows(BrokenModelException.class, this::scan);
        assertEquals(message.replace("{m}", models.resolve("m").toString()), e.getMessage());
    }

    @Test
    void readsTheModelOfThisRepository() {
        ModelSpec spec = new ModelRepository(Path.of("models")).scan().getFirst();
        assertEquals("all-minilm-l6-v2", spec.name());
        TaskSpec.Embed embed = (TaskSpec.Embed) spec.task();
        assertEquals(List.of(Pooling.MEAN), embed.vectors().poolings());
        assertEquals(256, embed.text().maxLength());
        assertEquals(
                List.of("input_ids", "attention_mask", "token_type_ids"),
                embed.ports().inputs());
    }

    @Test
    void understandsAFolderAsHuggingFaceWritesIt() throws IOException {
        write("onnx/model.onnx", "graph");
        write("tokenizer.json", "{}");
        write("config.json", "{\"max_position_embeddings\": 512, \"pad_token_id\": 1}");
        write("tokenizer_config.json", "{\"model_max_length\": 1000000000000000019884624838656}");
        write("sentence_bert_config.json", "{\"max_seq_length\": 128}");
        write("1_Pooling/config.json", "{\"pooling_mode_cls_token\": true, \"pooling_mode_mean_tokens\": false}");
        write("modules.json", """
                [{"type": "sentence_transformers.models.Transformer", "path": ""},
                 {"type": "sentence_transformers.models.Pooling", "path": "1_Pooling"}]
                """);
        ModelSpec spec = scan().getFirst();
        assertEquals(models.resolve("m/onnx/model.onnx"), spec.onnx());
        assertEquals(Optional.empty(), spec.memory());
        TaskSpec.Embed embed = embed();
        assertEquals(
                new TaskSpec.Text(
                        models.resolve("m/tokenizer.json"),
                        128,
                        1,
                        false,
                        false,
                        new InputRules(false, false, false, 0, 0, 0, List.of())),
                embed.text());
        assertEquals(List.of(Pooling.CLS), embed.vectors().poolings());
        assertEquals(false, embed.vectors().normalize());
    }

    @Test
    void aFolderWithoutAModelOnnxIsServedFromItsFirstVariant() throws IOException {
        write("tokenizer.json", "{}");
        write("onnx/model_quantized.onnx", "graph");
        write("onnx/model_fp16.onnx", "graph");
        assertEquals(models.resolve("m/onnx/model_fp16.onnx"), scan().getFirst().onnx());
    }

    @Test
    void modelYamlSpeaksBeforeTheExportersFiles() throws IOException {
        write("model.onnx", "graph");
        write("tokenizer.json", "{}");
        write("config.json", "{\"max_position_embeddings\": 512}");
        write(
                "model.yaml",
                "task: embed\nmax_length: 64\npooling: last_token\nnormalize: false\n"
                        + "memory:\n  base: 100MiB\n  per_item: 3M\n");
        assertEquals(
                Optional.of(MemoryProfile.ofItem(100L << 20, 3L << 20, 64)),
                scan().getFirst().memory());
        assertEquals(64, embed().text().maxLength());
        assertEquals(List.of(Pooling.LAST_TOKEN), embed().vectors().poolings());
    }

    @Test
    void whatTheFileSystemPutsThereIsNoModel() throws IOException {
        write("model.onnx", "graph");
        write("tokenizer.json", "{}");
        Files.createDirectories(models.resolve("lost+found"));
        Files.createDirectories(models.resolve("..data"));
        assertEquals(1, scan().size());
    }

    @Test
    void robertaCountsItsPositionsFromThePaddingOn() throws IOException {
        write("model.onnx", "graph");
        write("tokenizer.json", "{}");
        write("config.json", "{\"model_type\": \"roberta\", \"max_position_embeddings\": 514, \"pad_token_id\": 1}");
        assertEquals(512, embed().text().maxLength());
    }

    @Test
    void severalPoolingsAreConcatenatedInTheLibrarysOrder() throws IOException {
        write("model.onnx", "graph");
        write("tokenizer.json", "{}");
        write("1_Pooling/config.json", "{\"pooling_mode_mean_tokens\": true, \"pooling_mode_cls_token\": true}");
        assertEquals(List.of(Pooling.CLS, Pooling.MEAN), embed().vectors().poolings());
    }

    @Test
    void noFolderNoStart() {
        models = models.resolve("absent");
        assertBroken("The models folder %s does not exist; set headroom.models to the folder that holds your models."
                .formatted(models));
    }

    @Test
    void aFileIsNoFolder() throws IOException {
        models = Files.createFile(models.resolve("file"));
        assertBroken("The models folder %s is a file; set headroom.models to the folder that holds your models."
                .formatted(models));
    }

    @Test
    void noModelNoStart() {
        assertBroken(("The models folder %s holds no model; put a folder with model.onnx into it, or"
                        + " set headroom.models to another one.")
                .formatted(models));
    }

    @Test
    void namesTheMissingGraph() throws IOException {
        write("tokenizer.json", "{}");
        assertBroken(
                "{m}: there is no model.onnx and no onnx/model*.onnx; export the model to ONNX into this folder, or"
                        + " name its file in model.yaml with the line 'file: <name>.onnx'.");
    }

    @Test
    void namesTheMissingTokenizer() throws IOException {
        write("model.onnx", "graph");
        write("model.yaml", "task: embed\n");
        assertBroken("{m}: the file tokenizer.json is missing; put the model's tokenizer.json there.");
    }

    @Test
    void knowsGitLfsPointersAndEmptyFiles() throws IOException {
        write("tokenizer.json", "{}");
        write("model.onnx", "version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 90387606\n");
        assertBroken(
                "{m}: the file model.onnx is only Git LFS's pointer to the real one; run 'git lfs pull' or download"
                        + " it again.");
        write("model.onnx", "");
        assertBroken("{m}: the file model.onnx is empty; run 'git lfs pull' or download it again.");
    }

    @Test
    void saysWhatIsWrongWithAModelYaml() throws IOException {
        write("model.onnx", "graph");
        write("tokenizer.json", "{}");
        write("model.yaml", "task: embed\npoling: mean\n");
        BrokenModelException e = assertThrows(BrokenModelException.class, this::scan);
        assertTrue(e.getMessage().contains("model.yaml has the field poling, which is not known"), e.getMessage());
        write("model.yaml", "task: embed\npooling: sum\n");
        e = assertThrows(BrokenModelException.class, this::scan);
        assertTrue(
                e.getMessage().contains("'sum' is none of [cls, max, mean, mean_sqrt_len, weighted_mean, last_token]"),
                e.getMessage());
        write("model.yaml", "task: sing\n");
        assertBroken(
                "{m}: model.yaml says 'task: sing', which is not served; the tasks are: embed, sparse, classify, rerank, image, generate, tensors.");
        write("model.yaml", "task: embed\nmemory:\n  base: much\n  per_item: 1M\n");
        assertBroken("{m}: model.yaml says 'memory.base: much', which is no size; write it as 90MiB or 2GiB.");
        write("model.yaml", "task: embed\n  bad indent: [\n");
        e = assertThrows(BrokenModelException.class, this::scan);
        assertTrue(e.getMessage().contains("line 2"), e.getMessage());
        write("model.yaml", "task: embed\nmemory:\n  base:\n  per_item: 1M\n");
        assertBroken("{m}: in model.yaml the field memory.base is missing; add it.");
        write("model.yaml", "task: embed\nmemory:\n  base: 99999999999999999999G\n  per_item: 1M\n");
        assertBroken(
                "{m}: model.yaml says 'memory.base: 99999999999999999999G', which is no size; write it as 90MiB or 2GiB.");
        write("model.yaml", "task: embed\nfile: \"a\\0b\"\n");
        assertBroken("{m}: model.yaml names a file that cannot be one (Nul character not allowed); correct its name.");
        write("model.yaml", "task: embed\nweight: 0\n");
        assertBroken(
                "{m}: model.yaml says 'weight: 0'; set it to between 1 and 1000, twice another model's for twice its share of the device.");
        write("model.yaml", "task: embed\nweight: 1.5\n");
        assertThrows(BrokenModelException.class, this::scan);
        for (String batch : List.of("0", "-3", "1000001")) {
            write("model.yaml", "task: embed\nbatch: " + batch + "\n");
            assertBroken(
                    "{m}: model.yaml says 'batch: " + batch
                            + "'; set it to the most items of a batch, between 1 and 1,000,000, or leave it out to have it derived.");
        }
        for (String batch : List.of("many", "1.5")) {
            write("model.yaml", "task: embed\nbatch: " + batch + "\n");
            e = assertThrows(BrokenModelException.class, this::scan);
            assertTrue(e.getMessage().contains("the field batch holds"), e.getMessage());
        }
        write("model.yaml", "task: embed\nmax_length: 2147483647\n");
        assertBroken("{m}: max_length is 2147483647; set it in model.yaml to the tokens of the longest text.");
    }

    @Test
    void moreTokensThanTheTableOfPositionsHoldsAreRefused() throws IOException {
        write("model.onnx", "graph");
        write("tokenizer.json", "{}");
        write("config.json", "{\"model_type\": \"bert\", \"max_position_embeddings\": 512}");
        write("model.yaml", "task: embed\nmax_length: 1024\n");
        assertBroken(
                "{m}: max_length is 1024, and by config.json the model has 512 positions; set it to no more in model.yaml.");
        write("model.yaml", "task: embed\nmax_length: 512\n");
        assertEquals(512, embed().text().maxLength());
    }

    /** It was taken for a model of tensors. */
    @Test
    void aTokeniserThatModelYamlNamesMustBeThere() throws IOException {
        write("model.onnx", "graph");
        write("tokenizer.json", "{}");
        write("model.yaml", "tokenizer: tokeniser.json\n");
        assertBroken("{m}: the file tokeniser.json is missing; put the model's tokenizer.json there.");
    }

    @Test
    void whatAModelDoesFollowsFromItsFiles() throws IOException {
        write("model.onnx", "graph");
        assertEquals("tensors", scan().getFirst().task().name());
        write("tokenizer.json", "{}");
        assertEquals("embed", scan().getFirst().task().name());
        write("config.json", """
                {"architectures": ["BertForSequenceClassification"], "id2label": {"0": "bad", "1": "good", "2": "so so"},
                 "problem_type": "multi_label_classification"}""");
        TaskSpec.Classify classify = (TaskSpec.Classify) scan().getFirst().task();
        assertEquals(new Labels(List.of("bad", "good", "so so"), Labels.Activation.SIGMOID), classify.labels());
        write(
                "config.json",
                "{\"architectures\": [\"XForSequenceClassification\"], \"id2label\": {\"0\": \"LABEL_0\"}}");
        assertEquals("rerank", scan().getFirst().task().name());
        for (String silent : List.of("# nothing\n---\n", "task:\n", "weight: 2\n")) {
            write("model.yaml", silent);
            assertEquals("rerank", scan().getFirst().task().name(), silent);
        }
    }

    @Test
    void labelsAreAsTheyAreWritten() throws IOException {
        write("model.onnx", "graph");
        write("tokenizer.json", "{}");
        write("model.yaml", "task: classify\nlabels: [007, 1.10, 1_000, 1e5, yes, true, '', \"a\\tb\"]\n");
        assertEquals(
                List.of("007", "1.10", "1_000", "1e5", "yes", "true", "", "a\tb"),
                ((TaskSpec.Classify) scan().getFirst().task()).labels().names());
    }

    @Test
    void aBatchOfItsOwnIsInItsModelYaml() throws IOException {
        write("model.onnx", "graph");
        assertEquals(OptionalInt.empty(), scan().getFirst().batch());
        for (String batch : List.of("48", "+48", "'48'", "0_48")) {
            write("model.yaml", "batch: " + batch + "\n");
            assertEquals(OptionalInt.of(48), scan().getFirst().batch(), batch);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"task: \u0001", "task: [[[[[[", "a: &a [*a]", "%", "task: !!java.lang.String x\n---\n@", "\ufffe"
            })
    void whatIsNoYamlIsRefusedByOneSentence(String yaml) throws IOException {
        write("model.onnx", "graph");
        write("model.yaml", yaml);
        String refusal = assertThrows(BrokenModelException.class, this::scan).getMessage();
        assertTrue(refusal.contains("model.yaml") && refusal.lines().count() == 1, refusal);
    }

    @Test
    void aModelYamlThatIsNestedWithoutEndIsRefused() throws IOException {
        write("model.onnx", "graph");
        write("model.yaml", "labels: " + "[".repeat(100_000));
        assertThrows(BrokenModelException.class, this::scan);
    }

    @ParameterizedTest
    @CsvSource({"true, true", "Yes, true", "on, true", "FALSE, false", "no, false", "off, false"})
    void truthIsWrittenAsYamlHasIt(String written, boolean pinned) throws IOException {
        write("model.onnx", "graph");
        write("model.yaml", "pinned: " + written + "\n");
        assertEquals(pinned, scan().getFirst().residence().pinned());
    }

    @Test
    void aTokenizerThatIsForgottenIsAskedFor() throws IOException {
        write("model.onnx", "graph");
        write("config.json", "{\"architectures\": [\"BertModel\"]}");
        assertBroken("{m}: the file tokenizer.json is missing, and config.json names a model that is likely to need it;"
                + " put it there, or say 'task: tensors' in model.yaml.");
        write("model.yaml", "task: tensors\n");
        assertEquals("tensors", scan().getFirst().task().name());
        write("words.json", "{}");
        write("model.yaml", "tokenizer: words.json\n");
        assertEquals("embed", scan().getFirst().task().name());
    }

    @Test
    void aRerankersActivationIsFollowed() throws IOException {
        write("model.onnx", "graph");
        write("tokenizer.json", "{}");
        write("model.yaml", "task: rerank\nactivation: none\n");
        TaskSpec.Rerank rerank = (TaskSpec.Rerank) scan().getFirst().task();
        assertEquals(Labels.Activation.NONE, rerank.activation());
        write("model.yaml", "task: rerank\nactivation: softmax\n");
        assertThrows(BrokenModelException.class, this::scan);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "aliases: word|in model.yaml the field aliases holds \"word\"; write a list of texts.",
                "aliases: [[word]]|in model.yaml the field aliases holds [\"word\"]; set it to a text.",
                "aliases: [null]|in model.yaml the field aliases holds null; set it to a text.",
                "aliases: [~]|in model.yaml the field aliases holds null; set it to a text.",
                "normalize: nearly|in model.yaml the field normalize holds \"nearly\"; set it to true or false.",
                "memory: {base: 1}|in model.yaml the field memory.per_item is missing; add it.",
                "memory: {base: 1, per_item: 1, more: 1}|model.yaml has the field memory.more, which is not known; the fields there are: [base, per_item].",
                "memory: 1|in model.yaml the field memory holds \"1\"; write its fields.",
                "prompts: {a: [b]}|in model.yaml the field prompts.a holds [\"b\"]; set it to a text.",
                "word|model.yaml holds \"word\"; write fields into it, such as 'task: embed'.",
                "max_length: 3000000000|in model.yaml the field max_length holds \"3000000000\"; set it to a smaller number.",
                "pad_id: 99999999999999999999|in model.yaml the field pad_id holds \"99999999999999999999\"; set it to a whole number.",
                "labels: [&a x, *a]|model.yaml has the alias *a in line 1; write its value out there.",
                "normalize: 1|in model.yaml the field normalize holds \"1\"; set it to true or false.",
                "pooling: sum|in model.yaml the field pooling is not known: 'sum' is none of [cls, max, mean, mean_sqrt_len, weighted_mean, last_token].",
                "pooling: [mean, sum]|in model.yaml the field pooling is not known: 'sum' is none of [cls, max, mean, mean_sqrt_len, weighted_mean, last_token].",
                "{max_length: 1, max_length: 2}|model.yaml is no readable YAML (Duplicate field 'max_length', line 1); correct it.",
            })
    void namesTheFieldAndTheRemedy(String yaml, String problem) throws IOException {
        write("model.onnx", "graph");
        write("model.yaml", yaml);
        assertBroken("{m}: " + problem);
    }

    @Test
    void promptsAreThoseOfTheExporterOrOfModelYaml() throws IOException {
        write("model.onnx", "graph");
        write("tokenizer.json", "{}");
        write(
                "config_sentence_transformers.json",
                "{\"prompts\": {\"query\": \"query: \", \"document\": \"\"}, \"default_prompt_name\": \"query\"}");
        assertEquals(
                new TaskSpec.Prompts(Map.of("query", "query: ", "document", ""), Optional.of("query")),
                embed().prompts());
        write("model.yaml", "prompts: {ask: 'Ask: '}\ndefault_prompt: query\n");
        assertBroken("{m}: model.yaml says 'default_prompt: query', which is none of its prompts [ask]; correct it.");
        write("model.yaml", "prompts: {ask: 'Ask: '}\ndefault_prompt: ask\n");
        assertEquals(new TaskSpec.Prompts(Map.of("ask", "Ask: "), Optional.of("ask")), embed().prompts());
        write("model.yaml", "default_prompt: document\n");
        assertEquals(
                new TaskSpec.Prompts(Map.of("query", "query: ", "document", ""), Optional.of("document")),
                embed().prompts());
        write("model.yaml", "default_prompt: ask\n");
        assertBroken(
                "{m}: model.yaml says 'default_prompt: ask', which is none of its prompts [document, query]; correct it.");
    }
}
