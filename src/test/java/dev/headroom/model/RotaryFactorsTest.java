package dev.headroom.model;

import static dev.headroom.session.OnnxWriter.FLOAT;
import static dev.headroom.session.OnnxWriter.INT64;
import static dev.headroom.session.OnnxWriter.fixed;
import static dev.headroom.session.OnnxWriter.join;
import static dev.headroom.session.OnnxWriter.message;
import static dev.headroom.session.OnnxWriter.model;
import static dev.headroom.session.OnnxWriter.number;
import static dev.headroom.session.OnnxWriter.open;
import static dev.headroom.session.OnnxWriter.port;
import static dev.headroom.session.OnnxWriter.tensor;
import static dev.headroom.session.OnnxWriter.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.model.file.BrokenModelException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The choice of a graph between short and long rotary factors is read off its nodes, or refused. */
class RotaryFactorsTest {

    @TempDir
    private Path folder;

    @BeforeEach
    void files() throws IOException {
        Files.writeString(folder.resolve("tokenizer.json"), "{}");
        Files.writeString(folder.resolve("model.yaml"), "task: generate\n");
        Files.writeString(
                folder.resolve("config.json"),
                "{\"model_type\": \"phi3\", \"max_position_embeddings\": 128, \"eos_token_id\": 2}");
    }

    private static byte[] node(String operator, String output, String... inputs) {
        byte[] all = {};
        for (String input : inputs) {
            all = join(all, text(1, input));
        }
        String domain = operator.equals("GroupQueryAttention") ? "com.microsoft" : "";
        return message(1, all, text(2, output), text(4, operator), text(7, domain));
    }

    private static byte[] whole(String name, long value) {
        byte[] raw = ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(value)
                .array();
        byte[] attribute = message(5, text(1, "value"), message(5, tensor(INT64), message(9, raw)), number(20, 4));
        return message(1, text(2, name), text(4, "Constant"), attribute);
    }

    private TaskSpec.Generate read(byte[]... nodes) throws IOException {
        byte[][] ports = {
            port(11, "input_ids", INT64, open("rows"), open("tokens")),
            port(11, "attention_mask", INT64, open("rows"), open("all")),
            port(11, "position_ids", INT64, open("rows"), open("tokens")),
            port(11, "past_key_values.0.key", FLOAT, open("rows"), fixed(2), open("past"), fixed(16)),
            port(11, "past_key_values.0.value", FLOAT, open("rows"), fixed(2), open("past"), fixed(16)),
            port(12, "present.0.key", FLOAT, open("rows"), fixed(2), open("all"), fixed(16)),
            port(12, "present.0.value", FLOAT, open("rows"), fixed(2), open("all"), fixed(16)),
            port(12, "logits", FLOAT, open("rows"), open("tokens"), fixed(300))
        };
        Files.write(folder.resolve("model.onnx"), model(join(ports), join(nodes)));
        return assertInstanceOf(
                TaskSpec.Generate.class,
                ModelRepository.graphs(folder).getFirst().task());
    }

    private TaskSpec.Generate chosen(String of, long index, String between) throws IOException {
        return read(
                node("Shape", "sizes", of),
                whole("index", index),
                node("Gather", "width", "sizes", "index"),
                whole("most", 32),
                node("Greater", "long", "width", "most"),
                node("If", "chosen", "long"),
                node(between, "cosines", "chosen"),
                node("GroupQueryAttention", "seen", "q", "k", "v", "", "", "l", "t", "cosines", "sines"));
    }

    @ParameterizedTest
    @CsvSource({"Cast", "Identity"})
    void theWidthOfTheMaskChooses(String between) throws IOException {
        TaskSpec.Generate task = chosen("attention_mask", 1, between);
        assertEquals(OptionalInt.of(32), task.graph().originalContext());
        assertEquals(128, task.text().maxLength());
    }

    @ParameterizedTest
    @CsvSource({"input_ids, 1", "attention_mask, 0"})
    void anotherChoiceIsRefused(String of, long index) {
        String message = assertThrows(BrokenModelException.class, () -> chosen(of, index, "Identity"))
                .getMessage();
        assertTrue(message.contains("model.onnx chooses between rotary factors in a way that is not known"), message);
    }

    @ParameterizedTest
    @CsvSource({"position_ids, 32", "input_ids, 128"})
    void theContextEndsWhereThePlacesOfTokensChoose(String of, int context) throws IOException {
        TaskSpec.Generate task = read(
                node("ReduceMax", "most", of),
                whole("from", 32),
                node("GreaterOrEqual", "long", "most", "from"),
                node("GroupQueryAttention", "seen", "q", "k", "v"));
        assertEquals(context, task.text().maxLength());
    }

    @Test
    void aGraphWithoutAChoiceHasOneContext() throws IOException {
        TaskSpec.Generate task = read(node("GroupQueryAttention", "seen", "q", "k", "v"));
        assertEquals(OptionalInt.empty(), task.graph().originalContext());
        assertEquals(List.of(), task.graph().attention().windowed());
    }

    /** A whole number of one byte behind a length of one byte: the tag lies where it is expected. */
    @Test
    void nodesThatWouldKeepAWindowAreFound() throws IOException {
        byte[] window = message(5, text(1, "sliding_window_cache"), number(3, 1), number(20, 2));
        byte[] attention = message(1, text(1, "q"), text(4, "GroupQueryAttention"), window, text(7, "com.microsoft"));
        int position = read(attention).graph().attention().windowed().getFirst().position();
        assertEquals(5 << 3 | 2, Files.readAllBytes(folder.resolve("model.onnx"))[position]);
    }
}
