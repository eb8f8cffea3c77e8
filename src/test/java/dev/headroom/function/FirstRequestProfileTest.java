package dev.headroom.function;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.notNullValue;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.headroom.function.v2.grpc.GRPCInferenceServiceGrpc;
import dev.headroom.function.v2.grpc.GRPCInferenceServiceGrpc.GRPCInferenceServiceBlockingStub;
import dev.headroom.function.v2.grpc.InferTensorContents;
import dev.headroom.function.v2.grpc.ModelInferRequest;
import dev.headroom.function.v2.grpc.ModelInferRequest.InferInputTensor;
import dev.headroom.function.v2.grpc.ModelMetadataRequest;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.ValidatableResponse;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The first request for a model that was never open waits for its opening, also where only the session knows the inputs. */
@QuarkusTest
@TestProfile(ServesClosedModels.class)
@Timeout(60)
class FirstRequestProfileTest {

    private static final String INPUT =
            "{\"name\": \"%s\", \"shape\": [1, 3], \"datatype\": \"FP32\", \"data\": [1, 2, 3]}";

    @TestHTTPResource("/")
    URI service;

    private static ValidatableResponse infer(String model, String inputs) {
        return given().contentType("application/json")
                .body("{\"inputs\": [" + inputs + "]}")
                .post("/v2/models/" + model + "/infer")
                .then();
    }

    private static void assertState(String state, String model) {
        given().post("/v2/repository/index")
                .then()
                .statusCode(200)
                .body("find { it.name == '" + model + "' }.state", equalTo(state));
    }

    @Test
    void tensorsInJson() {
        assertState("UNAVAILABLE", "json");
        infer("json", INPUT.formatted("a") + "," + INPUT.formatted("b"))
                .statusCode(200)
                .body("outputs[0].data", contains(1f, 2f, 3f));
        assertState("READY", "json");
    }

    @Test
    void tensorsInBytes() {
        byte[] row = ByteBuffer.allocate(12)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putFloat(1)
                .putFloat(2)
                .putFloat(3)
                .array();
        String input =
                "{\"name\": \"%s\", \"shape\": [1, 3], \"datatype\": \"FP32\", \"parameters\": {\"binary_data_size\": 12}}";
        byte[] head = "{\"inputs\": [%s, %s]}"
                .formatted(input.formatted("a"), input.formatted("b"))
                .getBytes(StandardCharsets.UTF_8);
        byte[] body = ByteBuffer.allocate(head.length + 24)
                .put(head)
                .put(row)
                .put(row)
                .array();
        given().contentType("application/octet-stream")
                .header("Inference-Header-Content-Length", head.length)
                .body(body)
                .post("/v2/models/bytes/infer")
                .then()
                .statusCode(200)
                .body("outputs[0].data", contains(1f, 2f, 3f));
    }

    @Test
    void metadata() {
        assertState("UNAVAILABLE", "shown");
        given().get("/v2/models/shown")
                .then()
                .statusCode(200)
                .body("inputs.name", contains("a", "b"))
                .body("platform", equalTo("onnx_onnxv1"));
    }

    private <T> T byGrpc(Function<GRPCInferenceServiceBlockingStub, T> call) {
        ManagedChannel channel = NettyChannelBuilder.forAddress(service.getHost(), service.getPort())
                .usePlaintext()
                .build();
        try {
            return call.apply(GRPCInferenceServiceGrpc.newBlockingStub(channel));
        } finally {
            channel.shutdownNow();
        }
    }

    private static InferInputTensor input(String name) {
        return InferInputTensor.newBuilder()
                .setName(name)
                .setDatatype("FP32")
                .addAllShape(List.of(1L, 3L))
                .setContents(InferTensorContents.newBuilder().addAllFp32Contents(List.of(1f, 2f, 3f)))
                .build();
    }

    @Test
    void tensorsByGrpc() {
        ModelInferRequest request = ModelInferRequest.newBuilder()
                .setModelName("grpc")
                .addInputs(input("a"))
                .addInputs(input("b"))
                .build();
        assertEquals(
                "same_a", byGrpc(stub -> stub.modelInfer(request)).getOutputs(0).getName());
    }

    @Test
    void metadataByGrpc() {
        ModelMetadataRequest request =
                ModelMetadataRequest.newBuilder().setName("grpc-shown").build();
        assertEquals(
                2, byGrpc(stub -> stub.modelMetadata(request)).getInputsList().size());
    }

    @Test
    void tokensOfTextsAndTextsOfTokens() {
        given().contentType("application/json")
                .body("{\"model\": \"tokenize\", \"inputs\": [\"good\", \"bad\"]}")
                .post("/tokenize")
                .then()
                .statusCode(200)
                .body("", hasSize(2));
        given().contentType("application/json")
                .body("{\"model\": \"decode\", \"ids\": [4, 5]}")
                .post("/decode")
                .then()
                .statusCode(200)
                .body("", hasSize(1));
    }

    @Test
    void whatIsNoRequestForTheModelIsRefusedOnceThatIsKnown() {
        infer("wrong", INPUT.formatted("a") + "," + INPUT.formatted("z"))
                .statusCode(400)
                .body("error", equalTo("The model wrong has no input 'z'; its inputs are a, b."));
        given().contentType("application/json")
                .body("{\"model\": \"wrong\", \"inputs\": \"good\"}")
                .post("/tokenize")
                .then()
                .statusCode(400)
                .body("error", containsString("reads no text"));
    }

    @Test
    void aModelThatDoesNotOpenFailsThem() throws IOException {
        Files.write(ServesClosedModels.FOLDER.resolve("broken/model.onnx"), new byte[] {1, 2, 3});
        infer("broken", INPUT.formatted("a"))
                .statusCode(503)
                .header("Retry-After", notNullValue())
                .body("error", containsString("The model broken could not be opened"));
        given().get("/v2/models/broken").then().statusCode(503).header("Retry-After", notNullValue());
    }
}
