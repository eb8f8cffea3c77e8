package dev.headroom.function;

import static io.restassured.RestAssured.given;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Sends every example of the OpenAPI document, and calls every path without one. */
@QuarkusTest
class OpenApiTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    private static JsonNode document() throws IOException {
        return JSON.readTree(given().queryParam("format", "json")
                .get("/q/openapi")
                .then()
                .statusCode(200)
                .extract()
                .asString());
    }

    @Test
    void isServedAsYaml() {
        assertTrue(given().get("/q/openapi").asString().contains("title: Headroom"));
    }

    /** YAML takes what follows a comma within braces for a key without a value, where a text is in no quotes. */
    @Test
    void noTextIsCutAtAComma() throws IOException {
        List<String> keys = new ArrayList<>();
        JsonNode yaml = new YAMLMapper().readTree(given().get("/q/openapi").asString());
        for (JsonNode parent : yaml.findParents("description")) {
            parent.properties().forEach(field -> {
                if (field.getValue().isNull()) {
                    keys.add(field.getKey());
                }
            });
        }
        assertEquals(List.of(), keys);
    }

    /** A service for the tests serves an embedder only: who asks for another task is told so, in the door's own form. */
    private static int expected(String example) {
        return example.startsWith("no") ? 400 : 200;
    }

    private record Call(String method, String path, JsonNode operation, JsonNode document) {

        private Response send(String mediaType, JsonNode body) {
            RequestSpecification request = given();
            operation.path("parameters").forEach(parameter -> add(request, mediaType, resolved(parameter)));
            if (body != null) {
                request.contentType(mediaType).body(body.toString());
            }
            return request.request(method, path.replace("{model}", "all-minilm-l6-v2"));
        }

        private JsonNode resolved(JsonNode parameter) {
            return parameter.has("$ref")
                    ? document.at(parameter.path("$ref").asText().substring(1))
                    : parameter;
        }

        private static void add(RequestSpecification request, String mediaType, JsonNode parameter) {
            boolean ofAnotherMode = mediaType.startsWith("application/cloudevents");
            if (parameter.path("in").asText().equals("header") && parameter.has("example") && !ofAnotherMode) {
                request.header(
                        parameter.path("name").asText(),
                        parameter.path("example").asText());
            }
        }
    }

    @TestFactory
    List<DynamicTest> everyExampleIsAnsweredAsDocumented() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        JsonNode document = document();
        for (Map.Entry<String, JsonNode> path : document.path("paths").properties()) {
            for (Map.Entry<String, JsonNode> operation : path.getValue().properties()) {
                Call call = new Call(operation.getKey(), path.getKey(), operation.getValue(), document);
                tests.addAll(tests(call));
            }
        }
        assertTrue(tests.size() > 18, tests::toString);
        return tests;
    }

    private static List<DynamicTest> tests(Call call) {
        String name = call.method + " " + call.path;
        if (!call.operation.has("requestBody")) {
            return List.of(DynamicTest.dynamicTest(
                    name, () -> assertEquals(200, call.send("", null).statusCode(), name)));
        }
        List<DynamicTest> tests = new ArrayList<>();
        call.operation.path("requestBody").path("content").properties().forEach(content -> {
            for (Map.Entry<String, JsonNode> example :
                    content.getValue().path("examples").properties()) {
                tests.add(DynamicTest.dynamicTest(name + " " + example.getKey(), () -> {
                    Response answer =
                            call.send(content.getKey(), example.getValue().path("value"));
                    assertEquals(expected(example.getKey()), answer.statusCode(), answer::asString);
                }));
            }
        });
        assertTrue(!tests.isEmpty(), name + " has no example");
        return tests;
    }
}
