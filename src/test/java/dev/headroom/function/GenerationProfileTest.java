package dev.headroom.function;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.notNullValue;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.ValidatableResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Text is generated as OpenAI's clients ask for it, by real models of random weights. */
@QuarkusTest
@TestProfile(ServesGenerator.class)
class GenerationProfileTest {

    private static final String CHAT = "/v1/chat/completions";
    private static final String COMPLETIONS = "/v1/completions";
    private static final ObjectMapper JSON = new ObjectMapper();

    private static ValidatableResponse post(String path, String body) {
        return given().contentType("application/json").body(body).post(path).then();
    }

    private static String chat(String model, String more) {
        return "{\"model\": \"%s\", \"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}]%s}"
                .formatted(model, more);
    }

    private static String completion(String model, String more) {
        return "{\"model\": \"%s\", \"prompt\": \"Hi\"%s}".formatted(model, more);
    }

    /** The events of a stream, without the last one, which is [DONE]. */
    private static List<JsonNode> events(String path, String body) throws IOException {
        String stream = post(path, body)
                .statusCode(200)
                .contentType("text/event-stream")
                .extract()
                .asString();
        List<JsonNode> events = new ArrayList<>();
        String last = "";
        for (String line : stream.split("\n\n")) {
            last = line;
            if (line.startsWith("data: {")) {
                events.add(JSON.readTree(line.substring(6)));
            }
        }
        assertEquals("data: [DONE]", last);
        return events;
    }

    @Test
    void answersAConversation() {
        post(CHAT, chat("llama", ", \"max_tokens\": 5"))
                .statusCode(200)
                .body("object", equalTo("chat.completion"))
                .body("choices[0].message.role", equalTo("assistant"))
                .body("choices[0].message.content", notNullValue())
                .body("usage.prompt_tokens", equalTo("<user>Hi<assistant>".length()))
                .body("usage.completion_tokens", greaterThan(0));
    }

    @Test
    void aStreamSaysWhatAWholeAnswerSays() throws IOException {
        String text =
                post(CHAT, chat("llama", ", \"max_tokens\": 40")).extract().path("choices[0].message.content");
        StringBuilder streamed = new StringBuilder();
        List<JsonNode> events = events(
                CHAT,
                chat("llama", ", \"max_tokens\": 40, \"stream\": true, \"stream_options\": {\"include_usage\": true}"));
        events.forEach(
                event -> streamed.append(event.at("/choices/0/delta/content").asText("")));
        assertEquals(text, streamed.toString());
        assertEquals("assistant", events.getFirst().at("/choices/0/delta/role").asText());
        assertEquals(
                "<user>Hi<assistant>".length(),
                events.getLast().at("/usage/prompt_tokens").asInt());
    }

    /** The model has a token for each character. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"role\": \"developer\", \"content\": \"x\"}|<system>x<assistant>",
                "{\"role\": \"user\", \"content\": [{\"type\": \"text\", \"text\": \"a\"}, {\"type\": \"text\", \"text\": \"b\"}]}|<user>a_b<assistant>",
                "{\"role\": \"assistant\", \"content\": null}|<assistant><assistant>"
            })
    void messagesAreWrittenAsTheTemplateSays(String message, String written) {
        post(CHAT, "{\"model\": \"llama\", \"messages\": [%s], \"max_tokens\": 1}".formatted(message))
                .statusCode(200)
                .body("usage.prompt_tokens", equalTo(written.length()));
    }

    @Test
    void aPartThatIsNoTextIsRefusedByItsType() {
        post(
                        CHAT,
                        "{\"model\": \"llama\", \"messages\": [{\"role\": \"user\", \"content\": [{\"type\": \"image_url\"}]}]}")
                .statusCode(400)
                .body("error.message", containsString("messages[0].content[0].type is 'image_url'"))
                .body("error.param", equalTo("messages[0].content[0].type"));
    }

    @Test
    void aMessageThatIsContinuedEndsThePrompt() {
        post(
                        CHAT,
                        "{\"model\": \"llama\", \"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}], \"continue_final_message\": true, \"max_tokens\": 1}")
                .statusCode(200)
                .body("usage.prompt_tokens", equalTo("<user>Hi".length()));
    }

    @Test
    void aPromptIsPutBeforeItsContinuationWhereThatIsAskedFor() throws IOException {
        String more = ", \"max_tokens\": 4, \"echo\": true";
        String text = post(COMPLETIONS, completion("llama", more))
                .statusCode(200)
                .extract()
                .path("choices[0].text");
        StringBuilder streamed = new StringBuilder();
        events(COMPLETIONS, completion("llama", more + ", \"stream\": true"))
                .forEach(event -> streamed.append(event.at("/choices/0/text").asText()));
        assertTrue(text.startsWith("Hi"), text);
        assertEquals(text, streamed.toString());
    }

    @ParameterizedTest
    @CsvSource({"llama", "plain"})
    void theSameSeedSaysTheSame(String model) {
        String body = completion(model, ", \"max_tokens\": 30, \"temperature\": 1, \"seed\": 3");
        String once = post(COMPLETIONS, body).statusCode(200).extract().path("choices[0].text");
        String again = post(COMPLETIONS, body).extract().path("choices[0].text");
        assertEquals(once, again);
    }

    @Test
    void continuesSeveralPromptsSeveralTimes() {
        post(
                        COMPLETIONS,
                        "{\"model\": \"llama\", \"prompt\": [\"a\", [70, 71]], \"n\": 2, \"max_tokens\": 3, \"logprobs\": 2}")
                .statusCode(200)
                .body("choices.index", hasItems(0, 1, 2, 3))
                .body("choices[0].logprobs.tokens", not(empty()));
    }

    @Test
    void jsonIsJsonAsFarAsItGoes() {
        String text = post(
                        CHAT, chat("llama", ", \"max_tokens\": 20, \"response_format\": {\"type\": \"json_object\"}"))
                .statusCode(200)
                .extract()
                .path("choices[0].message.content");
        assertTrue(text.strip().startsWith("{"), text);
    }

    @Test
    void jsonOfASchemaIsOfTheSchema() throws IOException {
        String schema =
                "{\"type\": \"object\", \"properties\": {\"kind\": {\"enum\": [\"cat\", \"caterpillar\"]}, \"fed\": {\"type\": [\"boolean\", \"null\"]}}, \"required\": [\"kind\", \"fed\"], \"additionalProperties\": false}";
        String format =
                ", \"response_format\": {\"type\": \"json_schema\", \"json_schema\": {\"name\": \"pet\", \"strict\": true, \"schema\": %s}}"
                        .formatted(schema);
        for (int seed = 0; seed < 5; seed++) {
            String more = ", \"max_tokens\": 200, \"temperature\": 1, \"seed\": " + seed + format;
            String text = post(CHAT, chat("llama", more))
                    .statusCode(200)
                    .body("choices[0].finish_reason", equalTo("stop"))
                    .extract()
                    .path("choices[0].message.content");
            JsonNode pet = JSON.readTree(text);
            assertEquals(2, pet.size());
            assertTrue(List.of("cat", "caterpillar").contains(pet.path("kind").textValue()), text);
            assertTrue(pet.path("fed").isBoolean() || pet.path("fed").isNull(), text);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"model\": \"llama\", \"messages\": [{\"role\": \"user\", \"content\": \"x\"}], \"response_format\": {\"type\": \"json_schema\"}}|response_format.json_schema is missing",
                "{\"model\": \"llama\", \"messages\": [{\"role\": \"user\", \"content\": \"x\"}], \"response_format\": {\"type\": \"json_schema\", \"json_schema\": {\"schema\": {\"type\": \"object\", \"maxProperties\": 1}}}}|response_format.json_schema.schema.maxProperties is not enforced here",
                "{\"model\": \"llama\"}|messages",
                "{\"model\": \"llama\", \"messages\": []}|messages",
                "{\"model\": \"llama\", \"messages\": [{\"role\": \"boss\", \"content\": \"x\"}]}|messages[0].role",
                "{\"model\": \"llama\", \"messages\": [{\"role\": 1, \"content\": \"x\"}]}|messages[0].role",
                "{\"model\": \"llama\", \"messages\": [{\"content\": \"x\"}]}|messages[0].role",
                "{\"model\": \"llama\", \"messages\": [{\"role\": \"user\", \"content\": \"no\"}]}|not no",
                "{\"model\": \"llama\", \"messages\": [{\"role\": \"user\", \"content\": \"x\"}], \"temperature\": 9}|temperature",
                "{\"model\": \"llama\", \"messages\": [{\"role\": \"user\", \"content\": \"x\"}], \"n\": 0}|n is",
                "{\"model\": \"plain\", \"messages\": [{\"role\": \"user\", \"content\": \"x\"}]}|chat_template.jinja",
                "{\"model\": \"all-minilm-l6-v2\", \"messages\": [{\"role\": \"user\", \"content\": \"x\"}]}|generates no text"
            })
    void refusesByName(String body, String named) {
        post(CHAT, body)
                .statusCode(400)
                .body("error.message", containsString(named))
                .body("error.type", equalTo("invalid_request_error"));
    }

    @Test
    void refusesATokenThatTheModelDoesNotKnow() {
        post(COMPLETIONS, "{\"model\": \"llama\", \"prompt\": [1, 99999]}")
                .statusCode(400)
                .body("error.message", containsString("99999"));
    }

    @Test
    void refusesAPromptThatCanNeverFit() {
        post(COMPLETIONS, "{\"model\": \"llama\", \"prompt\": \"%s\"}".formatted("x".repeat(5000)))
                .statusCode(400)
                .body("error.code", equalTo("context_length_exceeded"))
                .body("error.message", containsString("5000"))
                .body("error.param", equalTo("prompt"));
    }

    @Test
    void anUnknownModelIsNotFound() {
        post(CHAT, chat("nobody", "")).statusCode(404).body("error.code", equalTo("model_not_found"));
    }

    @Test
    void aGeneratorIsListedAndPlannedAndEmbedsNothing() {
        given().get("/v1/models").then().body("data.id", hasItems("llama", "plain", "all-minilm-l6-v2"));
        given().get("/plan?model=llama")
                .then()
                .statusCode(200)
                .body("cache.unit", equalTo("bytes"))
                .body("model.bytesPerToken", greaterThan(0))
                .body("models", hasSize(3));
        given().get("/q/metrics").then().body(containsString("headroom_cache_bytes{kind=\"budget\",model=\"llama\""));
        post("/v1/embeddings", "{\"model\": \"llama\", \"input\": \"x\"}")
                .statusCode(400)
                .body("error.message", containsString("generates text"));
    }

    @Test
    void theEmbeddedModelServesBesideThem() {
        post("/v1/embeddings", "{\"model\": \"all-minilm-l6-v2\", \"input\": \"x\"}")
                .statusCode(200)
                .body("data[0].embedding", hasSize(384));
    }
}
