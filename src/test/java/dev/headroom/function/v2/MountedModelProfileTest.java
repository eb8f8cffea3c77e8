package dev.headroom.function.v2;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.function.v2.grpc.GRPCInferenceServiceGrpc;
import dev.headroom.function.v2.grpc.InferTensorContents;
import dev.headroom.function.v2.grpc.ModelInferRequest;
import dev.headroom.function.v2.grpc.ModelInferRequest.InferInputTensor;
import dev.headroom.function.v2.grpc.ModelInferResponse;
import dev.headroom.function.v2.grpc.ModelReadyRequest;
import dev.headroom.session.TensorModel;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A model in a folder that somebody else has named, as KServe mounts it, under the name that its clients know. */
@QuarkusTest
@TestProfile(MountedModelProfileTest.Mounted.class)
@Timeout(60)
class MountedModelProfileTest {

    private static final String NAME = "products.v2";

    @TestHTTPResource("/")
    URI service;

    public static final class Mounted implements QuarkusTestProfile {

        @Override
        public Map<String, String> getConfigOverrides() {
            Path folder = Path.of("target/mnt/models").toAbsolutePath();
            try {
                TensorModel.writeUnsigned(folder);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return Map.of("headroom.models", NAME + "=" + folder, "headroom.calibration", "off");
        }
    }

    @Test
    void restServesItUnderThatNameAlone() {
        given().get("/v2/health/ready").then().statusCode(200);
        given().get("/v2/models/" + NAME + "/ready").then().statusCode(200);
        given().get("/v2/models/models/ready").then().statusCode(404);
        given().get("/v1/models").then().body("data.id", hasItem(NAME));
        given().contentType("application/json")
                .body(
                        "{\"inputs\": [{\"name\": \"a\", \"shape\": [1, 3], \"datatype\": \"INT64\", \"data\": [1, 2, 3]}]}")
                .post("/v2/models/" + NAME + "/infer")
                .then()
                .statusCode(200)
                .body("model_name", equalTo(NAME));
    }

    @Test
    void grpcServesItUnderThatName() {
        ManagedChannel channel = NettyChannelBuilder.forAddress(service.getHost(), service.getPort())
                .usePlaintext()
                .build();
        try {
            var stub = GRPCInferenceServiceGrpc.newBlockingStub(channel);
            assertTrue(
                    stub.modelReady(ModelReadyRequest.newBuilder().setName(NAME).build())
                            .getReady());
            ModelInferResponse answer = stub.modelInfer(ModelInferRequest.newBuilder()
                    .setModelName(NAME)
                    .addInputs(InferInputTensor.newBuilder()
                            .setName("a")
                            .setDatatype("INT64")
                            .addShape(1)
                            .addShape(3)
                            .setContents(InferTensorContents.newBuilder()
                                    .addInt64Contents(1)
                                    .addInt64Contents(2)
                                    .addInt64Contents(3)))
                    .build());
            assertEquals(NAME, answer.getModelName());
        } finally {
            channel.shutdownNow();
        }
    }
}
