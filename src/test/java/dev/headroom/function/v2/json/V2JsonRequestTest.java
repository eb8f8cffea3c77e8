package dev.headroom.function.v2.json;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.function.v2.InputBudget;
import dev.headroom.function.v2.TensorAddress;
import dev.headroom.function.v2.TensorRequest;
import dev.headroom.function.v2.Tensors;
import dev.headroom.function.v2.WantedOutput;
import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class V2JsonRequestTest {

    private static final TensorAddress MODEL = new TensorAddress("m", Optional.empty(), Optional.empty());

    private static TensorRequest read(V2Payload body) {
        return V2JsonRequest.read(MODEL, body, new InputBudget(1000));
    }

    private static TensorRequest read(String json) {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        return read(new V2Payload(bytes, bytes.length));
    }

    private static TensorRequest readInput(String shape, String datatype, String data) {
        return read("{'inputs': [{'name': 'x', 'shape': %s, 'datatype': '%s', 'data': %s}]}"
                .replace('\'', '"')
                .formatted(shape, datatype, data));
    }

    private static String hex(ByteBuffer data) {
        byte[] bytes = new byte[data.remaining()];
        data.get(0, bytes);
        return HexFormat.of().formatHex(bytes);
    }

    private static Failure refused(Runnable reading) {
        return assertThrows(RequestFailedException.class, reading::run).failure();
    }

    private static void assertInvalid(String detail, Runnable reading) {
        assertEquals(new Failure.Invalid(detail), refused(reading));
    }

    @Test
    void readsTheRequestOfTheSpecification() {
        TensorRequest request = read("""
                {
                  "id" : "42",
                  "inputs" : [
                    {"name" : "input0", "shape" : [ 2, 2 ], "datatype" : "UINT32", "data" : [ 1, 2, 3, 4 ]},
                    {"name" : "input1", "shape" : [ 3 ], "datatype" : "BOOL", "data" : [ true, false, true ]}
                  ],
                  "outputs" : [ {"name" : "output0"} ]
                }""");
        assertEquals(Optional.of("42"), request.address().id());
        assertEquals(List.of(new WantedOutput("output0", Map.of())), request.outputs());
        assertArrayEquals(new long[] {2, 2}, Tensors.input(request, 0).shape());
        assertEquals(
                "01000000020000000300000004000000",
                hex(Tensors.input(request, 0).data()));
        assertEquals("010001", hex(Tensors.input(request, 1).data()));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            BOOL   | [true, false]                    | 0100
            UINT8  | [0, 255]                         | 00ff
            INT8   | [-128, 127]                      | 807f
            UINT16 | [0, 65535]                       | 0000ffff
            INT16  | [-32768, 32767]                  | 0080ff7f
            UINT32 | [1, 4294967295]                  | 01000000ffffffff
            INT32  | [-2147483648, 2147483647]        | 00000080ffffff7f
            UINT64 | [1, 18446744073709551615]        | 0100000000000000ffffffffffffffff
            INT64  | [-1, 9223372036854775807]        | ffffffffffffffffffffffffffffff7f
            FP16   | [1, 65504]                       | 003cff7b
            BF16   | [1, -2.5]                        | 803f20c0
            FP32   | [1, 3.4028234663852886e38]       | 0000803fffff7f7f
            FP64   | [1, -0.5]                        | 000000000000f03f000000000000e0bf
            BYTES  | ["a", "é"]                       | 010000006102000000c3a9
            """)
    void readsEachTypeAsItsBytes(String datatype, String data, String bytes) {
        assertEquals(
                bytes, hex(Tensors.input(readInput("[2]", datatype, data), 0).data()));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            FP32 | [NaN, Infinity, -Infinity] | 0000c07f0000807f000080ff
            FP16 | [NaN, Infinity, -Infinity] | 007e007c00fc
            BF16 | [NaN, Infinity, -Infinity] | c07f807f80ff
            """)
    void readsWhatIsNoNumberAsOtherServersWriteIt(String datatype, String data, String bytes) {
        assertEquals(
                bytes, hex(Tensors.input(readInput("[3]", datatype, data), 0).data()));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            UINT8  | 256                  | the number 256   | a whole number from 0 to 255, as UINT8 holds
            INT8   | -129                 | the number -129  | a whole number from -128 to 127, as INT8 holds
            UINT16 | -1                   | the number -1    | a whole number from 0 to 65535, as UINT16 holds
            UINT32 | 4294967296           | the number 4294967296 | a whole number from 0 to 4294967295, as UINT32 holds
            UINT64 | 18446744073709551616 | the number 18446744073709551616 | a whole number from 0 to 18446744073709551615, as UINT64 holds
            INT64  | 9223372036854775808  | the number 9223372036854775808 | a whole number from -9223372036854775808 to 9223372036854775807, as INT64 holds
            INT32  | 1.5                  | the number 1.5   | a whole number from -2147483648 to 2147483647, as INT32 holds
            INT32  | "1"                  | a string         | a whole number from -2147483648 to 2147483647, as INT32 holds
            BOOL   | 1                    | the number 1     | true or false, as BOOL holds
            FP32   | 1e39                 | the number 1e39  | a number that FP32 can hold, or Infinity
            FP16   | 65520                | the number 65520 | a number that FP16 can hold, or Infinity
            BF16   | 3.4e38               | the number 3.4e38 | a number that BF16 can hold, or Infinity
            FP64   | null                 | null             | a number, as FP64 holds
            FP64   | {}                   | an object        | a number, as FP64 holds
            BYTES  | 7                    | the number 7     | a string, as BYTES holds
            BYTES  | "\\ud800"            | a string         | well-formed text: this holds half of a surrogate pair
            """)
    void namesTheElementThatTheTypeHasNot(String datatype, String element, String kind, String wanted) {
        String first =
                switch (datatype) {
                    case "BOOL" -> "true";
                    case "BYTES" -> "\"\"";
                    default -> "0";
                };
        Failure failure = refused(() -> readInput("[2]", datatype, "[" + first + ", " + element + "]"));
        assertEquals("inputs[0].data[1] is %s; send %s.".formatted(kind, wanted), failure.detail());
    }

    @Test
    void readsArraysWithinArraysAsTheShapeSays() {
        assertEquals(
                "010203040506",
                hex(Tensors.input(readInput("[2, 3]", "INT8", "[[1, 2, 3], [4, 5, 6]]"), 0)
                        .data()));
        assertEquals(
                "0102",
                hex(Tensors.input(readInput("[1, 2, 1]", "INT8", "[[[1], [2]]]"), 0)
                        .data()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[[1, 2], [3, 4], [5, 6]]",
                "[[1, 2, 3, 4], [5, 6]]",
                "[[1, 2, 3], 4, 5, 6]",
                "[1, 2, 3, [4]]",
                "[[[1, 2, 3]], [[4, 5, 6]]]",
                "[[[1]]]",
                "[[1, 2, 3], [[4, 5, 6]]]"
            })
    void refusesArraysThatAreNestedUnlikeTheShape(String data) {
        assertInvalid(
                "inputs[0].data is nested unlike its shape [2, 3]; send its 6 values as one array, or nested as the shape says.",
                () -> readInput("[2, 3]", "INT8", data));
    }

    @Test
    void refusesAnotherNumberOfValuesThanTheShapeSays() {
        assertInvalid("inputs[0].data holds 2 values; its shape says 3.", () -> readInput("[3]", "INT8", "[1, 2]"));
        assertInvalid("inputs[0].data holds more values; its shape says 1.", () -> readInput("[1]", "INT8", "[1, 2]"));
        assertInvalid(
                "inputs[0].data holds fewer than the 900 values of its shape; send all.",
                () -> readInput("[900]", "FP64", "[1]"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[1099511627776]",
                "[9223372036854775807, 9223372036854775807]",
                "[1001]",
                "[99999999999999999999999999]",
                "[2, 3, 4, 5, 6, 7]"
            })
    void aShapeOfAnySizeCostsNothing(String shape) {
        assertEquals(
                new Failure.TooLarge(
                        "The inputs up to inputs[0].shape hold more than 1000 elements; send them in parts, or raise headroom.input.max-elements."),
                refused(() -> readInput(shape, "FP64", "[1]")));
    }

    @Test
    void theLimitIsForAllInputsTogether() {
        String many = "[" + "0,".repeat(599) + "0]";
        String input = "{\"name\": \"%s\", \"shape\": [600], \"datatype\": \"INT8\", \"data\": %s}";
        assertEquals(
                new Failure.TooLarge(
                        "The inputs up to inputs[1].shape hold more than 1000 elements; send them in parts, or raise headroom.input.max-elements."),
                refused(() ->
                        read("{\"inputs\": [" + input.formatted("a", many) + "," + input.formatted("b", many) + "]}")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            [-1]                | inputs[0].shape[0] is -1; send a size of 1 or more, as a tensor without elements is not run.
            []                  | inputs[0].shape has 0 dimensions; send 1 to 8, the first of which is the batch.
            [1,1,1,1,1,1,1,1,1] | inputs[0].shape has 9 dimensions; send 1 to 8, the first of which is the batch.
            [1.5]               | inputs[0].shape[0] is the number 1.5; send a whole number.
            "1"                 | inputs[0].shape is a string; send an array of sizes.
            """)
    void refusesWhatIsNoShape(String shape, String detail) {
        assertInvalid(detail, () -> readInput(shape, "INT8", "[1]"));
    }

    @Test
    void takesTheFieldsInAnyOrderAndPassesOverWhatItDoesNotKnow() {
        TensorRequest request = read("""
                {"later": {"a": [1]}, "outputs": null, "parameters": {"p": 1.5, "q": [2]}, "inputs":
                 [{"data": [[3, 4]], "comment": ["é"], "datatype": "INT8", "name": "x", "shape": [1, 2]}]}""");
        assertEquals("0304", hex(Tensors.input(request, 0).data()));
        assertEquals(Map.of("p", 1.5), request.parameters());
        assertEquals(List.of(), request.outputs());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            []                                    | The body is an array; send a JSON object such as {"inputs": [...]}.
            {}                                    | inputs is missing or empty; send a tensor for each input of the model.
            {"inputs": {}}                        | inputs is an object; send an array of tensors.
            {"inputs": [1]}                       | inputs[0] is the number 1; send an object with name, shape, datatype and data.
            {"inputs": [{"name": 1}]}             | inputs[0].name is the number 1; send a string.
            {"inputs": [{"name": "x"}]}           | inputs[0].shape is missing; send name, shape, datatype and data.
            {"inputs": [{"datatype": "FP8"}]}     | inputs[0].datatype is 'FP8'; send one of BOOL, UINT8, UINT16, UINT32, UINT64, INT8, INT16, INT32, INT64, FP16, BF16, FP32, FP64, BYTES.
            {"inputs": [{"name": "x", "shape": [1], "datatype": "INT8"}]} | inputs[0].data is missing; send an array of values.
            {"inputs": [{"data": "AA=="}]}        | inputs[0].data is a string; send an array of values.
            {"outputs": [{}]}                     | outputs[0].name is missing; set it to the name of an output of the model.
            {"outputs": ["y"]}                    | outputs[0] is a string; send an object with a name.
            {"id": 7}                             | id is the number 7; send a string.
            {"parameters": 7}                     | parameters is the number 7; send an object.
            """)
    void namesTheFieldThatIsWrong(String body, String detail) {
        assertInvalid(detail, () -> read(body));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "{\"inputs\": [", "nope", "{\"id\": \"1\", \"id\": \"2\"}", "{\"a\": 01}"})
    void saysWhereTheBodyEndsToBeJson(String body) {
        String detail = refused(() -> read(body)).detail();
        assertTrue(
                detail.matches(
                        "The body is (no JSON \\(.*, line 1, column \\d+\\); correct it there|missing; send .*)\\."),
                detail);
    }

    @Test
    void arraysWithoutEndCostNoStack() {
        String deep = "[".repeat(100_000);
        assertTrue(refused(() -> read("{\"x\": " + deep)).detail().startsWith("The body's JSON nests deeper"));
        assertTrue(
                refused(() -> readInput("[1]", "INT8", deep)).detail().startsWith("inputs[0].data is nested unlike"));
    }

    @Test
    void takesEachInputOnce() {
        String input = "{\"name\": \"x\", \"shape\": [1], \"datatype\": \"INT8\", \"data\": [1]}";
        assertInvalid(
                "inputs[1].name is 'x', as an input's before it; send each once.",
                () -> read("{\"inputs\": [" + input + "," + input + "]}"));
    }

    @Test
    void refusesOtherEncodings() {
        byte[] body = "{\"inputs\": [{\"data\": [1]}]}".getBytes(StandardCharsets.UTF_16BE);
        assertInvalid("The body's JSON is no UTF-8; send UTF-8.", () -> read(new V2Payload(body, body.length)));
    }

    private static V2Payload binary(String json, byte... raw) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        byte[] text = json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        body.writeBytes(text);
        body.writeBytes(raw);
        return V2Payload.of(body.toByteArray(), Integer.toString(text.length));
    }

    private static String binaryInput(String name, String shape, String datatype, Object size) {
        return "{'name': '%s', 'shape': %s, 'datatype': '%s', 'parameters': {'binary_data_size': %s}}"
                .formatted(name, shape, datatype, size);
    }

    @Test
    void takesTensorsFromBehindTheJsonInTheirOrder() {
        TensorRequest request = read(binary(
                "{'inputs': [" + binaryInput("a", "[2]", "UINT16", 4)
                        + ", {'name': 'b', 'shape': [1], 'datatype': 'INT8', 'data': [9]}, "
                        + binaryInput("c", "[2]", "BYTES", 9) + "]}",
                new byte[] {1, 2, 3, 4, 1, 0, 0, 0, 'x', 0, 0, 0, 0}));
        assertEquals("01020304", hex(Tensors.input(request, 0).data()));
        assertEquals("09", hex(Tensors.input(request, 1).data()));
        assertEquals("010000007800000000", hex(Tensors.input(request, 2).data()));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            UINT16 | [2] | 3   | 010203   | inputs[0] holds 3 bytes; 2 elements of UINT16 take 4.
            BOOL   | [2] | 2   | 0102     | inputs[0]: its byte 1 is 2; send 1 for true and 0 for false.
            BYTES  | [1] | 4   | ffffffff | inputs[0] ends within its element 0; send each after its length as 4 bytes, little-endian.
            BYTES  | [1] | 2   | 0100     | inputs[0] ends within its element 0; send each after its length as 4 bytes, little-endian.
            BYTES  | [2] | 4   | 00000000 | inputs[0] holds 1 elements; its shape says 2.
            INT8   | [2] | 1   | 0102     | inputs[0] holds 1 bytes; 2 elements of INT8 take 2.
            INT8   | [1] | 1   | 0102     | 1 bytes at the body's end belong to no input; the binary_data_size of all inputs is to be all that follows the JSON.
            INT8   | [3] | 3   | 0102     | inputs[0]'s parameter binary_data_size is 3, and 2 bytes follow the JSON and the inputs before it; send the header Inference-Header-Content-Length, and the size of this input's part.
            INT8   | [2] | -1  | 0102     | inputs[0]'s parameter binary_data_size is -1, and 2 bytes follow the JSON and the inputs before it; send the header Inference-Header-Content-Length, and the size of this input's part.
            INT8   | [2] | 2.0 | 0102     | inputs[0]'s parameter binary_data_size is 2.0, and 2 bytes follow the JSON and the inputs before it; send the header Inference-Header-Content-Length, and the size of this input's part.
            """)
    void refusesBytesThatAreNotTheElements(String datatype, String shape, String size, String bytes, String detail) {
        byte[] raw = HexFormat.of().parseHex(bytes);
        assertInvalid(detail, () -> read(binary("{'inputs': [" + binaryInput("a", shape, datatype, size) + "]}", raw)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "3", "x", "99999999999999999999"})
    void refusesALengthOfTheJsonThatCannotBe(String header) {
        assertInvalid(
                "The header Inference-Header-Content-Length is '%s'; send how many of the body's 2 bytes are JSON, 1 or more."
                        .formatted(header),
                () -> V2Payload.of(new byte[] {'{', '}'}, header));
    }
}
