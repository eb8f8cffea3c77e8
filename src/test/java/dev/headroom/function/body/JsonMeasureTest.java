package dev.headroom.function.body;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.management.ThreadMXBean;
import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class JsonMeasureTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    static {
        JSON.getFactory()
                .setStreamReadConstraints(StreamReadConstraints.builder()
                        .maxStringLength(Integer.MAX_VALUE)
                        .build());
    }

    private static final ElementLimit NO_LIMIT = new ElementLimit(Long.MAX_VALUE, "");

    /** JSON that becomes a tree much larger than itself, each in its own way. */
    enum Shape {
        OBJECTS("{}"),
        ARRAYS("[]"),
        EMPTY_TEXTS("\"\""),
        SHORT_TEXTS("\"a\""),
        WIDE_TEXTS("\"\u4e00\""),
        ESCAPES("\"\\u4e00\\n\\u0001\""),
        SMALL_NUMBERS("0"),
        NUMBERS("12"),
        FRACTIONS("1.5"),
        HUGE_NUMBERS("9".repeat(64)),
        LITERALS("null"),
        FILLED_ARRAYS("[0]"),
        ARRAYS_IN_ARRAYS("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]"),
        OBJECTS_IN_OBJECTS("{\"\":".repeat(30) + "0" + "}".repeat(30)),
        ONE_FIELD("{\"a\":0}"),
        LONG_KEYS("{\"" + "k".repeat(5000) + "\":0}"),
        WIDE_KEYS("{\"" + "\u4e00".repeat(500) + "\":0}"),
        TEXT_INPUTS("{\"id\":\"1\",\"text\":\"a\"}"),
        LONG_TEXTS("\"" + "a".repeat(100_000) + "\""),
        LONG_WIDE_TEXTS("\"" + "a\u4e00".repeat(100_000) + "\"");

        private final String element;

        Shape(String element) {
            this.element = element;
        }

        byte[] json(int bytes) {
            int elements = bytes / element.getBytes(StandardCharsets.UTF_8).length;
            return IntStream.range(0, elements)
                    .mapToObj(i -> element)
                    .collect(Collectors.joining(",", "[", "]"))
                    .getBytes(StandardCharsets.UTF_8);
        }
    }

    private static long measured(byte[] json) throws IOException {
        try (JsonMeasure measure = new JsonMeasure(JSON.createParser(json), NO_LIMIT)) {
            JsonParser parser = measure;
            while (parser.nextToken() != null) {
                // counted
            }
            return measure.heap(json.length);
        }
    }

    /** The heap that a tree takes while it is made, what is thrown away on the way included. */
    private static long allocatedFor(byte[] json) throws IOException {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        JSON.readTree(json);
        return threads.getCurrentThreadAllocatedBytes() - before;
    }

    /** The heap that it takes once it is made. */
    private static long heldBy(byte[] json) throws IOException {
        long before = used();
        JsonNode tree = JSON.readTree(json);
        long held = used() - before;
        Reference.reachabilityFence(tree);
        return held;
    }

    private static long used() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static void assertNotMoreThanItSays(byte[] json) throws IOException {
        allocatedFor(json); // the parser keeps buffers, and names
        long measured = measured(json);
        long allocated = allocatedFor(json);
        long taken = allocated <= measured ? allocated : heldBy(json); // a collection costs time
        assertTrue(taken <= measured, "%d bytes take %d, and %d are said".formatted(json.length, taken, measured));
    }

    @ParameterizedTest
    @EnumSource
    void noTreeIsLargerThanItSays(Shape shape) throws IOException {
        byte[] json = shape.json(1 << 20);
        assertNotMoreThanItSays(json);
        long measured = measured(json);
        assertTrue(
                measured <= JsonMeasure.MOST_GROWTH * json.length,
                "%d bytes are said to take %d".formatted(json.length, measured));
    }

    @Test
    void unlikeNamesAreNotMoreThanItSays() throws IOException {
        byte[] json = IntStream.range(0, 200_000)
                .mapToObj(i -> "{\"" + Integer.toString(i, 36) + "\":0}")
                .collect(Collectors.joining(",", "[", "]"))
                .getBytes(StandardCharsets.UTF_8);
        assertNotMoreThanItSays(json);
    }

    private static Failure refused(String json) {
        return assertThrows(
                        RequestFailedException.class,
                        () -> new BodyJson(JSON, () -> new ElementLimit(3, "the.setting"))
                                .read(Buffer.buffer(json), ParseMemory.uncounted()))
                .failure();
    }

    @Test
    void elementsAreCountedWhileTheyAreRead() {
        Failure texts = refused("{\"data\": {\"inputs\": [\"a\", \"b\", \"c\", \"d\", broken");
        assertEquals(
                Failure.TooLarge.of(
                        "data.inputs",
                        "holds more than 3 elements, which is what is taken at once; send them in parts, or raise the.setting."),
                texts);
        assertEquals(texts, refused("{\"data\": {\"inputs\": [{}, {\"a\": 1}, {}, {broken"));
        assertEquals(texts, refused("{\"data\": {\"inputs\": [[], [[1]], [], [broken"));
        assertTrue(refused("[{}, {}, null, true, broken").detail().startsWith("The body holds more than 3 elements"));
    }

    @Test
    void numbersAreNoInputs() throws IOException {
        Buffer ids = Buffer.buffer("{\"input\": [1, 2, 3, 4, 5, 6]}");
        JsonNode read = new BodyJson(JSON, () -> new ElementLimit(3, "")).read(ids, ParseMemory.uncounted());
        assertEquals(6, read.path("input").size());
    }

    @Test
    void fieldsAreCountedWhileTheyAreRead() {
        String fields =
                IntStream.rangeClosed(0, 1000).mapToObj(i -> "\"" + i + "\":0").collect(Collectors.joining(","));
        Failure many = refused("{\"inputs\": {" + fields + ", broken");
        assertEquals(
                new Failure.TooLarge(
                        "inputs holds more than 1000 fields, which nothing does that is served; leave out what is not asked for."),
                many);
    }
}
