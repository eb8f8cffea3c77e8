package dev.headroom.function.event;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.emptyString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
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
import io.restassured.config.EncoderConfig;
import io.restassured.config.RestAssuredConfig;
import io.restassured.specification.RequestSpecification;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Events written and read by the CloudEvents project's own SDK, and events that no SDK would write. */
@QuarkusTest
class EventTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Content types as they are, without a charset of REST Assured's. */
    private static final RestAssuredConfig AS_GIVEN = RestAssuredConfig.config()
            .encoderConfig(EncoderConfig.encoderConfig().appendDefaultContentCharsetToContentTypeIfUndefined(false));

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
    void dataOfATypeThatIsNotReadIsRefused() {
        assertRefused(
                structured(event("dev.headroom.infer", "\"datacontenttype\": \"text/csv\", \"data\": \"a\"")),
                415,
                "of the type 'text/csv'");
        assertRefused(
                structured(event("dev.headroom.infer", "\"datacontenttype\": 5, \"data\": {\"inputs\": \"a\"}")),
                400,
                "attribute datacontenttype is the number 5");
        assertRefused(
                structured(event(
                        "dev.headroom.infer", "\"datacontenttype\": \"image/png\", \"data_base64\": \"iVBORw==\"")),
                400,
                "This model takes texts, not an image.");
    }

    @Test
    void theNameOfTheFunctionIsNoTypeOfEvent() {
        assertRefused(structured(event("infer", "\"data\": {\"inputs\": \"a\"}")), 400, "events of type 'infer'");
    }

    @Test
    void otherFormatsOfEventsAreRefused() {
        assertRefused(
                given().contentType("application/cloudevents+avro").body(new byte[] {1}),
                415,
                "Events are not read as 'application/cloudevents+avro'; send application/cloudevents+json");
    }

    @Test
    void whatOnlySaysThatItIsGrpcIsAnEventLikeOthers() {
        assertRefused(
                given().config(AS_GIVEN)
                        .contentType("application/grpc")
                        .header("ce-id", "1")
                        .header("ce-type", "dev.headroom.infer")
                        .header("ce-specversion", "1.0")
                        .header("ce-source", "/s")
                        .body(new byte[] {1}),
                415,
                "of the type 'application/grpc'");
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

    private static RequestSpecification binary(String contentType) {
        return given().contentType(contentType)
                .header("ce-id", "1")
                .header("ce-type", "dev.headroom.infer")
                .header("ce-specversion", "1.0")
                .header("ce-source", "/s");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"application/json; charset=utf-8", "APPLICATION/JSON", "application/vnd.mine+json", "text/json"})
    void jsonIsReadWhateverItIsCalled(String contentType) {
        given().config(AS_GIVEN)
                .headers("ce-id", "1", "ce-type", "dev.headroom.infer", "ce-specversion", "1.0", "ce-source", "/s")
                .header("Content-Type", contentType)
                .body("{\"inputs\": \"a\"}".getBytes(StandardCharsets.UTF_8))
                .post("/")
                .then()
                .statusCode(200)
                .header("ce-type", "dev.headroom.infer.result");
    }

    @Test
    void plainTextIsOneInput() throws Exception {
        CloudEvent text = CloudEventBuilder.v1(event(""))
                .withData("text/plain", "Wörter".getBytes(StandardCharsets.UTF_8))
                .build();
        JsonNode expected = data(send(event("{\"inputs\": \"Wörter\"}"), true));
        assertEquals(expected, data(send(text, false)));
        assertEquals(expected, data(send(text, true)));
    }

    private static JsonNode data(HttpResponse<byte[]> response) throws IOException {
        assertEquals(200, response.statusCode(), response.headers().toString());
        return JSON.readTree(reader(response).toEvent().getData().toBytes());
    }

    @Test
    void theEventNamesTheModelWhereItsDataDoesNot() throws Exception {
        CloudEvent named = CloudEventBuilder.v1(event("{\"inputs\": \"a\"}"))
                .withExtension("model", "all-minilm-l6-v2")
                .build();
        assertEquals("all-minilm-l6-v2", data(send(named, false)).path("model").textValue());
        CloudEvent unknown =
                CloudEventBuilder.v1(named).withExtension("model", "gpt").build();
        HttpResponse<byte[]> refused = send(unknown, false);
        assertEquals(400, refused.statusCode());
        assertTrue(refused.headers().firstValue("Headroom-Error").orElse("").contains("model 'gpt' is not served"));
        CloudEvent both = CloudEventBuilder.v1(unknown)
                .withData("{\"inputs\": \"a\", \"model\": \"all-minilm-l6-v2\"}".getBytes(StandardCharsets.UTF_8))
                .build();
        assertEquals("all-minilm-l6-v2", data(send(both, false)).path("model").textValue());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theReplySaysWhatItIsAndBelongsToTheTraceOfItsEvent(boolean structured) throws Exception {
        CloudEvent event = CloudEventBuilder.v1(event("{\"inputs\": \"a\"}"))
                .withSubject("document-5")
                .withExtension("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
                .withExtension("tracestate", "a=1,b=2")
                .withExtension("knativebrokerttl", "253")
                .build();
        CloudEvent reply = reader(send(event, structured)).toEvent();
        assertEquals("document-5", reply.getSubject());
        assertEquals("application/json", reply.getDataContentType());
        assertEquals(URI.create("urn:headroom:infer:response:1"), reply.getDataSchema());
        assertNotNull(reply.getTime());
        assertEquals(Set.of("causationid", "correlationid", "traceparent", "tracestate"), reply.getExtensionNames());
        assertEquals(event.getExtension("traceparent"), reply.getExtension("traceparent"));
        assertEquals(event.getExtension("tracestate"), reply.getExtension("tracestate"));
        assertNotEquals(reply.getId(), reader(send(event, structured)).toEvent().getId());
    }

    @Test
    void attributesAreDecodedFromHeadersAndEncodedIntoThem() {
        given().contentType("application/json")
                .header("CE-ID", "%C3%BC%20%0A%25")
                .header("Ce-Type", "dev.headroom%2Einfer")
                .header("ce-specversion", "\"1.0\"")
                .header("ce-source", "/s")
                .header("ce-subject", "a%20b")
                .header("ce-correlationid", "%F0%9F%9A%80")
                .body("{\"inputs\": \"a\"}")
                .post("/")
                .then()
                .statusCode(200)
                .header("ce-causationid", "%C3%BC%20%0A%25")
                .header("ce-correlationid", "%F0%9F%9A%80")
                .header("ce-subject", "a%20b");
    }

    @Test
    void anAttributeThatIsThereTwiceIsRefused() throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(root)
                .version(HttpClient.Version.HTTP_1_1)
                .headers("ce-specversion", "1.0", "ce-type", "dev.headroom.infer", "ce-source", "/s")
                .headers("ce-id", "1", "ce-id", "2", "Content-Type", "text/plain")
                .POST(HttpRequest.BodyPublishers.ofString("a"));
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<String> response = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
            assertEquals(400, response.statusCode());
            assertEquals("", response.body());
            String error = response.headers().firstValue("Headroom-Error").orElse("");
            assertTrue(error.contains("header ce-id is there more than once"), error);
        }
    }

    @Test
    void structuredModeGoesBeforeBinaryMode() {
        structured(event("dev.headroom.infer", "\"data\": {\"inputs\": \"a\"}"))
                .header("ce-id", "other")
                .header("ce-type", "other")
                .post("/")
                .then()
                .statusCode(200)
                .contentType("application/cloudevents+json")
                .body("causationid", equalTo("5"));
    }

    @Test
    void anEventsTermsAreAttributesToo() {
        assertRefused(
                binary("text/plain").header("ce-headroompriority", "high").body("a"),
                400,
                "attribute headroompriority is 'high'");
        assertRefused(
                binary("text/plain").header("Headroom-Priority", "high").body("a"),
                400,
                "header Headroom-Priority is 'high'");
        binary("text/plain")
                .header("ce-headroompriority", "interactive")
                .header("ce-headroomdeadlinems", "600000")
                .body("a")
                .post("/")
                .then()
                .statusCode(200);
    }

    @Test
    void aLargeEventIsReadToo() throws Exception {
        String texts = "\"" + "words and ".repeat(400) + "\"";
        assertEquals(
                1,
                data(send(event("{\"inputs\": " + texts + "}"), false))
                        .path("outputs")
                        .size());
        assertEquals(
                1,
                data(send(event("{\"inputs\": " + texts + "}"), true))
                        .path("outputs")
                        .size());
        HttpResponse<byte[]> refused = send(event("{\"inputs\": " + texts + ", \"model\": 5}"), true);
        assertEquals(400, refused.statusCode());
        assertEquals(0, refused.body().length);
    }

    private static double duplicates() {
        return given().get("/q/metrics")
                .asString()
                .lines()
                .filter(line -> line.startsWith("headroom_events_duplicates_total"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }

    @Test
    void anEventThatComesAgainIsAnsweredAgainAndNotRunAgain() throws Exception {
        CloudEvent event = CloudEventBuilder.v1(event("{\"inputs\": \"twice\"}"))
                .withId(UUID.randomUUID().toString())
                .build();
        double before = duplicates();
        HttpResponse<byte[]> first = send(event, false);
        assertEquals(before, duplicates());
        HttpResponse<byte[]> again = send(event, true);
        assertEquals(before + 1, duplicates());
        assertEquals(data(first), data(again));
        assertTrue(first.headers().firstValue("Server-Timing").orElse("").contains("batch;"));
        assertFalse(again.headers().firstValue("Server-Timing").orElse("").contains("batch;"), "nothing ran");

        CloudEvent other = CloudEventBuilder.v1(event)
                .withData("{\"inputs\": \"other\"}".getBytes(StandardCharsets.UTF_8))
                .build();
        assertNotEquals(data(first), data(send(other, false)));
        assertEquals(before + 1, duplicates());
    }
}
