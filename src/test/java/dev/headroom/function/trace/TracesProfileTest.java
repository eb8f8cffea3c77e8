package dev.headroom.function.trace;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.containsString;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.headroom.function.ServesGenerator;
import dev.headroom.function.v2.grpc.GRPCInferenceServiceGrpc;
import dev.headroom.function.v2.grpc.ModelInferRequest;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Span.SpanKind;
import io.opentelemetry.proto.trace.v1.Status.StatusCode;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile.TestResourceEntry;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.net.URI;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A collector gets the spans of requests, events, batches and texts, and nothing of what callers sent. */
@QuarkusTest
@TestProfile(TracesProfileTest.Traced.class)
@Timeout(60)
class TracesProfileTest {

    private static final String MODEL = "all-minilm-l6-v2";
    private static final String SECRET = "zebra";

    @TestHTTPResource("/")
    URI service;

    SpanReceiver receiver;

    public static final class Traced extends ServesGenerator {

        @Override
        public Map<String, String> getConfigOverrides() {
            Map<String, String> settings = new HashMap<>(super.getConfigOverrides());
            settings.put("otel.exporter.otlp.headers", "api-key=secret");
            settings.put("otel.resource.attributes", "deployment.environment.name=test");
            return settings;
        }

        @Override
        public List<TestResourceEntry> testResources() {
            return List.of(new TestResourceEntry(SpanReceiver.class));
        }
    }

    private static String parent(String trace, boolean sampled) {
        return "00-%s-00f067aa0ba902b7-%s".formatted(trace, sampled ? "01" : "00");
    }

    private static String hex(ByteString id) {
        return HexFormat.of().formatHex(id.toByteArray());
    }

    private static Predicate<Span> in(String trace, String name) {
        return span -> hex(span.getTraceId()).equals(trace) && span.getName().equals(name);
    }

    private static AnyValue attribute(Span span, String name) {
        return span.getAttributesList().stream()
                .filter(attribute -> attribute.getKey().equals(name))
                .map(KeyValue::getValue)
                .findFirst()
                .orElse(AnyValue.getDefaultInstance());
    }

    private static Response infer(String traceparent, String inputs) {
        return given().contentType("application/json")
                .header("traceparent", traceparent)
                .body("{\"model\": \"%s\", \"inputs\": [%s]}".formatted(MODEL, inputs))
                .post("/infer");
    }

    /** The batches that have a link to one of these, once so many items were in them. */
    private List<Span> batchesOf(long items, Span... requests) throws InterruptedException {
        Set<ByteString> ids = Stream.of(requests).map(Span::getSpanId).collect(Collectors.toSet());
        return receiver.await(
                span -> span.getName().startsWith("batch ")
                        && span.getLinksList().stream().anyMatch(link -> ids.contains(link.getSpanId())),
                batches -> items(batches) >= items);
    }

    private static long items(List<Span> batches) {
        return batches.stream()
                .mapToLong(batch -> attribute(batch, "headroom.batch.items").getIntValue())
                .sum();
    }

    @Test
    void aRequestIsAChildOfItsCallersSpan() throws InterruptedException {
        String trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        infer(parent(trace, true), "\"" + SECRET + "\", \"b\"").then().statusCode(200);
        Span request = receiver.await(in(trace, "POST /infer"));
        assertEquals("00f067aa0ba902b7", hex(request.getParentSpanId()));
        assertEquals(SpanKind.SPAN_KIND_SERVER, request.getKind());
        assertEquals(200, attribute(request, "http.response.status_code").getIntValue());
        assertEquals(2, attribute(request, "headroom.items").getIntValue());
        long last = 0;
        for (String phase : List.of("prepare", "queue", "run", "read")) {
            Span child = receiver.await(in(trace, phase));
            assertEquals(request.getSpanId(), child.getParentSpanId());
            assertTrue(child.getStartTimeUnixNano() >= last, phase);
            last = child.getEndTimeUnixNano();
        }
        Span batch = batchesOf(2, request).getFirst();
        assertEquals("batch " + MODEL, batch.getName());
        assertNotEquals(request.getTraceId(), batch.getTraceId());
        assertTrue(attribute(batch, "headroom.batch.elements").getIntValue() > 0);
        assertTrue(receiver.text().contains("deployment.environment.name"));
        assertFalse(receiver.text().contains(SECRET));
    }

    @Test
    void aBatchHasALinkToEachOfItsRequests() throws InterruptedException {
        String many = String.join(",", Collections.nCopies(64, "\"one two three\""));
        String first = "11111111111111111111111111111111";
        String second = "22222222222222222222222222222222";
        Thread other = Thread.startVirtualThread(
                () -> infer(parent(second, true), many).then().statusCode(200));
        infer(parent(first, true), many).then().statusCode(200);
        other.join();
        Span one = receiver.await(in(first, "POST /infer"));
        Span two = receiver.await(in(second, "POST /infer"));
        assertEquals(128, items(batchesOf(128, one, two)));
    }

    private static RequestSpecification event(String id, String traceparent) {
        return given().header("ce-specversion", "1.0")
                .header("ce-type", "dev.headroom.infer")
                .header("ce-source", "/traces")
                .header("ce-id", id)
                .header("ce-traceparent", traceparent)
                .contentType("application/json");
    }

    @Test
    void oneTraceGoesThroughAnEventAndItsReply() throws InterruptedException {
        String trace = "33333333333333333333333333333333";
        String reply = event("1", parent(trace, true))
                .header("ce-tracestate", "vendor=1")
                .body("{\"model\": \"%s\", \"inputs\": \"a\"}".formatted(MODEL))
                .post("/")
                .then()
                .statusCode(200)
                .header("ce-tracestate", "vendor=1")
                .extract()
                .header("ce-traceparent");
        Span event = receiver.await(in(trace, "process dev.headroom.infer"));
        assertEquals("00f067aa0ba902b7", hex(event.getParentSpanId()));
        assertEquals("00-%s-%s-01".formatted(trace, hex(event.getSpanId())), reply);
        assertEquals(SpanKind.SPAN_KIND_CONSUMER, event.getKind());
        assertEquals("1", attribute(event, "cloudevents.event_id").getStringValue());
        ByteString http = event.getLinks(0).getSpanId();
        assertEquals(
                "event",
                attribute(receiver.await(span -> span.getSpanId().equals(http)), "headroom.door")
                        .getStringValue());
        assertEquals(event.getSpanId(), receiver.await(in(trace, "run")).getParentSpanId());
        batchesOf(1, event);
    }

    @Test
    void eachEventOfABatchContinuesItsOwnTrace() throws InterruptedException {
        String events = List.of("44444444444444444444444444444444", "55555555555555555555555555555555").stream()
                .map(trace -> """
                      {"specversion": "1.0", "id": "%1$s", "source": "/traces", "type": "dev.headroom.infer",
                       "traceparent": "%2$s", "data": {"model": "%3$s", "inputs": "a"}}""".formatted(trace, parent(trace, true), MODEL))
                .collect(Collectors.joining(",", "[", "]"));
        List<String> replies = given().contentType("application/cloudevents-batch+json")
                .body(events)
                .post("/")
                .then()
                .statusCode(200)
                .extract()
                .path("traceparent");
        for (String reply : replies) {
            Span event = receiver.await(in(reply.substring(3, 35), "process dev.headroom.infer"));
            assertEquals(reply.substring(36, 52), hex(event.getSpanId()));
        }
    }

    @Test
    void anEventThatFailsIsAnError() throws InterruptedException {
        String trace = "66666666666666666666666666666666";
        event("2", parent(trace, true))
                .body("{\"model\": \"%s\", \"inputs\": \"a\"}".formatted(SECRET))
                .post("/")
                .then()
                .statusCode(400);
        Span event = receiver.await(in(trace, "process dev.headroom.infer"));
        assertEquals(StatusCode.STATUS_CODE_ERROR, event.getStatus().getCode());
        assertEquals("UnknownModel", attribute(event, "error.type").getStringValue());
        assertFalse(receiver.text().contains(SECRET));
    }

    @Test
    void aRequestThatIsLateIsAnErrorAndOneThatIsWrongIsNone() throws InterruptedException {
        String late = "77777777777777777777777777777777";
        String texts = String.join(",", Collections.nCopies(500, "\"" + "word ".repeat(250) + "\""));
        given().contentType("application/json")
                .header("traceparent", parent(late, true))
                .header("Headroom-Deadline-Ms", "1")
                .body("{\"model\": \"%s\", \"inputs\": [%s]}".formatted(MODEL, texts))
                .post("/infer")
                .then()
                .statusCode(504);
        Span failed = receiver.await(in(late, "POST /infer"));
        assertEquals(StatusCode.STATUS_CODE_ERROR, failed.getStatus().getCode());
        assertEquals("504", attribute(failed, "error.type").getStringValue());
        String wrong = "88888888888888888888888888888888";
        infer(parent(wrong, true), "").then().statusCode(400);
        Span refused = receiver.await(in(wrong, "POST /infer"));
        assertEquals(400, attribute(refused, "http.response.status_code").getIntValue());
        assertEquals(StatusCode.STATUS_CODE_UNSET, refused.getStatus().getCode());
    }

    @Test
    void aTextIsOneSpanWithItsTokens() throws InterruptedException {
        String trace = "99999999999999999999999999999999";
        given().contentType("application/json")
                .header("traceparent", parent(trace, true))
                .body("{\"model\": \"llama\", \"prompt\": \"Hi\", \"max_tokens\": 5, \"ignore_eos\": true}")
                .post("/v1/completions")
                .then()
                .statusCode(200);
        Span text = receiver.await(in(trace, "text_completion llama"));
        assertEquals(2, attribute(text, "gen_ai.usage.input_tokens").getIntValue());
        assertTrue(attribute(text, "gen_ai.usage.output_tokens").getIntValue() > 0);
        assertTrue(attribute(text, "gen_ai.response.time_to_first_chunk").getDoubleValue() > 0);
        assertEquals(receiver.await(in(trace, "POST /v1/completions")).getSpanId(), text.getParentSpanId());
    }

    @Test
    void aCallByGrpcCarriesTheTraceInItsMetadata() throws InterruptedException {
        String trace = "abababababababababababababababab";
        Metadata metadata = new Metadata();
        metadata.put(Metadata.Key.of("traceparent", Metadata.ASCII_STRING_MARSHALLER), parent(trace, true));
        ManagedChannel channel = NettyChannelBuilder.forAddress(service.getHost(), service.getPort())
                .usePlaintext()
                .build();
        try {
            GRPCInferenceServiceGrpc.newBlockingStub(channel)
                    .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata))
                    .modelInfer(ModelInferRequest.getDefaultInstance());
        } catch (StatusRuntimeException e) {
            assertEquals("INVALID_ARGUMENT", e.getStatus().getCode().name());
        } finally {
            channel.shutdownNow();
        }
        Span call = receiver.await(in(trace, "inference.GRPCInferenceService/ModelInfer"));
        assertEquals("00f067aa0ba902b7", hex(call.getParentSpanId()));
        assertEquals(
                "INVALID_ARGUMENT", attribute(call, "rpc.response.status_code").getStringValue());
    }

    @Test
    void aCallerWhoDoesNotWantATraceGetsNone() throws InterruptedException {
        String unwanted = "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd";
        infer(parent(unwanted, false), "\"a\"").then().statusCode(200);
        String wanted = "efefefefefefefefefefefefefefefef";
        infer(parent(wanted, true), "\"a\"").then().statusCode(200);
        receiver.await(in(wanted, "POST /infer"));
        assertEquals(List.of(), receiver.like(span -> hex(span.getTraceId()).equals(unwanted)));
        given().get("/q/metrics").then().body(containsString("headroom_traces_spans_total{result=\"sent\"}"));
    }
}
