package dev.headroom;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headroom.function.v2.grpc.GRPCInferenceServiceGrpc;
import dev.headroom.function.v2.grpc.ModelMetadataRequest;
import dev.headroom.session.SlowModel;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The end of a pod, as the process sees it: everybody gets an answer, and the status is 0, whenever the signal comes. */
@Timeout(120)
class DrainIT {

    private static final ObjectMapper JSON = new ObjectMapper();

    private static String inputs(List<String> texts) throws IOException {
        return JSON.writeValueAsString(Map.of("inputs", texts));
    }

    private static String longTexts(int count) throws IOException {
        return inputs(Collections.nCopies(count, "word ".repeat(300)));
    }

    private static void assertTriedElsewhere(HttpResponse<String> response) {
        assertEquals(503, response.statusCode(), response.body());
        assertTrue(response.headers().firstValue("Retry-After").isPresent());
    }

    /** The status of a gRPC call. */
    private static Status.Code code(ServiceProcess service) {
        ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", service.port())
                .usePlaintext()
                .build();
        try {
            GRPCInferenceServiceGrpc.newBlockingStub(channel).modelMetadata(ModelMetadataRequest.getDefaultInstance());
            return Status.Code.OK;
        } catch (StatusRuntimeException e) {
            return e.getStatus().getCode();
        } finally {
            channel.shutdownNow();
        }
    }

    @Test
    void nothingIsAdmittedAnyMoreAndWhatWasIsAnswered() throws Exception {
        try (ServiceProcess service =
                ServiceProcess.start("headroom.timeout=60s").listening()) {
            CompletableFuture<HttpResponse<String>> admitted = service.post("/infer", longTexts(600));
            ServiceProcess.await(() -> service.metric("headroom_queue_items") > 0);
            service.terminate();
            ServiceProcess.await(() -> service.get("/q/health/ready").statusCode() == 503);
            assertTriedElsewhere(service.infer(inputs(List.of("late"))).join());
            HttpResponse<String> event = service.event(inputs(List.of("late"))).join();
            assertTriedElsewhere(event);
            assertEquals("", event.body());
            assertEquals(Status.Code.UNAVAILABLE, code(service));
            service.terminate(); // whoever is in a hurry may ask again
            assertFalse(admitted.isDone(), "refused while work was under way");

            assertEquals(200, admitted.join().statusCode(), service.log());
            assertEquals(
                    "close", admitted.join().headers().firstValue("Connection").orElse("none"));
            assertEquals(0, service.exitStatus());
            assertFalse(service.log().contains("ERROR"), service.log());
        }
    }

    @Test
    void whatIsNotAnsweredInTimeIsToldToTryElsewhere() throws Exception {
        try (ServiceProcess service = ServiceProcess.start("headroom.timeout=60s", "quarkus.shutdown.timeout=2s")
                .listening()) {
            CompletableFuture<HttpResponse<String>> first = service.infer(longTexts(500));
            CompletableFuture<HttpResponse<String>> last = service.infer(longTexts(500));
            ServiceProcess.await(() -> service.metric("headroom_queue_items") > 900);
            service.terminate();
            Set<Integer> failures = new TreeSet<>(failures(first.join()));
            failures.addAll(failures(last.join()));
            assertEquals(Set.of(503), failures);
            assertEquals(0, service.exitStatus());
        }
    }

    @Test
    void aRunThatHangsKeepsNobodyWaiting(@TempDir Path models) throws Exception {
        SlowModel.write(models.resolve("slow"));
        String request = JSON.writeValueAsString(Map.of(
                "inputs",
                List.of(Map.of(
                        "name",
                        "x",
                        "datatype",
                        "FP32",
                        "shape",
                        List.of(1, SlowModel.ENDLESS),
                        "data",
                        Collections.nCopies(SlowModel.ENDLESS, 0)))));
        try (ServiceProcess service = ServiceProcess.start(
                        "headroom.models=" + models,
                        "headroom.device=cpu",
                        "headroom.calibration=off",
                        "headroom.timeout=600s",
                        "quarkus.shutdown.timeout=2s")
                .listening()) {
            CompletableFuture<HttpResponse<String>> hanging = service.post("/v2/models/slow/infer", request);
            ServiceProcess.await(() -> service.metric("headroom_queue_items") == 0
                    && service.metric("headroom_items_admitted_total") == 1);
            service.terminate();
            assertTriedElsewhere(hanging.join());
            assertEquals(0, service.exitStatus());
        }
    }

    @Test
    void aStartThatIsNotOverIsNotWaitedFor(@TempDir Path models) throws Exception {
        SlowModel.writeEndless(models.resolve("slow"));
        try (ServiceProcess service =
                ServiceProcess.start("headroom.models=" + models, "headroom.device=cpu", "headroom.calibration=off")) {
            service.says("slow"); // in the plan
            service.terminate();
            assertEquals(0, service.exitStatus(), service.log());
        }
    }

    /** The statuses of the items that failed, or of the request where all did. */
    private static Set<Integer> failures(HttpResponse<String> response) throws IOException {
        if (response.statusCode() != 200) {
            assertTriedElsewhere(response);
            return Set.of(503);
        }
        Set<Integer> failures = new TreeSet<>();
        for (JsonNode output : JSON.readTree(response.body()).path("outputs")) {
            if (!output.has("embedding")) {
                failures.add(output.at("/error/status").asInt());
            }
        }
        return failures;
    }

    @ParameterizedTest
    @ValueSource(strings = {"TERM", "INT"})
    void aConnectionThatNobodyUsesHoldsNothingUpAndNoFileIsLeft(String signal, @TempDir Path temporary)
            throws Exception {
        try (ServiceProcess service =
                        ServiceProcess.start("java.io.tmpdir=" + temporary).listening();
                Socket idle = new Socket("localhost", service.port())) {
            idle.getOutputStream().write("GET /q/health/live HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes());
            InputStream in = idle.getInputStream();
            assertEquals('H', in.read());
            service.signal(signal);
            assertEquals(0, service.exitStatus());
            assertFalse(service.log().contains("Timed out"), service.log());
            try (Stream<Path> left = Files.walk(temporary)) {
                assertEquals(List.of(), left.filter(Files::isRegularFile).toList(), "such as 500 MB for CUDA");
            }
        }
    }
}
