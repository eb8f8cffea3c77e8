package dev.headroom.function.event;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.emptyString;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cloudevents.CloudEvent;
import io.cloudevents.SpecVersion;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.cloudevents.jackson.JsonFormat;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Events in batches; the SDK, which knows no batches, writes and reads each. */
@QuarkusTest
class EventBatchTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final JsonFormat FORMAT = new JsonFormat();
    private static final String BATCH = "application/cloudevents-batch+json";

    private static CloudEvent event(String id, String data) {
        return CloudEventBuilder.v1()
                .withId(id)
                .withSource(URI.create("/batches"))
                .withType("dev.headroom.infer")
                .withData("application/json", data.getBytes(StandardCharsets.UTF_8))
                .build();
    }

    private static String written(CloudEvent event) {
        return new String(FORMAT.serialize(event), StandardCharsets.UTF_8);
    }

    private static Response post(String body) {
        return given().contentType(BATCH).body(body).post("/");
    }

    private static List<CloudEvent> answered(String... events) throws IOException {
        Response response = post("[" + String.join(",", events) + "]");
        assertEquals(200, response.statusCode(), response.headers().toString());
        assertEquals(BATCH, response.contentType());
        List<CloudEvent> replies = new ArrayList<>();
        for (JsonNode reply : JSON.readTree(response.asByteArray())) {
            replies.add(FORMAT.deserialize(JSON.writeValueAsBytes(reply)));
        }
        return replies;
    }

    private static JsonNode data(CloudEvent reply) throws IOException {
        return JSON.readTree(reply.getData().toBytes());
    }

    private static void assertProblem(CloudEvent reply, int status, String detail) throws IOException {
        assertEquals("dev.headroom.infer.error", reply.getType());
        assertEquals("application/problem+json", reply.getDataContentType());
        assertEquals(status, data(reply).path("status").intValue(), data(reply).toString());
        assertTrue(
                data(reply).path("detail").textValue().contains(detail),
                data(reply).toString());
        assertTrue(data(reply).path("instance").textValue().startsWith("urn:uuid:"));
    }

    @Test
    void repliesAreOfVersionOneAlsoToAnOldEvent() throws Exception {
        CloudEvent old =
                CloudEventBuilder.v03(event("old", "{\"inputs\": \"a text\"}")).build();
        CloudEvent broken =
                CloudEventBuilder.v03(event("broken", "{\"inputs\": 7}")).build();
        List<CloudEvent> replies = answered(written(old), written(broken));
        assertEquals(
                List.of(SpecVersion.V1, SpecVersion.V1),
                replies.stream().map(CloudEvent::getSpecVersion).toList());
        assertEquals(
                "urn:headroom:infer:response:1",
                replies.getFirst().getDataSchema().toString());
    }

    @Test
    void eachEventHasItsReplyInTheOrderOfTheEvents() throws Exception {
        List<CloudEvent> replies = answered(Stream.of("a", "b", "c", "d")
                .map(id -> written(event(id, "{\"inputs\": [{\"id\": \"%s\", \"text\": \"%s\"}]}".formatted(id, id))))
                .toArray(String[]::new));
        assertEquals(
                List.of("a", "b", "c", "d"),
                replies.stream().map(reply -> reply.getExtension("causationid")).toList());
        for (CloudEvent reply : replies) {
            assertEquals("dev.headroom.infer.result", reply.getType());
            assertEquals(URI.create("urn:headroom:infer:response:1"), reply.getDataSchema());
            JsonNode output = data(reply).path("outputs").path(0);
            assertEquals(reply.getExtension("causationid"), output.path("id").textValue());
            assertEquals(384, output.path("embedding").size());
        }
        assertEquals(4, replies.stream().map(CloudEvent::getId).distinct().count());
    }

    @Test
    void whatIsWrongWithOneIsWrongWithNoOther() throws Exception {
        CloudEvent good = event("good", "{\"inputs\": \"a\"}");
        List<CloudEvent> replies = answered(
                written(CloudEventBuilder.v1(event("empty", "{\"inputs\": []}"))
                        .withSubject("s")
                        .withExtension("correlationid", "flow")
                        .withExtension("traceparent", "00-1-2-01")
                        .build()),
                "5",
                written(good),
                "{\"specversion\": \"1.0\", \"source\": \"/s\", \"type\": \"dev.headroom.infer\"}",
                written(CloudEventBuilder.v1(good).withType("other").build()),
                written(event("model", "{\"inputs\": \"a\", \"model\": \"gpt\"}")),
                written(CloudEventBuilder.v1(good)
                        .withData("image/png", new byte[] {1})
                        .build()),
                written(CloudEventBuilder.v1(good)
                        .withExtension("headroompriority", "high")
                        .build()));
        assertEquals(8, replies.size());
        assertProblem(replies.get(0), 400, "inputs is an empty array");
        assertEquals("empty", replies.get(0).getExtension("causationid"));
        assertEquals("flow", replies.get(0).getExtension("correlationid"));
        assertEquals("00-1-2-01", replies.get(0).getExtension("traceparent"));
        assertEquals("s", replies.get(0).getSubject());
        assertProblem(replies.get(1), 400, "no JSON object");
        assertNull(replies.get(1).getExtension("causationid"));
        assertEquals("dev.headroom.infer.result", replies.get(2).getType());
        assertProblem(replies.get(3), 400, "attribute id is missing");
        assertNull(replies.get(3).getExtension("causationid"));
        assertProblem(replies.get(4), 400, "events of type 'other'");
        assertEquals("good", replies.get(4).getExtension("causationid"));
        assertProblem(replies.get(5), 400, "model 'gpt' is not served");
        assertProblem(replies.get(6), 400, "This model takes texts, not an image.");
        assertProblem(replies.get(7), 400, "headroompriority");
    }

    @Test
    void anEmptyBatchIsAnsweredByAnEmptyBatch() throws Exception {
        assertEquals(List.of(), answered());
    }

    @Test
    void theSameEventTwiceRunsOnce() throws Exception {
        String event = written(event("same", "{\"inputs\": \"same\"}"));
        List<CloudEvent> replies = answered(event, event);
        assertEquals(data(replies.get(0)), data(replies.get(1)));
        assertNotEquals(replies.get(0).getId(), replies.get(1).getId());
    }

    @Test
    void textAndPathAreTakenAsOfASingleEvent() {
        CloudEvent text = CloudEventBuilder.v1(event("text", ""))
                .withData("text/plain; charset=utf-8", "words".getBytes(StandardCharsets.UTF_8))
                .build();
        given().contentType("application/CloudEvents-batch+json; charset=UTF-8")
                .body("[" + written(text) + "]")
                .post("/any/path")
                .then()
                .statusCode(200)
                .body(containsString("dev.headroom.infer.result"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"{}|The batch is an object", "|The batch is missing", "[{]|no JSON", "5|The batch is the number 5"
            })
    void whatIsNoBatchIs400WithAnEmptyBody(String body, String error) {
        post(body == null ? "" : body)
                .then()
                .statusCode(400)
                .body(emptyString())
                .header("Headroom-Error", containsString(error));
    }

    @Test
    void moreEventsThanAreTakenAtOnceAre413WithAnEmptyBody() {
        post("[" + String.join(",", Collections.nCopies(100_000, "1")) + "]")
                .then()
                .statusCode(413)
                .body(emptyString())
                .header("Headroom-Error", containsString("The batch holds more than "));
    }
}
