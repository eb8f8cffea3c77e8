package dev.headroom.function;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.emptyString;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cloudevents.CloudEvent;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.cloudevents.core.message.Encoding;
import io.cloudevents.core.message.MessageReader;
import io.cloudevents.http.HttpMessageFactory;
import io.cloudevents.jackson.JsonFormat;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.specification.RequestSpecification;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Events written and read by the CloudEvents project's own SDK, and events that no SDK would write. */
@QuarkusTest
class EventTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @TestHTTPResource("/")
    URI root;

    private static CloudEvent event(String data) {
        return CloudEventBuilder.v1()
                .withId("id-7")
                .withSource(URI.create("/tests"))
                .withType("dev.headroom.infer")
                .withDataContentType("application/json")
                .withData(data.getBytes(StandardCharsets.UTF_8))
                .build();
    }

    private HttpResponse<byte[]> send(CloudEvent event, boolean structured) throws IOException, InterruptedException {
        return send(root, event, structured);
    }

    private static HttpResponse<byte[]> send(URI to, CloudEvent event, boolean structured)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(to);
        var writer = HttpMessageFactory.createWriter(
                (name, value) -> request.header(name, value),
                body -> request.POST(HttpRequest.BodyPublishers.ofByteArray(body == null ? new byte[0] : body)));
        if (structured) {
            writer.writeStructured(event, JsonFormat.CONTENT_TYPE);
        } else {
            writer.writeBinary(event);
        }
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
        }
    }

    private static MessageReader reader(HttpResponse<byte[]> response) {
        return HttpMessageFactory.createReaderFromMultimap(response.headers().map(), response.body());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/infer", "/infer/", "/any/path", "/q/health"})
    void anEventIsTakenAtAnyPath(String path) throws Exception {
        for (boolean structured : new boolean[] {false, true}) {
            HttpResponse<byte[]> response = send(root.resolve(path), event("{\"inputs\": \"a\"}"), structured);
            assertEquals(200, response.statusCode());
            assertEquals("dev.headroom.infer.result", reader(response).toEvent().getType());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anEventIsAnsweredByOneEventOfTheSameMode(boolean structured) throws Exception {
        HttpResponse<byte[]> response =
                send(event("{\"inputs\": [\"a\", {\"id\": \"b\", \"text\": \"c\"}]}"), structured);
        assertEquals(200, response.statusCode());
        MessageReader reader = reader(response);
        assertEquals(structured ? Encoding.STRUCTURED : Encoding.BINARY, reader.getEncoding());
        CloudEvent reply = reader.toEvent();
        assertEquals("dev.headroom.infer.result", reply.getType());
        assertEquals(URI.create("headroom"), reply.getSource());
        assertEquals("id-7", reply.getExtension("causationid"));
        assertEquals("id-7", reply.getExtension("correlationid"));
        JsonNode data = JSON.readTree(reply.getData().toBytes());
        assertEquals(2, data.path("outputs").size());
        assertEquals("b", data.path("outputs").path(1).path("id").textValue());
        assertEquals(384, data.path("outputs").path(1).path("embedding").size());
    }

    @Test
    void anIdOfAnyCharactersComesBackAsItWas() throws Exception {
        CloudEvent event = CloudEventBuilder.v1(event("{\"inputs\": \"a\"}"))
                .withId("ü \n 🚀")
                .build();
        assertEquals("ü \n 🚀", reader(send(event, true)).toEvent().getExtension("causationid"));
    }

    @Test
    void theCorrelationOfTheSenderIsKept() throws Exception {
        CloudEvent event = CloudEventBuilder.v1(event("{\"inputs\": \"a\"}"))
                .withExtension("correlationid", "flow-1")
                .build();
        CloudEvent reply = reader(send(event, true)).toEvent();
        assertEquals("flow-1", reply.getExtension("correlationid"));
        assertEquals("id-7", reply.getExtension("causationid"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"inputs\": []}|400|inputs is an empty array",
                "{\"inputs\": |400|no JSON",
                "{\"inputs\": \"a\", \"model\": \"gpt\"}|400|model 'gpt' is not served",
                "[5]|400|The body is an array",
            })
    void anEventThatCannotBeServedIsAnsweredWithAnEmptyBody(String data, int status, String error) throws Exception {
        HttpResponse<byte[]> response = send(event(data), false);
        assertEquals(status, response.statusCode());
        assertArrayEquals(new byte[0], response.body());
        assertTrue(
                response.headers().firstValue("Headroom-Error").orElse("").contains(error),
                response.headers().toString());
        assertTrue(response.headers().firstValue("Headroom-Error-Id").orElse("").startsWith("urn:uuid:"));
    }

    private static RequestSpecification structured(String body) {
        return given().contentType("application/cloudevents+json").body(body);
    }

    private static void assertRefused(RequestSpecification request, int status, String error) {
        request.post("/")
                .then()
                .statusCode(status)
                .body(emptyString())
                .header("Headroom-Error", containsString(error))
                .header("Headroom-Error-Id", startsWith("urn:uuid:"));
    }

    @Test
    void aMalformedStructuredEventIs400() {
        assertRefused(structured("{\"id\": "), 400, "no JSON");
        assertRefused(structured("[]"), 400, "no JSON object");
        assertRefused(structured("{\"id\": \"1\"}"), 400, "attribute specversion is missing");
        assertRefused(
                structured("{\"specversion\": \"1.0\", \"id\": 5, \"source\": \"/s\", \"type\": \"t\"}"),
                400,
                "attribute id is missing or no string");
        assertRefused(
                structured("{\"specversion\": \"2.0\", \"id\": \"5\", \"source\": \"/s\", \"type\": \"t\"}"),
                400,
                "specversion is '2.0'");
        assertRefused(
                structured(
                        "{\"specversion\": \"1.0\", \"id\": \"5\", \"source\": \"/s\", \"type\": \"dev.headroom.infer\"}"),
                400,
                "The event has no data");
        assertRefused(structured(""), 400, "no JSON object");
    }

    @Test
    void aTypeThatNoFunctionTakesIsNotRetried() {
        assertRefused(
                structured(
                        "{\"specversion\": \"1.0\", \"id\": \"5\", \"source\": \"/s\", \"type\": \"other\", \"data\": {}}"),
                400,
                "events of type 'other'; send the type dev.headroom.infer");
    }

    @Test
    void aBinaryEventWithoutItsIdIsStillAnEvent() {
        assertRefused(
                given().contentType("application/json")
                        .header("ce-type", "dev.headroom.infer")
                        .header("ce-specversion", "1.0")
                        .header("ce-source", "/s")
                        .body("{\"inputs\": \"a\"}"),
                400,
                "attribute id is missing");
    }

    @ParameterizedTest
    @ValueSource(strings = {"5", "null", "\"flow\"", "true"})
    void noCorrelationBreaksAnEvent(String correlation) {
        structured(event("dev.headroom.infer", "\"correlationid\": " + correlation + ", \"data\": {\"inputs\": \"a\"}"))
                .post("/")
                .then()
                .statusCode(200);
    }

    private static String event(String type, String rest) {
        return "{\"specversion\": \"1.0\", \"id\": \"5\", \"source\": \"/s\", \"type\": \"" + type + "\", " + rest
                + "}";
    }

    @Test
    void dataThatIsNoJsonIsRefused() {
        assertRefused(
                structured(event("dev.headroom.infer", "\"datacontenttype\": \"text/plain\", \"data\": \"a\"")),
                415,
                "data is no JSON");
        assertRefused(structured(event("dev.headroom.infer", "\"data_base64\": \"e30=\"")), 415, "data is no JSON");
        assertRefused(
                structured(event("dev.headroom.infer", "\"datacontenttype\": 5, \"data\": {\"inputs\": \"a\"}")),
                415,
                "data is no JSON");
    }

    @Test
    void theNameOfTheFunctionIsNoTypeOfEvent() {
        assertRefused(structured(event("infer", "\"data\": {\"inputs\": \"a\"}")), 400, "events of type 'infer'");
    }

    @Test
    void batchedEventsAreRefusedAsAnEvent() {
        assertRefused(given().contentType("application/cloudevents-batch+json").body("[]"), 415, "content type");
    }

    @Test
    void otherDataThanJsonIsRefused() {
        assertRefused(
                given().contentType("application/xml")
                        .header("ce-id", "1")
                        .header("ce-type", "dev.headroom.infer")
                        .header("ce-specversion", "1.0")
                        .header("ce-source", "/s")
                        .body("<a/>"),
                415,
                "application/xml");
    }
}
