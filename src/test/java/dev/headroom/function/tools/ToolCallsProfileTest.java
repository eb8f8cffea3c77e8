package dev.headroom.function.tools;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headroom.function.ServesCallers;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.ValidatableResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Models of random weights call tools where the request forces them. */
@QuarkusTest
@TestProfile(ServesCallers.class)
class ToolCallsProfileTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    private static final String TOOLS =
            ", \"tools\": [{\"type\": \"function\", \"function\": {\"name\": \"weather\", \"parameters\": {\"type\": \"object\", \"properties\": {\"city\": {\"enum\": [\"Bonn\", \"Rome\"]}, \"days\": {\"type\": \"boolean\"}}, \"required\": [\"city\", \"days\"]}}},"
                    + " {\"type\": \"function\", \"function\": {\"name\": \"time\"}}]";

    private static final String NAMED =
            ", \"tool_choice\": {\"type\": \"function\", \"function\": {\"name\": \"weather\"}}";

    private static String body(String model, String more) {
        return "{\"model\": \"%s\", \"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}], \"temperature\": 1%s}"
                .formatted(model, more);
    }

    private static ValidatableResponse post(String model, String more) {
        return given().contentType("application/json")
                .body(body(model, more))
                .post("/v1/chat/completions")
                .then();
    }

    @ParameterizedTest
    @ValueSource(strings = {"tagged", "listed", "bare", "coder", "paired"})
    void aNamedFunctionIsCalledWithArgumentsOfItsSchema(String model) throws IOException {
        for (int seed = 0; seed < 5; seed++) {
            String arguments = post(model, TOOLS + NAMED + ", \"max_tokens\": 200, \"seed\": " + seed)
                    .statusCode(200)
                    .body("choices[0].finish_reason", equalTo("tool_calls"))
                    .body("choices[0].message.content", nullValue())
                    .body("choices[0].message.tool_calls", hasSize(1))
                    .body("choices[0].message.tool_calls[0].id", matchesPattern("[A-Za-z0-9]{9}"))
                    .body("choices[0].message.tool_calls[0].type", equalTo("function"))
                    .body("choices[0].message.tool_calls[0].function.name", equalTo("weather"))
                    .extract()
                    .path("choices[0].message.tool_calls[0].function.arguments");
            JsonNode read = JSON.readTree(arguments);
            assertTrue(List.of("Bonn", "Rome").contains(read.path("city").textValue()), arguments);
            assertTrue(read.path("days").isBoolean(), arguments);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tagged", "listed", "bare", "coder", "paired"})
    void aRequiredCallIsOneOfTheTools(String model) {
        post(model, TOOLS + ", \"tool_choice\": \"required\", \"parallel_tool_calls\": false, \"max_tokens\": 200")
                .statusCode(200)
                .body("choices[0].finish_reason", equalTo("tool_calls"))
                .body("choices[0].message.tool_calls", hasSize(1))
                .body("choices[0].message.tool_calls[0].function.name", matchesPattern("weather|time"));
    }

    @Test
    void aForcedCallByANumberedIdHasThatId() {
        post("numbered", TOOLS + NAMED + ", \"max_tokens\": 200")
                .statusCode(200)
                .body("choices[0].finish_reason", equalTo("tool_calls"))
                .body("choices[0].message.tool_calls[0].id", matchesPattern("functions\\.weather:\\d{1,4}"))
                .body("choices[0].message.tool_calls[0].function.name", equalTo("weather"));
    }

    private static final String STRICT =
            TOOLS.replace("\"name\": \"weather\"", "\"name\": \"weather\", \"strict\": true");

    /** The mark before a call is likelier than a brace, and the w of weather than the t of time: tokens of bytes follow two others. */
    private static final String CALLS_WEATHER =
            ", \"response_format\": {\"type\": \"json_object\"}, \"parallel_tool_calls\": false, \"logit_bias\": {\"%d\": 100, \"%d\": 50}, \"max_tokens\": 300"
                    .formatted('<' + 2, 'w' + 2);

    @ParameterizedTest
    @ValueSource(strings = {"coder", "paired"})
    void theArgumentsOfAStrictToolAreHeldWhereNoneIsForced(String model) throws IOException {
        Set<String> cities = new HashSet<>();
        for (int seed = 0; seed < 8; seed++) {
            String more = STRICT + CALLS_WEATHER + ", \"seed\": " + seed;
            String arguments = post(model, more)
                    .statusCode(200)
                    .body("choices[0].finish_reason", equalTo("tool_calls"))
                    .body("choices[0].message.tool_calls", hasSize(1))
                    .body("choices[0].message.tool_calls[0].function.name", equalTo("weather"))
                    .extract()
                    .path("choices[0].message.tool_calls[0].function.arguments");
            JsonNode read = JSON.readTree(arguments);
            assertTrue(read.path("days").isBoolean() && read.size() == 2, arguments);
            cities.add(read.path("city").textValue());
            assertEquals(arguments, arguments(events(model, more)));
        }
        assertEquals(Set.of("Bonn", "Rome"), cities);
    }

    private static String arguments(List<JsonNode> events) {
        StringBuilder arguments = new StringBuilder();
        events.forEach(event -> event.at("/choices/0/delta/tool_calls")
                .forEach(call -> arguments.append(call.at("/function/arguments").asText())));
        return arguments.toString();
    }

    /** A text in which tools may be called is held to the schemas of strict tools alone. */
    @Test
    void theSchemaOfAToolThatNothingForcesCountsWhereTheToolIsStrict() {
        String few = ", \"max_tokens\": 5";
        post("coder", TOOLS.replace("\"Rome\"", "\"1\", 1") + few).statusCode(200);
        post("coder", STRICT.replace("\"Rome\"", "\"1\", 1") + few)
                .statusCode(400)
                .body("error.message", containsString("tools[0].function.parameters.properties.city has \"1\""));
        post("coder", STRICT + few).statusCode(200).body("usage.completion_tokens", greaterThan(0));
    }

    @Test
    void aToolWhoseSchemaIsAReferenceIsHeldToIt() throws IOException {
        String schema =
                "{\"$ref\": \"#/$defs/P\", \"$defs\": {\"P\": {\"type\": \"object\", \"properties\": {\"n\": {\"type\": \"boolean\"}, \"s\": {\"enum\": [\"5\"]}}, \"required\": [\"n\", \"s\"]}}}";
        String tools =
                ", \"tools\": [{\"type\": \"function\", \"function\": {\"name\": \"f\", \"parameters\": %s}}], \"tool_choice\": \"required\", \"parallel_tool_calls\": false, \"max_tokens\": 200"
                        .formatted(schema);
        for (String model : List.of("coder", "paired", "tagged")) {
            String arguments = post(model, tools)
                    .statusCode(200)
                    .extract()
                    .path("choices[0].message.tool_calls[0].function.arguments");
            JsonNode read = JSON.readTree(arguments);
            assertTrue(read.path("n").isBoolean() && read.path("s").asText().equals("5"), arguments);
            assertTrue(read.path("s").isTextual(), arguments);
        }
    }

    @Test
    void aSchemaThatElementsCannotHoldIsRefusedByName() {
        String tools = TOOLS.replace("[\"Bonn\", \"Rome\"]", "[\"1\", 1]");
        post("coder", tools + ", \"tool_choice\": \"required\"")
                .statusCode(400)
                .body(
                        "error.message",
                        containsString("tools[0].function.parameters.properties.city has \"1\" in enum or const"));
        post("tagged", tools + ", \"tool_choice\": \"required\", \"max_tokens\": 5")
                .statusCode(200);
    }

    @Test
    void severalRequiredCallsMayCome() {
        post("tagged", TOOLS + ", \"tool_choice\": \"required\", \"max_tokens\": 900, \"n\": 2")
                .statusCode(200)
                .body("choices", hasSize(2))
                .body("choices[0].message.tool_calls.size()", greaterThan(0))
                .body("choices[1].message.tool_calls.size()", greaterThan(0));
    }

    @Test
    void aStreamSaysWhatAWholeAnswerSays() throws IOException {
        String more = TOOLS + NAMED + ", \"max_tokens\": 200, \"seed\": 3";
        String arguments = post("tagged", more).extract().path("choices[0].message.tool_calls[0].function.arguments");
        List<JsonNode> calls = new ArrayList<>();
        String reason = "";
        StringBuilder streamed = new StringBuilder();
        for (JsonNode event : events("tagged", more)) {
            assertEquals("", event.at("/choices/0/delta/content").asText(""));
            event.at("/choices/0/delta/tool_calls").forEach(calls::add);
            reason = event.at("/choices/0/finish_reason").asText(reason);
        }
        calls.forEach(call -> streamed.append(call.at("/function/arguments").asText()));
        assertEquals(arguments, streamed.toString());
        assertEquals("weather", calls.getFirst().at("/function/name").asText());
        assertTrue(calls.getFirst().path("id").isTextual());
        assertTrue(calls.size() > 3 && calls.getLast().path("id").isMissingNode());
        assertTrue(calls.stream().allMatch(call -> call.path("index").isInt()));
        assertEquals("tool_calls", reason);
    }

    private static List<JsonNode> events(String model, String more) throws IOException {
        String stream = post(model, more + ", \"stream\": true")
                .statusCode(200)
                .extract()
                .asString();
        List<JsonNode> events = new ArrayList<>();
        for (String line : stream.split("\n\n")) {
            if (line.startsWith("data: {")) {
                events.add(JSON.readTree(line.substring(6)));
            }
        }
        return events;
    }

    @Test
    void aTextWithoutCallsIsToldAsItIs() throws IOException {
        String more = ", \"max_tokens\": 60, \"seed\": 2";
        String text = post("tagged", TOOLS + more)
                .statusCode(200)
                .body("choices[0].message.tool_calls", nullValue())
                .body("choices[0].message.content", notNullValue())
                .extract()
                .path("choices[0].message.content");
        StringBuilder streamed = new StringBuilder();
        events("tagged", TOOLS + more)
                .forEach(event ->
                        streamed.append(event.at("/choices/0/delta/content").asText("")));
        assertEquals(text, streamed.toString());
    }

    @Test
    void toolsAreLeftOutOfThePromptWhereNoneMayBeCalled() {
        int without = post("odd", ", \"max_tokens\": 1").extract().path("usage.prompt_tokens");
        post("odd", TOOLS + ", \"tool_choice\": \"none\", \"max_tokens\": 1")
                .statusCode(200)
                .body("usage.prompt_tokens", equalTo(without));
    }

    @Test
    void argumentsThatAreCutAreToldWithTheLengthAsTheReason() {
        post("tagged", TOOLS + NAMED + ", \"max_tokens\": 45")
                .statusCode(200)
                .body("choices[0].finish_reason", equalTo("length"));
    }

    @Test
    void anAnswerIsJsonOfItsSchemaWhereNoToolIsCalled() throws IOException {
        String format =
                ", \"max_tokens\": 200, \"response_format\": {\"type\": \"json_schema\", \"json_schema\": {\"schema\": {\"type\": \"object\", \"properties\": {\"a\": {\"type\": \"boolean\"}}, \"required\": [\"a\"]}}}";
        String text = post("tagged", TOOLS + format).statusCode(200).extract().path("choices[0].message.content");
        if (text != null) {
            assertTrue(JSON.readTree(text).path("a").isBoolean(), text);
        }
    }

    @Test
    void callsAndTheirResultsAreWrittenIntoThePrompt() {
        String messages =
                "{\"model\": \"%s\", \"max_tokens\": 1, \"messages\": [{\"role\": \"user\", \"content\": \"x\"}, {\"role\": \"assistant\", \"tool_calls\": [{\"id\": \"abcdefgh1\", \"type\": \"function\", \"function\": {\"name\": \"time\", \"arguments\": \"{}\"}}]}, {\"role\": \"tool\", \"tool_call_id\": \"abcdefgh1\", \"content\": \"noon\"}]}";
        for (String model : List.of("tagged", "listed", "bare")) {
            given().contentType("application/json")
                    .body(messages.formatted(model))
                    .post("/v1/chat/completions")
                    .then()
                    .statusCode(200)
                    .body("usage.prompt_tokens", greaterThan(40));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "deaf|auto|tools is there, and the chat template of model 'deaf' tells the model of none",
                "odd|auto|does not write calls as a name with arguments in a JSON object or in an element each",
                "tagged|sometimes|tool_choice is 'sometimes'; send none or auto or required"
            })
    void refusesByName(String model, String choice, String named) {
        post(model, TOOLS + ", \"tool_choice\": \"%s\"".formatted(choice))
                .statusCode(400)
                .body("error.message", containsString(named));
    }

    private static final String DATA =
            "{\"model\": \"%s\", \"inputs\": {\"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}]}, \"parameters\": {\"temperature\": 1, \"seed\": 3, \"max_tokens\": 200%s}}";

    /** The native path and events call as chat does. */
    @Test
    void theNativePathAndEventsTellCallsAsChatDoes() {
        Map<String, ?> chat = post("tagged", TOOLS + NAMED + ", \"max_tokens\": 200, \"seed\": 3")
                .extract()
                .path("choices[0].message.tool_calls[0].function");
        given().contentType("application/json")
                .body(DATA.formatted("tagged", TOOLS + NAMED))
                .post("/infer")
                .then()
                .statusCode(200)
                .body("outputs[0].finish_reason", equalTo("tool_calls"))
                .body("outputs[0]", not(hasKey("text")))
                .body("outputs[0].tool_calls[0].id", matchesPattern("[A-Za-z0-9]{9}"))
                .body("outputs[0].tool_calls[0].type", equalTo("function"))
                .body("outputs[0].tool_calls[0].function", equalTo(chat));
        given().contentType("application/cloudevents+json")
                .body(
                        "{\"specversion\": \"1.0\", \"id\": \"calls\", \"source\": \"/tools\", \"type\": \"dev.headroom.infer\", \"data\": %s}"
                                .formatted(DATA.formatted("tagged", TOOLS + NAMED)))
                .post("/")
                .then()
                .statusCode(200)
                .body("data.outputs[0].tool_calls[0].function", equalTo(chat));
    }

    @Test
    void theNativePathTellsATextWithoutCallsAsItIs() {
        given().contentType("application/json")
                .body(DATA.formatted("tagged", TOOLS + ", \"tool_choice\": \"none\""))
                .post("/infer")
                .then()
                .statusCode(200)
                .body("outputs[0].text", notNullValue())
                .body("outputs[0]", not(hasKey("tool_calls")));
    }

    @Test
    void theNativePathRefusesToolsWhoseCallsItCannotRead() {
        given().contentType("application/json")
                .body(DATA.formatted("odd", TOOLS))
                .post("/infer")
                .then()
                .statusCode(400)
                .body("detail", containsString("parameters.tools is there"));
    }

    @Test
    void textIsGeneratedAtTheRootAsTgiDoes() {
        String inputs = "{\"model\": \"tagged\", \"inputs\": \"Hi\", \"parameters\": {\"max_new_tokens\": 3}%s}";
        given().contentType("application/json")
                .body(inputs.formatted(""))
                .post("/")
                .then()
                .statusCode(200)
                .body("", hasSize(1))
                .body("[0].generated_text", notNullValue());
        given().contentType("application/json")
                .body(inputs.formatted(", \"stream\": true"))
                .post("/")
                .then()
                .statusCode(200)
                .contentType("text/event-stream")
                .body(containsString("\"generated_text\""));
    }
}
