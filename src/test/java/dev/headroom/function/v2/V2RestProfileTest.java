package dev.headroom.function.v2;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.Response;
import io.restassured.response.ValidatableResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The protocol by HTTP: JSON, and tensors as bytes behind it. */
@QuarkusTest
@TestProfile(ServesTensorModels.class)
class V2RestProfileTest {

    private static final String THREE =
            "{\"name\": \"a\", \"shape\": [1, 3], \"datatype\": \"INT64\", \"data\": [1, 2, 3]}";

    private static ValidatableResponse infer(String model, String body) {
        return given().contentType("application/json")
                .body(body)
                .post("/v2/models/" + model + "/infer")
                .then();
    }

    private static void assertInvalid(String model, String inputs, String error) {
        infer(model, "{\"inputs\": [%s]}".formatted(inputs))
                .statusCode(400)
                .contentType("application/json")
                .body("error", equalTo(error));
    }

    private static byte[] withBinary(String json, byte[] binary) {
        byte[] head = json.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(head.length + binary.length)
                .put(head)
                .put(binary)
                .array();
    }

    private static ValidatableResponse inferBinary(String model, String json, byte[] binary) {
        return given().contentType("application/octet-stream")
                .header("Inference-Header-Content-Length", json.getBytes(StandardCharsets.UTF_8).length)
                .body(withBinary(json, binary))
                .post("/v2/models/" + model + "/infer")
                .then();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            bool     | BOOL  | [true, false, true]
            uint8    | UINT8 | [0, 128, 255]
            int8     | INT8  | [-128, 0, 127]
            int16    | INT16 | [-32768, 0, 32767]
            int32    | INT32 | [-2147483648, 0, 2147483647]
            int64    | INT64 | [-9223372036854775808, 0, 9223372036854775807]
            float16  | FP16  | [0.5, -65504.0, 3.140625]
            bfloat16 | BF16  | [0.5, -1.0, 3.140625]
            float    | FP32  | [0.1, -3.4028235E38, 1.4E-45]
            double   | FP64  | [0.1, -1.7976931348623157E308, 4.9E-324]
            string   | BYTES | ["größe", "", "🚀 \\n"]
            """)
    void answersEveryDatatypeInJson(String model, String datatype, String data) {
        String both = "{\"inputs\": [{\"name\": \"a\", \"shape\": [1, 3], \"datatype\": \"%1$s\", \"data\": %2$s}, "
                + "{\"name\": \"b\", \"shape\": [1, 3], \"datatype\": \"%1$s\", \"data\": [%2$s]}]}";
        String answer = infer(model, both.formatted(datatype, data))
                .statusCode(200)
                .body("outputs.name", contains("same_a", "same_b"))
                .body("outputs.datatype", contains(datatype, datatype))
                .body("outputs[0].shape", contains(1, 3))
                .extract()
                .asString();
        assertEquals(2, answer.split(Pattern.quote("\"data\":" + data.replace(", ", ",")), -1).length - 1, answer);
    }

    @ParameterizedTest
    @CsvSource({
        "bool,     BOOL,  01 00 01",
        "uint8,    UINT8, 00 80 ff",
        "int8,     INT8,  80 00 7f",
        "int16,    INT16, 0080 0000 ff7f",
        "int32,    INT32, 00000080 00000000 ffffff7f",
        "int64,    INT64, 0000000000000080 0000000000000000 ffffffffffffff7f",
        "float16,  FP16,  0038 007c 017e",
        "bfloat16, BF16,  003f 80ff c17f",
        "float,    FP32,  cdcccc3d 0000807f 0100c07f",
        "double,   FP64,  9a9999999999b93f 000000000000f0ff 010000000000f87f",
        "string,   BYTES, 02000000c3bc 00000000 0100000061"
    })
    void answersEveryDatatypeInBytes(String model, String datatype, String hex) {
        byte[] row = HexFormat.of().parseHex(hex.replace(" ", ""));
        byte[] all = ByteBuffer.allocate(2 * row.length).put(row).put(row).array();
        String input =
                "{\"name\": \"%s\", \"shape\": [1, 3], \"datatype\": \"%s\", \"parameters\": {\"binary_data_size\": %d}}";
        String json = "{\"parameters\": {\"binary_data_output\": true}, \"inputs\": [%s, %s]}"
                .formatted(input.formatted("b", datatype, row.length), input.formatted("a", datatype, row.length));
        Response response = inferBinary(model, json, all)
                .statusCode(200)
                .contentType("application/octet-stream")
                .extract()
                .response();
        byte[] body = response.asByteArray();
        int head = Integer.parseInt(response.header("Inference-Header-Content-Length"));
        assertArrayEquals(all, Arrays.copyOfRange(body, head, body.length));
        assertTrue(new String(body, 0, head, StandardCharsets.UTF_8)
                .contains("\"parameters\":{\"binary_data_size\":%d}".formatted(row.length)));
    }

    @Test
    void answersUnsignedIntegersAsSuch() {
        infer(
                        "unsigned",
                        "{\"inputs\": [{\"name\": \"a\", \"shape\": [1, 3], \"datatype\": \"INT64\", \"data\": [0, 65535, 40000]}]}")
                .statusCode(200)
                .body("outputs.datatype", contains("UINT16", "UINT32", "UINT64"))
                .body("outputs[0].data", contains(0, 65535, 40000))
                .body("outputs[1].data", contains(0, 65535, 40000))
                .body("outputs[2].data", contains(0, 65535, 40000));
    }

    @Test
    void answersRowsInTheirOrderWithTheCallersId() {
        infer("int64", """
                        {"id": "42", "parameters": {"anything": 1},
                         "inputs": [{"name": "b", "shape": [2, 1], "datatype": "INT64", "data": [[7], [8]]},
                                    {"name": "a", "shape": [2, 3], "datatype": "INT64", "data": [1, 2, 3, 4, 5, 6]}],
                         "outputs": [{"name": "same_b"}]}""")
                .statusCode(200)
                .contentType("application/json")
                .body("model_name", equalTo("int64"))
                .body("model_version", equalTo("1"))
                .body("id", equalTo("42"))
                .body("outputs", hasSize(1))
                .body("outputs[0].name", equalTo("same_b"))
                .body("outputs[0].shape", contains(2, 1))
                .body("outputs[0].data", contains(7, 8))
                .header("Server-Timing", containsString("batch;desc="));
    }

    @Test
    void answersTheHighestClassesWithTheirLabels() {
        infer("classifier", """
                        {"inputs": [{"name": "input_ids", "shape": [2, 3], "datatype": "INT64", "data": [4, 4, 5, 6, 6, 6]}],
                         "outputs": [{"name": "logits", "parameters": {"classification": 2}}]}""")
                .statusCode(200)
                .body("outputs[0].datatype", equalTo("BYTES"))
                .body("outputs[0].shape", contains(2, 2))
                .body("outputs[0].data", contains("2.0:0:good", "1.0:1:bad", "3.0:2:odd", "0.0:0:good"));
    }

    @Test
    void describesTheServerAndItsModels() {
        given().get("/v2")
                .then()
                .statusCode(200)
                .body("name", equalTo("headroom"))
                .body("extensions", hasItem("binary_tensor_data"));
        given().get("/v2/models/string/versions/1")
                .then()
                .statusCode(200)
                .body("name", equalTo("string"))
                .body("versions", contains("1"))
                .body("platform", equalTo("onnx_onnxv1"))
                .body("inputs.name", contains("a", "b"))
                .body("inputs[0].datatype", equalTo("BYTES"))
                .body("inputs[0].shape", contains(-1, 3))
                .body("outputs[1].shape", contains(-1, -1));
        given().get("/v2/models/unsigned")
                .then()
                .body("outputs.datatype", containsInAnyOrder("UINT16", "UINT32", "UINT64"));
        given().post("/v2/repository/index")
                .then()
                .statusCode(200)
                .body("name", hasItem("all-minilm-l6-v2"))
                .body("state", not(hasItem("UNAVAILABLE")));
    }

    @Test
    void isLiveAndReady() {
        for (String path : List.of("/v2/health/live", "/v2/health/ready", "/v2/models/int8/ready")) {
            given().get(path).then().statusCode(200);
        }
        given().get("/v2/models/int8/versions/1/ready").then().statusCode(200).body("ready", equalTo(true));
    }

    @Test
    void anOperatorUnloadsAndLoadsAModel() {
        given().post("/v2/repository/models/unsigned/unload").then().statusCode(200);
        given().get("/v2/models/unsigned/ready").then().statusCode(503).body("ready", equalTo(false));
        given().contentType("application/json")
                .body("{\"inputs\": [%s]}".formatted(THREE))
                .post("/v2/models/unsigned/infer")
                .then()
                .statusCode(503)
                .header("Retry-After", "10")
                .body("error", startsWith("The model unsigned was unloaded by an operator"));
        given().contentType("application/json")
                .body("{\"ready\": true}")
                .post("/v2/repository/index")
                .then()
                .body("name", not(hasItem("unsigned")));
        given().get("/v1/models/unsigned").then().body("state", equalTo("unloaded"));
        given().get("/plan")
                .then()
                .body("card.models.find { it.name == 'unsigned' }.state", equalTo("unloaded"))
                .body("card.models.find { it.name == 'unsigned' }.heldBytes", equalTo(0));
        given().post("/v2/repository/models/unsigned/load").then().statusCode(200);
        given().get("/v2/models/unsigned/ready").then().statusCode(200);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            GET  | /v2/models/none                     | 404 | model 'none' is not served here; the models are: all-minilm-l6-v2,
            GET  | /v2/models/none/ready               | 404 | model 'none' is not served here
            GET  | /v2/models/int8/versions/2          | 404 | model 'int8' has no version '2'; its version is 1, or leave it out.
            POST | /v2/models/int8/versions/2/infer    | 404 | model 'int8' has no version '2'
            GET  | /v2/models/int8/config              | 404 | Nothing is served at /v2/models/int8/config;
            GET  | /v2/models/int8/infer               | 405 | /v2/models/int8/infer is answered to POST only.
            POST | /v2                                 | 405 | /v2 is answered to GET only.
            POST | /v2/repository/models/none/unload   | 404 | model 'none' is not served here
            GET  | /v2/repository/models/int8/load     | 405 | /v2/repository/models/int8/load is answered to POST only.
            """)
    void saysWhatIsNotThere(String method, String path, int status, String error) {
        given().contentType("application/json")
                .body("{\"inputs\": [%s]}".formatted(THREE))
                .request(method, path)
                .then()
                .statusCode(status)
                .contentType("application/json")
                .body("error", startsWith(error))
                .body("$", not(hasKey("status")));
    }

    @Test
    void saysWhichMethodIsAllowed() {
        given().put("/v2/models/int8/ready").then().statusCode(405).header("Allow", "GET");
    }

    @Test
    void refusesWhatTheGraphDoesNotTake() {
        assertInvalid("int64", THREE, "The input 'b' is missing; the model int64 takes a, b.");
        assertInvalid(
                "unsigned",
                THREE.replace("[1, 3]", "[3, 1]"),
                "The input 'a' has the shape [3, 1]; the model takes [-1, 3], where -1 is any size.");
        assertInvalid("unsigned", THREE.replace("INT64", "INT32"), "The input 'a' is of INT32; the model takes INT64.");
        assertInvalid(
                "unsigned",
                THREE.replace("[1, 3]", "[0, 3]").replace("[1, 2, 3]", "[]"),
                "inputs[0].shape[0] is 0; send a size of 1 or more, as a tensor without elements is not run.");
        assertInvalid(
                "string",
                "{\"name\": \"a\", \"shape\": [1, 3], \"datatype\": \"BYTES\", \"data\": [\"\", \"x\\u0000y\", \"\"]}",
                "The input 'a' holds a NUL in its element 1, which no text of a model holds; leave it out.");
    }

    @Test
    void bytesThatAreNotThereAreRefused() {
        String json =
                "{\"inputs\": [{\"name\": \"a\", \"shape\": [1, 3], \"datatype\": \"INT64\", \"parameters\": {\"binary_data_size\": %d}}]}";
        inferBinary("unsigned", json.formatted(24), new byte[23])
                .statusCode(400)
                .body("error", containsString("23"));
        inferBinary("unsigned", json.formatted(16), new byte[16])
                .statusCode(400)
                .body("error", containsString("3 elements of INT64 take 24"));
        inferBinary("unsigned", json.formatted(24), new byte[25])
                .statusCode(400)
                .body("error", startsWith("1 bytes at the body's end belong to no input"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"[1099511627776, 3]", "[1, 1099511627776]", "[4294967296, 4294967296, 4294967296]"})
    void aShapeThatIsABombCostsNothing(String shape) {
        infer("unsigned", "{\"inputs\": [%s]}".formatted(THREE.replace("[1, 3]", shape)))
                .statusCode(413)
                .body("error", containsString("raise headroom.input.max-elements"));
    }

    @Test
    void moreRowsThanAreTakenAre413() {
        String data = "1,".repeat(3 * 100_000);
        infer(
                        "unsigned",
                        "{\"inputs\": [{\"name\": \"a\", \"shape\": [100000, 3], \"datatype\": \"INT64\", \"data\": [%s]}]}"
                                .formatted(data.substring(0, data.length() - 1)))
                .statusCode(413)
                .body("error", startsWith("The inputs' batch holds more than "));
    }

    @Test
    void whatTheModelDoesNotRunOnIsTheCallersFault() {
        infer(
                        "classifier",
                        "{\"inputs\": [{\"name\": \"input_ids\", \"shape\": [1, 1], \"datatype\": \"INT64\", \"data\": [99]}]}")
                .statusCode(400)
                .body("error", startsWith("The model does not run on row 0 ("));
    }
}
