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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

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
}
