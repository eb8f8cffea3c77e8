package dev.headroom.session;

import static dev.headroom.session.OnnxWriter.FLOAT;
import static dev.headroom.session.OnnxWriter.INT64;
import static dev.headroom.session.OnnxWriter.fixed;
import static dev.headroom.session.OnnxWriter.initializer;
import static dev.headroom.session.OnnxWriter.join;
import static dev.headroom.session.OnnxWriter.message;
import static dev.headroom.session.OnnxWriter.model;
import static dev.headroom.session.OnnxWriter.number;
import static dev.headroom.session.OnnxWriter.open;
import static dev.headroom.session.OnnxWriter.port;
import static dev.headroom.session.OnnxWriter.tensor;
import static dev.headroom.session.OnnxWriter.text;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Writes models of a few words, as Hugging Face's exporters write theirs, whose answers can be worked out by hand: each
 * word has a row of a table, and they are averaged or added up.
 */
public final class WordModels {

    /** The longest text, in tokens. */
    public static final int MAX_LENGTH = 8;

    /** The ids of the tokens are their places in this list. */
    private static final List<String> WORDS =
            List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "good", "bad", "odd", "query:");

    private static final int OPSET = 13;
    private static final int NUMBER_ATTRIBUTE = 2;

    private WordModels() {}

    /**
     * Text to the mean of its words' vectors: good is (3, 4, 0, 0), bad (0, 0, 0, 2), odd (0, 0, 1, 0) and the prompt of
     * name query (8, 0, 0, 0). There are no special tokens, and vectors are not normalised unless asked for.
     */
    public static void embedder(Path folder) throws IOException {
        write(folder, "BertModel", "{}", "null");
        Files.writeString(folder.resolve("modules.json"), """
                [{"type": "sentence_transformers.models.Transformer", "path": ""},
                 {"type": "sentence_transformers.models.Pooling", "path": "1_Pooling"}]
                """);
        Files.createDirectories(folder.resolve("1_Pooling"));
        Files.writeString(folder.resolve("1_Pooling/config.json"), "{\"pooling_mode\": \"mean\"}");
        Files.writeString(
                folder.resolve("config_sentence_transformers.json"),
                "{\"prompts\": {\"query\": \"query: \"}, \"default_prompt_name\": null}");
        float[] table = table(4);
        row(table, "good", 3, 4, 0, 0);
        row(table, "bad", 0, 0, 0, 2);
        row(table, "odd", 0, 0, 1, 0);
        row(table, "query:", 8, 0, 0, 0);
        Files.write(
                folder.resolve("model.onnx"),
                onnx(
                        port(11, "input_ids", INT64, open("batch"), open("tokens")),
                        port(12, "vectors", FLOAT, open("batch"), open("tokens"), fixed(4)),
                        table("table", table, 4),
                        node("Gather", "vectors", "table", "input_ids")));
    }

    /**
     * Text to weights of tokens, as SPLADE makes them: good scores itself 1 and odd 3, bad scores itself 7 and odd -1, odd scores
     * nothing, and the prompt of name query scores bad 1. A weight is the logarithm of one more than a token's greatest score.
     */
    public static void sparse(Path folder) throws IOException {
        write(folder, "BertForMaskedLM", "{}", "null");
        Files.writeString(folder.resolve("modules.json"), """
                [{"type": "sentence_transformers.sparse_encoder.modules.mlm_transformer.MLMTransformer", "path": ""},
                 {"type": "sentence_transformers.sparse_encoder.modules.splade_pooling.SpladePooling", "path": "1_SpladePooling"}]
                """);
        Files.createDirectories(folder.resolve("1_SpladePooling"));
        Files.writeString(
                folder.resolve("1_SpladePooling/config.json"),
                "{\"pooling_strategy\": \"max\", \"activation_function\": \"relu\", \"embedding_dimension\": null}");
        Files.writeString(
                folder.resolve("config_sentence_transformers.json"),
                "{\"model_type\": \"SparseEncoder\", \"prompts\": {\"query\": \"query: \"}, \"default_prompt_name\": null}");
        float[] table = table(WORDS.size());
        row(table, "good", 0, 0, 0, 0, 1, 0, 3, 0);
        row(table, "bad", 0, 0, 0, 0, 0, 7, -1, 0);
        row(table, "query:", 0, 0, 0, 0, 0, 1, 0, 0);
        Files.write(
                folder.resolve("model.onnx"),
                onnx(
                        port(11, "input_ids", INT64, open("batch"), open("tokens")),
                        port(12, "logits", FLOAT, open("batch"), open("tokens"), fixed(WORDS.size())),
                        table("table", table, WORDS.size()),
                        node("Gather", "logits", "table", "input_ids")));
    }

    /**
     * Text to how often it holds the words good, bad and odd: these are the outputs of the labels of these names.
     *
     * @param problem what config.json says of the labels, such as multi_label_classification
     */
    public static void classifier(Path folder, String problem) throws IOException {
        write(
                folder,
                "BertForSequenceClassification",
                "{\"0\": \"good\", \"1\": \"bad\", \"2\": \"odd\"}",
                "\"%s\"".formatted(problem));
        float[] table = table(3);
        row(table, "good", 1, 0, 0);
        row(table, "bad", 0, 1, 0);
        row(table, "odd", 0, 0, 1);
        Files.write(
                folder.resolve("model.onnx"),
                onnx(
                        port(11, "input_ids", INT64, open("batch"), open("tokens")),
                        port(12, "logits", FLOAT, open("batch"), fixed(3)),
                        table("table", table, 3),
                        numbers("axes", 1),
                        node("Gather", "rows", "table", "input_ids"),
                        sum("logits", "rows")));
    }

    /**
     * A query and a text to a score: each good in the text counts 2, each bad in it -1, each good in the query 0.5; no
     * other word of the query counts.
     */
    public static void reranker(Path folder) throws IOException {
        write(folder, "BertForSequenceClassification", "{\"0\": \"LABEL_0\"}", "null");
        float[] weights = new float[2 * WORDS.size()];
        weights[WORDS.indexOf("good")] = 0.5f;
        weights[WORDS.size() + WORDS.indexOf("good")] = 2;
        weights[WORDS.size() + WORDS.indexOf("bad")] = -1;
        Files.write(
                folder.resolve("model.onnx"),
                onnx(
                        port(11, "input_ids", INT64, open("batch"), open("tokens")),
                        port(11, "token_type_ids", INT64, open("batch"), open("tokens")),
                        port(12, "logits", FLOAT, open("batch"), fixed(1)),
                        table("table", weights, 1),
                        numbers("axes", 1),
                        numbers("words", WORDS.size()),
                        node("Mul", "offsets", "token_type_ids", "words"),
                        node("Add", "places", "input_ids", "offsets"),
                        node("Gather", "rows", "table", "places"),
                        sum("logits", "rows")));
    }

    private static void write(Path folder, String architecture, String labels, String problem) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("config.json"), """
                {"architectures": ["%s"], "model_type": "bert", "pad_token_id": 0, "max_position_embeddings": %d,
                 "id2label": %s, "problem_type": %s}
                """.formatted(architecture, MAX_LENGTH, labels, problem));
        Files.writeString(folder.resolve("tokenizer.json"), tokenizer(!architecture.equals("BertModel")));
    }

    private static String tokenizer(boolean special) {
        StringBuilder words = new StringBuilder();
        for (int id = 0; id < WORDS.size(); id++) {
            words.append(id == 0 ? "" : ", ").append("\"%s\": %d".formatted(WORDS.get(id), id));
        }
        String template = """
                "post_processor": {"type": "BertProcessing", "sep": ["[SEP]", 3], "cls": ["[CLS]", 2]},
                """;
        return """
                {"version": "1.0", "added_tokens": [%s], "pre_tokenizer": {"type": "WhitespaceSplit"}, %s
                 "model": {"type": "WordLevel", "unk_token": "[UNK]", "vocab": {%s}}}
                """.formatted(special ? added(2) + ", " + added(3) : "", special ? template : "", words);
    }

    private static String added(int id) {
        return """
                {"id": %d, "content": "%s", "special": true, "single_word": false, "lstrip": false, "rstrip": false, "normalized": false}\
                """.formatted(id, WORDS.get(id));
    }

    private static float[] table(int columns) {
        return new float[WORDS.size() * columns];
    }

    private static void row(float[] table, String word, float... values) {
        System.arraycopy(values, 0, table, WORDS.indexOf(word) * values.length, values.length);
    }

    private static byte[] table(String name, float[] values, int columns) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return initializer(text(8, name), tensor(FLOAT, values.length / columns, columns), message(9, bytes.array()));
    }

    private static byte[] numbers(String name, long value) {
        ByteBuffer bytes =
                ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(value);
        return initializer(text(8, name), tensor(INT64, 1), message(9, bytes.array()));
    }

    private static byte[] sum(String output, String input) {
        byte[] dropped = message(5, text(1, "keepdims"), number(3, 0), number(20, NUMBER_ATTRIBUTE));
        return message(1, text(1, input), text(1, "axes"), text(2, output), text(4, "ReduceSum"), dropped);
    }

    private static byte[] node(String operator, String output, String... inputs) {
        byte[] names = {};
        for (String input : inputs) {
            names = join(names, text(1, input));
        }
        return message(1, names, text(2, output), text(4, operator));
    }

    private static byte[] onnx(byte[]... graph) {
        return join(model(join(text(2, "words"), join(graph))), message(8, number(2, OPSET)));
    }
}
