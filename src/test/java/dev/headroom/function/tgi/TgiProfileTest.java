package dev.headroom.function.tgi;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.aMapWithSize;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headroom.function.ServesGenerator;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.ValidatableResponse;
import jakarta.inject.Inject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@TestProfile(ServesGenerator.class)
class TgiProfileTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    @Inject
    private MeterRegistry registry;

    private static ValidatableResponse post(String path, String parameters) {
        return given().contentType("application/json")
                .body("{\"model\": \"llama\", \"inputs\": \"Hi\", \"parameters\": {%s}}".formatted(parameters))
                .post(path)
                .then();
    }

    private static String text(String parameters) {
        return post("/generate", parameters).statusCode(200).extract().path("generated_text");
    }

    private static List<JsonNode> events(String parameters) throws IOException {
        String stream = post("/generate_stream", parameters)
                .statusCode(200)
                .contentType("text/event-stream")
                .extract()
                .asString();
        List<JsonNode> events = new ArrayList<>();
        for (String line : stream.split("\n\n")) {
            assertTrue(line.startsWith("data: {"), line);
            events.add(JSON.readTree(line.substring(6)));
        }
        return events;
    }

    @Test
    void theTextAloneIsTheAnswerUnlessMoreIsAskedFor() {
        post("/generate", "\"max_new_tokens\": 5").statusCode(200).body("", aMapWithSize(1));
        post("/generate", "\"max_new_tokens\": 5, \"return_full_text\": true")
                .statusCode(200)
                .body("generated_text", startsWith("Hi"));
    }

    @Test
    void detailsTellOfEachToken() {
        post("/generate", "\"max_new_tokens\": 3, \"details\": true, \"top_n_tokens\": 2, \"seed\": 4")
                .statusCode(200)
                .body("details.finish_reason", equalTo("length"))
                .body("details.generated_tokens", equalTo(3))
                .body("details.seed", equalTo(4))
                .body("details.prefill", hasSize(0))
                .body("details.tokens", hasSize(3))
                .body("details.top_tokens", hasSize(3))
                .body("details.top_tokens[0]", hasSize(2));
    }

    @Test
    void tokensAreDrawnOnlyWhereTheRequestSaysSo() {
        String greedy = text("\"max_new_tokens\": 30");
        assertEquals(greedy, text("\"max_new_tokens\": 30, \"temperature\": 1.0, \"seed\": 1"));
        String drawn = text("\"max_new_tokens\": 30, \"do_sample\": true, \"seed\": 1");
        assertEquals(drawn, text("\"max_new_tokens\": 30, \"do_sample\": true, \"temperature\": 1.0, \"seed\": 1"));
        assertFalse(greedy.equals(drawn), drawn);
    }

    @Test
    void aStreamSaysWhatAWholeAnswerSays() throws IOException {
        List<JsonNode> events = events("\"max_new_tokens\": 12");
        StringBuilder streamed = new StringBuilder();
        events.forEach(event -> streamed.append(event.at("/token/text").asText()));
        JsonNode last = events.getLast();
        assertEquals(text("\"max_new_tokens\": 12"), streamed.toString());
        assertEquals(streamed.toString(), last.path("generated_text").asText());
        assertEquals("length", last.at("/details/finish_reason").asText());
        assertEquals(12, last.at("/details/generated_tokens").asInt());
        assertTrue(last.at("/token/special").asBoolean());
        assertTrue(events.getFirst().path("generated_text").isNull());
        assertFalse(events.getFirst().at("/token/special").asBoolean());
    }

    @Test
    void aStopTextIsTheReasonAndIsNotTold() {
        String whole = text("\"max_new_tokens\": 12");
        String stop = whole.substring(4, 6);
        post("/generate", "\"max_new_tokens\": 12, \"details\": true, \"stop\": [%s]".formatted(JSON.valueToTree(stop)))
                .statusCode(200)
                .body("generated_text", equalTo(whole.substring(0, whole.indexOf(stop))))
                .body("details.finish_reason", equalTo("stop_sequence"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\": \"json\", \"value\": %s}",
                "{\"type\": \"json_schema\", \"value\": {\"name\": \"pet\", \"schema\": %s}}"
            })
    void aGrammarOfJsonIsKept(String grammar) throws IOException {
        String schema =
                "{\"type\": \"object\", \"properties\": {\"fed\": {\"type\": \"boolean\"}}, \"required\": [\"fed\"]}";
        String text = text("\"max_new_tokens\": 60, \"grammar\": " + grammar.formatted(schema));
        assertTrue(JSON.readTree(text).path("fed").isBoolean(), text);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"temperature\": \"hot\"|parameters.temperature is a string",
                "\"max_new_tokens\": 0|parameters.max_new_tokens is the number 0",
                "\"best_of\": 2|parameters.best_of is the number 2, which is not served here",
                "\"watermark\": true|parameters.watermark",
                "\"grammar\": {\"type\": \"regex\", \"value\": \"a\"}|parameters.grammar.type is 'regex', which is not served here",
                "\"grammar\": {\"type\": \"json\", \"value\": {\"type\": \"object\", \"minProperties\": 1}}|parameters.grammar.value.minProperties is not enforced here",
                "\"top_n_tokens\": 6|parameters.top_n_tokens",
                "\"return_full_text\": 1|parameters.return_full_text is the number 1",
                "\"stop\": [\"\"]|parameters.stop[] is an empty string"
            })
    void refusesByNameInTgisForm(String parameters, String named) {
        for (String path : List.of("/generate", "/generate_stream")) {
            post(path, parameters)
                    .statusCode(400)
                    .body("error", containsString(named))
                    .body("error_type", equalTo("validation"));
        }
    }

    @Test
    void aModelThatEmbedsIsToldWhereItIsAsked() {
        given().contentType("application/json")
                .body("{\"model\": \"all-minilm-l6-v2\", \"inputs\": \"Hi\"}")
                .post("/generate")
                .then()
                .statusCode(400)
                .body("error", containsString("generates no text"));
    }

    @Test
    @Timeout(60)
    void aTextAtTheRootCountsAsOneOfTgisAndFailsInItsForm() {
        double before = requestsAtTgi();
        post("/", "\"max_new_tokens\": 2").statusCode(200).body("", hasSize(1));
        post("/", "\"max_new_tokens\": 0").statusCode(400).body("error_type", equalTo("validation"));
        while (requestsAtTgi() < before + 2 && !Thread.interrupted()) { // they count once they have ended
            Thread.onSpinWait();
        }
        assertTrue(requestsAtTgi() >= before + 2);
    }

    private double requestsAtTgi() {
        return registry.find("headroom.requests").tag("door", "tgi").timers().stream()
                .mapToLong(Timer::count)
                .sum();
    }

    @Test
    void fieldsThatAreNotKnownArePassedOver() {
        post("/generate", "\"max_new_tokens\": 2, \"best_of\": null, \"typical_p\": 1.0, \"novel\": 3")
                .statusCode(200);
    }
}
