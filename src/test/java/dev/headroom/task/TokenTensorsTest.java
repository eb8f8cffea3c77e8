package dev.headroom.task;

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
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.model.InputRules;
import dev.headroom.model.TaskSpec;
import dev.headroom.model.file.BrokenModelException;
import dev.headroom.request.RequestFailedException;
import dev.headroom.session.RunFailedException;
import dev.headroom.tensor.Datatype;
import dev.headroom.tensor.Form;
import dev.headroom.tensor.Port;
import dev.headroom.tensor.Ports;
import dev.headroom.tensor.Row;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A graph that answers with the last token's id, plus its place times 100, plus the task's number times 10,000, plus a
 * million where it thinks that there is a cache.
 */
class TokenTensorsTest {

    private static final int INT32 = 6;
    private static final int BOOL = 9;

    @TempDir
    Path folder;

    @BeforeEach
    void write() throws IOException {
        Files.writeString(folder.resolve("tokenizer.json"), """
                {"version": "1.0", "added_tokens": [], "pre_tokenizer": {"type": "WhitespaceSplit"},
                 "post_processor": {"type": "TemplateProcessing", "single": [{"Sequence": {"id": "A", "type_id": 0}},
                  {"SpecialToken": {"id": "<end>", "type_id": 0}}], "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 0}}],
                  "special_tokens": {"<end>": {"id": "<end>", "ids": [3], "tokens": ["<end>"]}}},
                 "model": {"type": "WordLevel", "unk_token": "<unk>", "vocab": {"<unk>": 0, "one": 1, "two": 2, "<end>": 3}}}
                """);
        Files.writeString(folder.resolve("config.json"), """
                {"lora_adaptations": ["query", "passage"], "task_instructions": {"passage": "two ", "query": "one one "},
                 "max_position_embeddings": 6, "pad_token_id": 3}
                """);
        Files.writeString(folder.resolve("model.yaml"), "pooling: last_token\nnormalize: false\n");
        graph(port(11, "task_id", INT64));
    }

    private void graph(byte[] task) throws IOException {
        Files.write(
                folder.resolve("model.onnx"),
                join(
                        model(join(
                                text(2, "sum"),
                                port(11, "use_cache_branch", BOOL, fixed(1)),
                                port(11, "attention_mask", INT32, open("batch"), open("tokens")),
                                task,
                                port(11, "input_ids", INT32, open("batch"), open("tokens")),
                                port(11, "cache_position", INT64, open("tokens")),
                                port(12, "last_hidden_state", FLOAT, open("batch"), open("tokens"), fixed(1)),
                                times("use_cache_branch", 1_000_000),
                                times("task_id", 10_000),
                                times("cache_position", 100),
                                times("input_ids", 1),
                                node("Add", "a", "times_input_ids", "times_cache_position"),
                                node("Add", "b", "a", "times_task_id"),
                                node("Add", "c", "b", "times_use_cache_branch"),
                                initializer(
                                        text(8, "axes"),
                                        tensor(INT64, 1),
                                        message(9, bytes(8).putLong(2).array())),
                                node("Unsqueeze", "last_hidden_state", "c", "axes"))),
                        message(8, number(2, 13))));
    }

    private static ByteBuffer bytes(int count) {
        return ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static byte[] times(String name, float factor) {
        byte[] toFloat = message(5, text(1, "to"), number(3, FLOAT), number(20, 2));
        return join(
                initializer(
                        text(8, "factor_" + name),
                        tensor(FLOAT),
                        message(9, bytes(4).putFloat(factor).array())),
                message(1, text(1, name), text(2, "float_" + name), text(4, "Cast"), toFloat),
                node("Mul", "times_" + name, "float_" + name, "factor_" + name));
    }

    private static byte[] node(String operator, String output, String... inputs) {
        byte[] names = {};
        for (String input : inputs) {
            names = join(names, text(1, input));
        }
        return message(1, names, text(2, output), text(4, operator));
    }

    private static Options prompt(String name) {
        return new Options(Optional.empty(), OptionalInt.empty(), Truncation.RIGHT, Optional.of(name), false);
    }

    private static float ask(OpenedModel model, Input input, String prompt) throws RunFailedException {
        return model.together(List.of(input, new Input.Text("one two one")), prompt(prompt))
                .getFirst()[0];
    }

    @Test
    void theTypesOfTokensAreZeroWhereTheTokeniserMakesNone() {
        assertArrayEquals(new int[] {0, 0, 1}, types(false));
        assertArrayEquals(new int[] {0, 0, 0}, types(true));
    }

    private static int[] types(boolean untyped) {
        Port types = new Port("token_type_ids", Datatype.INT32, new long[] {-1, -1});
        InputRules rules = new InputRules(false, false, untyped, 0, 0, 0, List.of());
        TokenTensors tensors = new TokenTensors(
                new TaskSpec.Text(Path.of("tokenizer.json"), 8, 0, false, false, rules),
                new Ports(List.of(types), List.of(types), types, List.of()));
        Row row = tensors.row(new Tokens(new long[] {5, 6, 7}, new long[] {0, 0, 1}, false), OptionalLong.empty());
        int[] values = new int[3];
        row.inputs().getFirst().data().asIntBuffer().get(values);
        return values;
    }

    @Test
    void aPromptsNameIsTheNumberOfItsTask() throws RunFailedException {
        try (OpenedModel model = new OpenedModel(folder)) {
            assertEquals(303, ask(model, new Input.Text("two"), "query"));
            assertEquals(10_203, ask(model, new Input.Text("two"), "passage"));
            Form query = model.row(new Input.Text("two"), prompt("query")).form();
            assertTrue(!query.equals(
                    model.row(new Input.Text("two"), prompt("passage")).form()));
            assertThrows(RequestFailedException.class, () -> model.row(new Input.Text("two"), Options.USUAL));
        }
    }

    @Test
    void aTaskOfEachRowIsFilledToo() throws IOException, RunFailedException {
        graph(port(11, "task_id", INT64, open("batch")));
        try (OpenedModel model = new OpenedModel(folder)) {
            float[] rows = model.together(List.of(new Input.Text("two")), prompt("passage"))
                    .getFirst();
            assertArrayEquals(new float[] {10_203}, rows);
        }
    }

    /** The prompt "two " takes a token, so that four of the caller's words fit before the end. */
    @Test
    void theTokenAtTheEndOfATruncatedTextIsKept() throws RunFailedException {
        try (OpenedModel model = new OpenedModel(folder)) {
            assertEquals(10_503, ask(model, new Input.Text("one two one two one two one"), "passage"));
            assertEquals(10_503, ask(model, new Input.Tokens(new long[] {1, 2, 1, 2, 1, 2, 1, 3}), "passage"));
            assertEquals(10_203, ask(model, new Input.Tokens(new long[] {1, 2, 3}), "passage"));
        }
    }

    /** 6 tokens of 1,024 characters are read at most. */
    @Test
    void aTextThatGoesOnBehindWhatIsReadIsRefused() throws RunFailedException {
        String blanks = " ".repeat(6 * 1024);
        try (OpenedModel model = new OpenedModel(folder)) {
            for (Input input : List.of(new Input.Text(blanks + "one"), new Input.Text("one" + blanks + "two"))) {
                String problem = assertThrows(RequestFailedException.class, () -> model.row(input, prompt("passage")))
                        .getMessage();
                assertTrue(problem.startsWith("The text has fewer than 6 tokens in the 1024 characters"), problem);
            }
            assertEquals(10_503, ask(model, new Input.Text("one two one two one two" + blanks + "one"), "passage"));
        }
    }

    @Test
    void tokensWithoutTheOneAtTheEndAreRefused() {
        try (OpenedModel model = new OpenedModel(folder)) {
            String problem = assertThrows(
                            RequestFailedException.class,
                            () -> model.row(new Input.Tokens(new long[] {1, 2}), prompt("passage")))
                    .getMessage();
            assertTrue(problem.startsWith("The token ids lack the special tokens"), problem);
        }
    }

    @Test
    void aTaskThatConfigJsonDoesNotNumberIsRefused() throws IOException {
        Files.writeString(folder.resolve("config.json"), "{}");
        String problem = assertThrows(BrokenModelException.class, () -> new OpenedModel(folder))
                .getMessage();
        assertTrue(
                problem.contains("the graph has the input task_id, and config.json has no lora_adaptations"), problem);
    }

    @Test
    void everyTextIsPaddedWhereTheFolderSaysSo() throws IOException {
        Files.writeString(folder.resolve("model.yaml"), "padding: max_length\n");
        try (OpenedModel model = new OpenedModel(folder)) {
            assertEquals(6, model.row(new Input.Text("two"), prompt("passage")).elements());
            assertEquals(3, model.row(new Input.Text("two"), prompt("passage")).tokens());
        }
    }
}
