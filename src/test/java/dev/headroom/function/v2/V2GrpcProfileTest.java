package dev.headroom.function.v2;

import static io.restassured.RestAssured.given;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.headroom.function.v2.grpc.GRPCInferenceServiceGrpc;
import dev.headroom.function.v2.grpc.GRPCInferenceServiceGrpc.GRPCInferenceServiceBlockingStub;
import dev.headroom.function.v2.grpc.GRPCInferenceServiceGrpc.GRPCInferenceServiceFutureStub;
import dev.headroom.function.v2.grpc.InferParameter;
import dev.headroom.function.v2.grpc.InferTensorContents;
import dev.headroom.function.v2.grpc.ModelInferRequest;
import dev.headroom.function.v2.grpc.ModelInferRequest.InferInputTensor;
import dev.headroom.function.v2.grpc.ModelInferRequest.InferRequestedOutputTensor;
import dev.headroom.function.v2.grpc.ModelInferResponse;
import dev.headroom.function.v2.grpc.ModelMetadataRequest;
import dev.headroom.function.v2.grpc.ModelMetadataResponse;
import dev.headroom.function.v2.grpc.ModelReadyRequest;
import dev.headroom.function.v2.grpc.RepositoryIndexRequest;
import dev.headroom.function.v2.grpc.RepositoryModelLoadRequest;
import dev.headroom.function.v2.grpc.RepositoryModelUnloadRequest;
import dev.headroom.function.v2.grpc.ServerLiveRequest;
import grpc.health.v1.HealthGrpc;
import grpc.health.v1.HealthOuterClass.HealthCheckRequest;
import grpc.health.v1.HealthOuterClass.HealthCheckResponse.ServingStatus;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The protocol by gRPC, on HTTP's port. */
@QuarkusTest
@TestProfile(ServesTensorModels.class)
@Timeout(60)
class V2GrpcProfileTest {

    private static final String EMBEDDER = "all-minilm-l6-v2";

    @TestHTTPResource("/")
    URI service;

    private ManagedChannel channel;
    private GRPCInferenceServiceBlockingStub stub;
    private GRPCInferenceServiceFutureStub futures;

    @BeforeEach
    void connect() {
        channel = NettyChannelBuilder.forAddress(service.getHost(), service.getPort())
                .usePlaintext()
                .maxInboundMessageSize(1 << 30)
                .build();
        stub = GRPCInferenceServiceGrpc.newBlockingStub(channel);
        futures = GRPCInferenceServiceGrpc.newFutureStub(channel);
    }

    @AfterEach
    void disconnect() {
        channel.shutdownNow();
    }

    private static InferInputTensor.Builder input(String name, String datatype, long... shape) {
        InferInputTensor.Builder input =
                InferInputTensor.newBuilder().setName(name).setDatatype(datatype);
        for (long size : shape) {
            input.addShape(size);
        }
        return input;
    }

    private static ModelInferRequest.Builder unsigned(long... values) {
        InferTensorContents.Builder contents = InferTensorContents.newBuilder();
        for (long value : values) {
            contents.addInt64Contents(value);
        }
        return ModelInferRequest.newBuilder()
                .setModelName("unsigned")
                .addInputs(input("a", "INT64", values.length / 3, 3).setContents(contents));
    }

    /** Rows of so many tokens, all the same. */
    private static ModelInferRequest tokens(int rows, int length) {
        InferTensorContents.Builder ids = InferTensorContents.newBuilder();
        InferTensorContents.Builder ones = InferTensorContents.newBuilder();
        InferTensorContents.Builder zeros = InferTensorContents.newBuilder();
        for (int i = 0; i < rows * length; i++) {
            ids.addInt64Contents(7592);
            ones.addInt64Contents(1);
            zeros.addInt64Contents(0);
        }
        return ModelInferRequest.newBuilder()
                .setModelName(EMBEDDER)
                .addInputs(input("input_ids", "INT64", rows, length).setContents(ids))
                .addInputs(input("attention_mask", "INT64", rows, length).setContents(ones))
                .addInputs(input("token_type_ids", "INT64", rows, length).setContents(zeros))
                .build();
    }

    private void assertFails(Status.Code code, String description, ModelInferRequest.Builder request) {
        StatusRuntimeException e = assertThrows(StatusRuntimeException.class, () -> stub.modelInfer(request.build()));
        assertEquals(
                code + ": " + description,
                e.getStatus().getCode() + ": " + e.getStatus().getDescription());
    }

    private static double metric(String series) {
        Matcher value = Pattern.compile(Pattern.quote(series) + "\\S* (\\S+)")
                .matcher(given().get("/q/metrics").asString());
        return value.find() ? Double.parseDouble(value.group(1)) : 0;
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
        ByteString row = ByteString.copyFrom(HexFormat.of().parseHex(hex.replace(" ", "")));
        ModelInferResponse response = stub.modelInfer(ModelInferRequest.newBuilder()
                .setModelName(model)
                .setId("7")
                .addInputs(input("b", datatype, 1, 3))
                .addInputs(input("a", datatype, 1, 3))
                .addAllRawInputContents(List.of(row, row))
                .build());
        assertEquals(List.of(row, row), response.getRawOutputContentsList());
        assertEquals(List.of(1L, 3L), response.getOutputs(0).getShapeList());
        assertEquals(datatype, response.getOutputs(1).getDatatype());
        assertEquals(
                "same_a 7 1",
                response.getOutputs(0).getName() + " " + response.getId() + " " + response.getModelVersion());
    }

    @Test
    void answersWithTheOutputsThatAreAskedForInTheirOrder() {
        ModelInferResponse response = stub.modelInfer(unsigned(0, 40_000, 65_535)
                .addOutputs(InferRequestedOutputTensor.newBuilder().setName("uint64"))
                .addOutputs(InferRequestedOutputTensor.newBuilder().setName("uint16"))
                .build());
        assertEquals(2, response.getOutputsCount());
        assertEquals(
                List.of(0L, 40_000L, 65_535L),
                response.getOutputs(0).getContents().getUint64ContentsList());
        assertEquals(
                List.of(0, 40_000, 65_535), response.getOutputs(1).getContents().getUintContentsList());
    }

    @Test
    void answersTheHighestClassesWithTheirLabels() {
        InferTensorContents.Builder ids =
                InferTensorContents.newBuilder().addInt64Contents(4).addInt64Contents(4);
        ModelInferResponse response = stub.modelInfer(ModelInferRequest.newBuilder()
                .setModelName("classifier")
                .addInputs(input("input_ids", "INT64", 1, 2).setContents(ids))
                .addOutputs(InferRequestedOutputTensor.newBuilder()
                        .setName("logits")
                        .putParameters(
                                "classification",
                                InferParameter.newBuilder().setInt64Param(1).build()))
                .build());
        assertEquals(
                "2.0:0:good",
                response.getOutputs(0).getContents().getBytesContents(0).toStringUtf8());
    }

    @Test
    void describesModels() {
        ModelMetadataResponse metadata = stub.modelMetadata(ModelMetadataRequest.newBuilder()
                .setName("bfloat16")
                .setVersion("1")
                .build());
        assertEquals(
                "BF16 [-1, 3]",
                metadata.getInputs(0).getDatatype() + " "
                        + metadata.getInputs(0).getShapeList());
        assertTrue(
                stub
                        .repositoryIndex(RepositoryIndexRequest.newBuilder()
                                .setReady(true)
                                .build())
                        .getModelsList()
                        .stream()
                        .anyMatch(model -> model.getName().equals(EMBEDDER)
                                && model.getState().equals("READY")));
    }

    @Test
    void anOperatorUnloadsAndLoadsAModel() {
        ModelReadyRequest ready =
                ModelReadyRequest.newBuilder().setName("int16").build();
        stub.repositoryModelUnload(
                RepositoryModelUnloadRequest.newBuilder().setModelName("int16").build());
        assertFalse(stub.modelReady(ready).getReady());
        stub.repositoryModelLoad(
                RepositoryModelLoadRequest.newBuilder().setModelName("int16").build());
        assertTrue(stub.modelReady(ready).getReady());
        StatusRuntimeException unknown = assertThrows(
                StatusRuntimeException.class,
                () -> stub.repositoryModelLoad(RepositoryModelLoadRequest.newBuilder()
                        .setModelName("none")
                        .build()));
        assertEquals(Status.Code.NOT_FOUND, unknown.getStatus().getCode());
    }

    @Test
    void refusesWhatTheGraphDoesNotTake() {
        assertFails(
                Status.Code.INVALID_ARGUMENT,
                "inputs[0].contents.int64_contents holds 3 values; the shape says 6.",
                unsigned(1, 2, 3)
                        .setInputs(0, unsigned(1, 2, 3).getInputsBuilder(0).setShape(0, 2)));
        assertFails(
                Status.Code.NOT_FOUND,
                "model 'unsigned' has no version '50% größer'; its version is 1, or leave it out.",
                unsigned(1, 2, 3).setModelVersion("50% größer"));
        assertFails(
                Status.Code.RESOURCE_EXHAUSTED,
                "The inputs up to inputs[0].shape hold more than 1000000 elements; send them in parts, or raise headroom.input.max-elements.",
                unsigned(1, 2, 3).setInputs(0, input("a", "INT64", 1L << 40, 3)));
    }

    @Test
    void rowsAreAnsweredAsTheServicesOwnDoorAnswers() {
        List<Float> own = given().contentType("application/json")
                .body("{\"model\": \"%s\", \"inputs\": \"hello hello\", \"normalize\": false}".formatted(EMBEDDER))
                .post("/infer")
                .jsonPath()
                .getList("outputs[0].embedding", Float.class);
        ModelInferRequest.Builder request = tokens(1, 4).toBuilder();
        request.getInputsBuilder(0)
                .getContentsBuilder()
                .setInt64Contents(0, 101)
                .setInt64Contents(3, 102);
        ModelInferResponse.InferOutputTensor tensor =
                stub.modelInfer(request.build()).getOutputs(0);
        assertEquals(List.of(1L, 4L, 384L), tensor.getShapeList());
        for (int d = 0; d < 384; d++) {
            double mean = 0;
            for (int token = 0; token < 4; token++) {
                mean += tensor.getContents().getFp32Contents(token * 384 + d) / 4.0;
            }
            assertEquals(own.get(d), mean, 1e-4);
        }
    }

    @Test
    void rowsOfSeveralCallersShareBatches() throws Exception {
        double runs = metric("headroom_batch_items_count{model=\"" + EMBEDDER);
        List<Future<ModelInferResponse>> answers = new ArrayList<>();
        answers.add(futures.modelInfer(tokens(16, 128)));
        for (int caller = 0; caller < 40; caller++) {
            answers.add(futures.modelInfer(tokens(1, 8)));
        }
        for (Future<ModelInferResponse> answer : answers) {
            assertEquals(
                    answers.getFirst() == answer ? 16 : 1,
                    answer.get().getOutputs(0).getShape(0));
        }
        double batches = metric("headroom_batch_items_count{model=\"" + EMBEDDER) - runs;
        assertTrue(batches < 30, () -> "41 requests ran in " + batches + " batches");
    }

    @Test
    void aCallThatIsCancelledLeavesItsRowsUndone() throws Exception {
        double rows = metric("headroom_batch_items_sum{model=\"" + EMBEDDER);
        double cancelled = metric("headroom_requests_seconds_count{door=\"grpc\",status=\"CANCELLED\"");
        Future<ModelInferResponse> call = futures.modelInfer(tokens(400, 200));
        while (metric("headroom_queue_items{model=\"" + EMBEDDER) == 0) {
            Thread.onSpinWait();
        }
        call.cancel(true);
        while (metric("headroom_requests_seconds_count{door=\"grpc\",status=\"CANCELLED\"") == cancelled) {
            Thread.onSpinWait();
        }
        while (metric("headroom_queue_items{model=\"" + EMBEDDER) > 0) {
            Thread.onSpinWait();
        }
        stub.modelInfer(tokens(1, 2));
        double ran = metric("headroom_batch_items_sum{model=\"" + EMBEDDER) - rows;
        assertTrue(ran < 300, () -> ran + " rows ran");
    }

    @Test
    void theCallsDeadlineIsItsRows() {
        Metadata headers = new Metadata();
        headers.put(Metadata.Key.of("grpc-timeout", Metadata.ASCII_STRING_MARSHALLER), "5m");
        StatusRuntimeException e = assertThrows(
                StatusRuntimeException.class,
                () -> stub.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
                        .modelInfer(tokens(200, 200)));
        assertEquals(Status.Code.DEADLINE_EXCEEDED, e.getStatus().getCode());
        StatusRuntimeException own = assertThrows(
                StatusRuntimeException.class,
                () -> stub.withDeadlineAfter(5, TimeUnit.MILLISECONDS).modelInfer(tokens(200, 200)));
        assertEquals(Status.Code.DEADLINE_EXCEEDED, own.getStatus().getCode());
    }

    @Test
    void aPriorityThatIsNoneIsRefused() {
        Metadata headers = new Metadata();
        headers.put(Metadata.Key.of("headroom-priority", Metadata.ASCII_STRING_MARSHALLER), "urgent");
        headers.put(Metadata.Key.of("ce-id", Metadata.ASCII_STRING_MARSHALLER), "makes no event of a call");
        StatusRuntimeException e = assertThrows(
                StatusRuntimeException.class,
                () -> stub.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
                        .modelInfer(unsigned(1, 2, 3).build()));
        assertEquals(
                "INVALID_ARGUMENT: The metadata's headroom-priority is 'urgent'; send interactive or bulk.",
                e.getStatus().getCode() + ": " + e.getStatus().getDescription());
    }

    @Test
    void answersManyCallsAtOnce() throws Exception {
        List<Future<ModelInferResponse>> answers = new ArrayList<>();
        for (int call = 0; call < 500; call++) {
            answers.add(futures.modelInfer(unsigned(call, call + 1, call + 2).build()));
        }
        for (int call = 0; call < 500; call++) {
            assertEquals(
                    List.of((long) call, call + 1L, call + 2L),
                    answers.get(call).get().getOutputs(2).getContents().getUint64ContentsList());
        }
    }

    @Test
    void answersALargeMessage() {
        byte[] text = "größe ".repeat(50_000).getBytes(StandardCharsets.UTF_8);
        InferTensorContents.Builder texts = InferTensorContents.newBuilder();
        texts.addBytesContents(ByteString.copyFrom(text))
                .addBytesContents(ByteString.EMPTY)
                .addBytesContents(ByteString.EMPTY);
        ModelInferResponse response = stub.modelInfer(ModelInferRequest.newBuilder()
                .setModelName("string")
                .addInputs(input("a", "BYTES", 1, 3).setContents(texts))
                .addInputs(input("b", "BYTES", 1, 3).setContents(texts))
                .build());
        assertArrayEquals(
                text, response.getOutputs(0).getContents().getBytesContents(0).toByteArray());
    }

    @Test
    void aMessageThatIsTooLargeIsRefused() {
        ByteString large = ByteString.copyFrom(new byte[11 << 20]);
        StatusRuntimeException e = assertThrows(
                StatusRuntimeException.class,
                () -> stub.modelInfer(
                        unsigned(1, 2, 3).addRawInputContents(large).build()));
        assertEquals(Status.Code.RESOURCE_EXHAUSTED, e.getStatus().getCode());
    }

    @Test
    void tellsItsHealthAndReflectsItself() {
        assertEquals(
                ServingStatus.SERVING,
                HealthGrpc.newBlockingStub(channel)
                        .check(HealthCheckRequest.newBuilder()
                                .setService(GRPCInferenceServiceGrpc.SERVICE_NAME)
                                .build())
                        .getStatus());
        CompletableFuture<ServerReflectionResponse> reflected = new CompletableFuture<>();
        StreamObserver<ServerReflectionRequest> ask = ServerReflectionGrpc.newStub(channel)
                .serverReflectionInfo(new StreamObserver<>() {
                    @Override
                    public void onNext(ServerReflectionResponse response) {
                        reflected.complete(response);
                    }

                    @Override
                    public void onError(Throwable failure) {
                        reflected.completeExceptionally(failure);
                    }

                    @Override
                    public void onCompleted() {}
                });
        ask.onNext(ServerReflectionRequest.newBuilder()
                .setFileContainingSymbol("inference.GRPCInferenceService.ModelInfer")
                .build());
        assertEquals(
                1,
                reflected.join().getFileDescriptorResponse().getFileDescriptorProtoCount(),
                () -> reflected.join().toString());
        ask.onCompleted();
    }

    private static StatusRuntimeException refused(Runnable call) {
        return assertThrows(StatusRuntimeException.class, call::run);
    }

    @Test
    void compressedMessagesAreRefused() {
        StatusRuntimeException e = refused(() -> stub.withCompression("gzip")
                .serverLive(ServerLiveRequest.newBuilder().build()));
        assertEquals(Status.Code.UNIMPLEMENTED, e.getStatus().getCode());
        assertTrue(e.getStatus().getDescription().contains("'gzip'"), e.getMessage());
        assertTrue(stub.serverLive(ServerLiveRequest.getDefaultInstance()).getLive());
    }

    @Test
    void callsOfNamesAreShort() {
        StatusRuntimeException e = refused(() -> stub.modelReady(
                ModelReadyRequest.newBuilder().setName("a".repeat(100_000)).build()));
        assertEquals(Status.Code.RESOURCE_EXHAUSTED, e.getStatus().getCode(), e.getMessage());
        StatusRuntimeException health = refused(() -> HealthGrpc.newBlockingStub(channel)
                .check(HealthCheckRequest.newBuilder()
                        .setService("a".repeat(100_000))
                        .build()));
        assertEquals(Status.Code.RESOURCE_EXHAUSTED, health.getStatus().getCode(), health.getMessage());
        assertTrue(stub.serverLive(ServerLiveRequest.getDefaultInstance()).getLive(), "on the same connection");
    }

    @Test
    void aMessageThatWouldTakeTooMuchMemoryIsRefusedBeforeItIsParsed() {
        ModelInferRequest.Builder inputs = ModelInferRequest.newBuilder();
        for (int i = 0; i < 4_000_000; i++) {
            inputs.addInputs(InferInputTensor.getDefaultInstance());
        }
        StatusRuntimeException e = refused(() -> stub.modelInfer(inputs.build()));
        assertEquals(Status.Code.RESOURCE_EXHAUSTED, e.getStatus().getCode(), e.getMessage());
        assertTrue(e.getMessage().contains("headroom.input.body-memory"), e.getMessage());
    }
}
