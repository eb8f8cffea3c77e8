package dev.headroom.function.infer;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.emptyString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.headroom.function.ServesGenerator;
import dev.headroom.function.body.RequestMemory;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.Response;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import jakarta.inject.Inject;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The native function and events generate text, by a real model of random weights with a token for each character. */
@QuarkusTest
@TestProfile(ServesGenerator.class)
class TextProfileTest {

    @Inject
    RequestMemory memory;

    private static final String STRUCTURED = "application/cloudevents+json";
    private static final String BATCH = "application/cloudevents-batch+json";

    private static ValidatableResponse infer(String body) {
        return given().contentType("application/json").body(body).post("/infer").then();
    }

    /** A request to this model. */
    private static String request(String inputs, String more) {
        return "{\"model\": \"llama\", \"inputs\": %s%s}".formatted(inputs, more);
    }

    /** An event in structured mode with this data. */
    private static String event(String id, String data) {
        return "{\"specversion\": \"1.0\", \"id\": \"%s\", \"source\": \"/texts\", \"type\": \"dev.headroom.infer\", \"subject\": \"s\", \"data\": %s}"
                .formatted(id, data);
    }

    private static RequestSpecification binary(String id) {
        return given().header("ce-specversion", "1.0")
                .header("ce-id", id)
                .header("ce-source", "/texts")
                .header("ce-type", "dev.headroom.infer")
                .header("ce-model", "llama");
    }

    @Test
    void aTextIsContinuedAsAtCompletions() {
        String text = given().contentType("application/json")
                .body("{\"model\": \"llama\", \"prompt\": \"Hi\", \"max_tokens\": 9, \"seed\": 3, \"temperature\": 1}")
                .post("/v1/completions")
                .path("choices[0].text");
        infer(request("\"Hi\"", ", \"parameters\": {\"max_tokens\": 9, \"seed\": 3, \"temperature\": 1}"))
                .statusCode(200)
                .body("model", equalTo("llama"))
                .body("outputs", hasSize(1))
                .body("outputs[0].text", equalTo(text))
                .body("outputs[0].finish_reason", equalTo("length"))
                .body("outputs[0].usage.prompt_tokens", equalTo(2))
                .body("outputs[0].usage.completion_tokens", equalTo(9));
    }

    @Test
    void aConversationIsAnsweredAsAtChat() {
        infer(request(
                        "{\"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}], \"parameters\": {\"max_tokens\": 4}}",
                        ""))
                .statusCode(200)
                .body("outputs[0].text", notNullValue())
                .body("outputs[0].usage.prompt_tokens", equalTo("<user>Hi<assistant>".length()));
    }

    @Test
    void anInputsOwnParametersStandInPlaceOfTheRequests() {
        infer(request(
                        "[\"a\", {\"id\": \"b\", \"text\": \"b\", \"parameters\": {\"max_tokens\": 2}}]",
                        ", \"parameters\": {\"max_tokens\": 5}"))
                .statusCode(200)
                .body("outputs.usage.completion_tokens", equalTo(List.of(5, 2)))
                .body("outputs[1].id", equalTo("b"));
    }

    @Test
    void aBadInputFailsAlone() {
        infer(request(
                        "[\"a\", 7, {\"text\": \"b\", \"text_pair\": \"c\"}, {\"text\": \"\"}, {\"text\": \"d\", \"parameters\": {\"temperature\": 9}}, {\"messages\": [{\"role\": \"user\", \"content\": \"no\"}]}, {\"text\": \"e\", \"parameters\": {\"tools\": []}}]",
                        ""))
                .statusCode(200)
                .body("outputs[0].text", notNullValue())
                .body("outputs[1].error.detail", startsWith("inputs[1] is the number 7"))
                .body("outputs[2].error.detail", startsWith("inputs[2] is no text alone"))
                .body("outputs[3].error.detail", startsWith("inputs[3] has no token"))
                .body("outputs[4].error.detail", startsWith("inputs[4].parameters.temperature is the number 9"))
                .body("outputs[5].error.detail", containsString("not no"))
                .body("outputs[6].error.detail", startsWith("The field 'inputs[6].parameters.tools' is not known"))
                .body("outputs[1..6].error.status", everyItem(equalTo(400)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{`model`: `llama`, `inputs`: `a`, `parameters`: {`n`: 2}}|The field 'parameters.n' is not known",
                "{`model`: `llama`, `inputs`: `a`, `parameters`: 3}|parameters is the number 3",
                "{`model`: `llama`, `inputs`: `a`, `normalize`: true}|leave out normalize",
                "{`model`: `llama`, `inputs`: `a`, `parameters`: {`min_tokens`: 3, `max_tokens`: 2}}|min_tokens is 3",
                "{`model`: `llama`, `inputs`: {`messages`: [], `text`: `a`}}|inputs has messages and a text",
                "{`model`: `llama`, `inputs`: {`messages`: []}}|inputs.messages is an empty array",
                "{`model`: `llama`, `inputs`: {`image`: `a`, `parameters`: {}}}|inputs.image stands beside",
                "{`model`: `all-minilm-l6-v2`, `inputs`: `a`, `parameters`: {}}|parameters is there",
                "{`model`: `all-minilm-l6-v2`, `inputs`: {`text`: `a`, `parameters`: {}}}|inputs has messages or parameters"
            })
    void refusesByName(String body, String named) {
        infer(body.replace('`', '"')).statusCode(400).body("detail", containsString(named));
    }

    @Test
    void anInputForATextAloneDoesNotFailThoseOfAnotherModel() {
        infer(
                        "{\"model\": \"all-minilm-l6-v2\", \"inputs\": [\"a\", {\"messages\": [{\"role\": \"user\", \"content\": \"b\"}]}]}")
                .statusCode(200)
                .body("outputs[0].embedding", hasSize(384))
                .body("outputs[1].error.detail", containsString("generates no text"));
    }

    @Test
    void morePromptsThanCanEverWaitAreRefusedTogether() {
        infer(request("[\"a\"" + ", \"a\"".repeat(999) + "]", ""))
                .statusCode(413)
                .body("detail", startsWith("inputs has 1000 prompts, and at most"));
    }

    @Test
    void aDeadlineThatPassesIsTold() {
        given().contentType("application/json")
                .header("Headroom-Deadline-Ms", "1")
                .body(request("\"Hi\"", ", \"parameters\": {\"max_tokens\": 200, \"ignore_eos\": true}"))
                .post("/infer")
                .then()
                .statusCode(504)
                .body("type", equalTo("urn:headroom:deadline-exceeded"));
    }

    @Test
    @Timeout(60)
    void theMemoryOfTextsIsGivenBackHoweverTheyEnd() {
        infer(request("\"Hi\"", ", \"parameters\": {\"max_tokens\": 9}")).statusCode(200);
        infer(request("[\"a\", 7]", "")).statusCode(200);
        infer(request("\"a\"", ", \"parameters\": {\"n\": 2}")).statusCode(400);
        given().contentType(STRUCTURED)
                .body(event("memory", request("\"Hi\"", "")))
                .post("/")
                .then()
                .statusCode(200);
        for (boolean streamed : new boolean[] {false, true}) {
            given().contentType("application/json")
                    .body("{\"model\": \"llama\", \"prompt\": \"Hi\", \"max_tokens\": 9, \"stream\": %s}"
                            .formatted(streamed))
                    .post("/v1/completions")
                    .then()
                    .statusCode(200);
        }
        while (memory.taken() != 0 && !Thread.interrupted()) { // an answer's is given back once it is sent
            Thread.onSpinWait();
        }
        assertEquals(0, memory.taken());
    }

    @Test
    void anEventIsAnsweredByOneEventInItsMode() {
        Response reply = binary("1")
                .header("ce-correlationid", "c")
                .contentType("application/json")
                .body("{\"inputs\": \"Hi\", \"parameters\": {\"max_tokens\": 3}}")
                .post("/");
        reply.then()
                .statusCode(200)
                .header("ce-type", "dev.headroom.infer.result")
                .header("ce-causationid", "1")
                .header("ce-correlationid", "c")
                .body("outputs[0].usage.completion_tokens", equalTo(3));
        given().contentType(STRUCTURED)
                .body(event("2", request("\"Hi\"", ", \"parameters\": {\"max_tokens\": 3}")))
                .post("/")
                .then()
                .statusCode(200)
                .contentType(STRUCTURED)
                .body("subject", equalTo("s"))
                .body("data.outputs[0].text", equalTo(reply.path("outputs[0].text")));
    }

    @Test
    void aTextAloneIsAPromptAndIsGeneratedOnceWhereItComesTwice() {
        String once = binary("3").contentType("text/plain").body("Hi").post("/").path("outputs[0].text");
        Response again = binary("3").contentType("text/plain").body("Hi").post("/");
        assertEquals(once, again.path("outputs[0].text"));
        assertEquals(16, again.<Integer>path("outputs[0].usage.completion_tokens"));
    }

    @Test
    void eachEventOfABatchHasItsOwnReply() {
        given().contentType(BATCH)
                .body("[%s, %s]"
                        .formatted(
                                event("4", request("\"Hi\"", "")),
                                event("5", request("\"Hi\"", ", \"parameters\": {\"stop\": [\"\"]}"))))
                .post("/")
                .then()
                .statusCode(200)
                .body("[0].type", equalTo("dev.headroom.infer.result"))
                .body("[0].data.outputs[0].finish_reason", notNullValue())
                .body("[1].type", equalTo("dev.headroom.infer.error"))
                .body("[1].causationid", equalTo("5"))
                .body("[1].data.detail", startsWith("parameters.stop[] is an empty string"));
    }

    @Test
    void anEventWhoseDeadlinePassesIsToBeRepeated() {
        binary("6")
                .header("ce-headroomdeadlinems", "1")
                .contentType("application/json")
                .body("{\"inputs\": [\"Hi\", \"\"], \"parameters\": {\"max_tokens\": 200, \"ignore_eos\": true}}")
                .post("/")
                .then()
                .statusCode(504)
                .header("Headroom-Error", containsString("within 1 ms"))
                .body(emptyString());
    }
}
