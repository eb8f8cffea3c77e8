package dev.headroom.function.v2;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.function.v2.grpc.GRPCInferenceServiceGrpc;
import dev.headroom.function.v2.grpc.GRPCInferenceServiceGrpc.GRPCInferenceServiceBlockingStub;
import dev.headroom.function.v2.grpc.ModelInferRequest;
import dev.headroom.function.v2.grpc.ModelReadyRequest;
import dev.headroom.function.v2.grpc.ServerLiveRequest;
import dev.headroom.function.v2.grpc.ServerMetadataRequest;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@QuarkusTest
class V2GrpcTest {

    @TestHTTPResource("/")
    URI service;

    private ManagedChannel channel;
    private GRPCInferenceServiceBlockingStub stub;

    @BeforeEach
    void connect() {
        channel = NettyChannelBuilder.forAddress(service.getHost(), service.getPort())
                .usePlaintext()
                .build();
        stub = GRPCInferenceServiceGrpc.newBlockingStub(channel);
    }

    @AfterEach
    void disconnect() {
        channel.shutdownNow();
    }

    @Test
    void answersOnThePortOfHttp() {
        assertTrue(stub.serverLive(ServerLiveRequest.getDefaultInstance()).getLive());
        assertEquals(
                "headroom",
                stub.serverMetadata(ServerMetadataRequest.getDefaultInstance()).getName());
    }

    @Test
    void saysNotFoundOfAModelThatIsNotServed() {
        StatusRuntimeException e = assertThrows(
                StatusRuntimeException.class,
                () -> stub.modelReady(
                        ModelReadyRequest.newBuilder().setName("none").build()));
        assertEquals(Status.Code.NOT_FOUND, e.getStatus().getCode());
        assertEquals(
                "model 'none' is not served here; the models are: all-minilm-l6-v2.",
                e.getStatus().getDescription());
    }

    @Test
    void saysWhatIsWrongWithARequest() {
        StatusRuntimeException e = assertThrows(
                StatusRuntimeException.class, () -> stub.modelInfer(ModelInferRequest.getDefaultInstance()));
        assertEquals(
                "INVALID_ARGUMENT: inputs is empty; send a tensor for each input of the model.",
                e.getStatus().getCode() + ": " + e.getStatus().getDescription());
    }

    /** Bodies that are no call of one whole message. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ''             | 3  | The call has no message; send one.
            000000         | 3  | The call ends within the 5 bytes before its message; send all of it.
            0000000002ff   | 3  | The call's message is said to have 2 bytes, and 1 follow; send one whole message.
            00000000000000 | 3  | The call's message is said to have 0 bytes, and 2 follow; send one whole message.
            00ffffffff00   | 3  | The call's message is said to have 4294967295 bytes, and 1 follow; send one whole message.
            0100000000     | 12 | The message is compressed, which is not read; send it as it is, without grpc-encoding.
            0000000001ff   | 3  | The message is no protobuf of this method's request; send it as the .proto has it.
            000000000104   | 3  | The message is no protobuf of this method's request; send it as the .proto has it.
            """)
    void saysWhatIsWrongWithACall(String body, String status, String message) throws Exception {
        try (HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build()) {
            HttpResponse<String> answer = client.send(
                    HttpRequest.newBuilder(service.resolve("/inference.GRPCInferenceService/ModelInfer"))
                            .header("Content-Type", "application/grpc")
                            .POST(BodyPublishers.ofByteArray(HexFormat.of().parseHex(body)))
                            .build(),
                    BodyHandlers.ofString());
            assertEquals(
                    status + " " + message,
                    answer.headers().firstValue("grpc-status").orElse("none") + " "
                            + answer.headers().firstValue("grpc-message").orElse("none"));
        }
    }
}
