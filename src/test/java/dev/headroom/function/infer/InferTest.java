package dev.headroom.function.infer;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.anyOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.task.References;
import dev.headroom.task.References.Reference;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
class InferTest {

    private static ValidatableResponse infer(Object body) {
        return given().contentType("application/json").body(body).post("/infer").then();
    }

    private static void assertInvalid(String body, String detail) {
        infer(body)
                .statusCode(400)
                .contentType("application/problem+json")
                .body("status", equalTo(400))
                .body("type", equalTo("urn:headroom:invalid"))
                .body("instance", startsWith("urn:uuid:"))
                .body("detail", equalTo(detail));
    }

    @Test
    void answersInOrderWithIndexAndId() {
        infer("""
              {"model": "all-minilm-l6-v2", "inputs": ["text", {"id": "b", "text": "other"}], "normalize": true}""")
                .statusCode(200)
                .body("model", equalTo("all-minilm-l6-v2"))
                .body("outputs", hasSize(2))
                .body("outputs[0].index", equalTo(0))
                .body("outputs[0]", not(hasKey("id")))
                .body("outputs[0]", not(hasKey("error")))
                .body("outputs[0].embedding", hasSize(384))
                .body("outputs[1].index", equalTo(1))
                .body("outputs[1].id", equalTo("b"));
    }

    @Test
    void aSlashAtTheEndIsNoWayRoundTheGuard() {
        given().contentType("text/plain")
                .body("{\"inputs\": \"a\"}")
                .post("/infer/")
                .then()
                .statusCode(415);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/%69nfer", "//infer", "/x/../infer", "/infer//"})
    void noOtherSpellingOfThePathIsAWayRoundTheGuard(String path) {
        given().urlEncodingEnabled(false)
                .contentType("text/plain")
                .body("{\"inputs\": \"a\"}")
                .post(path)
                .then()
                .statusCode(anyOf(is(415), is(404)));
    }

    @Test
    void whatTheCallerWroteIsNotRepeatedWithoutEnd() {
        String detail = infer("{\"inputs\": \"a\", \"model\": \"" + "m".repeat(100_000) + "\"}")
                .statusCode(404)
                .extract()
                .path("detail");
        assertTrue(detail.length() < 3000, "length " + detail.length());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/plan", "/health", "/v2", "/v2/health/live", "/v1/models", "/info"})
    void whatIsShownMayBeAskedForItsHeadAlone(String path) {
        given().head(path).then().statusCode(200);
    }

    @Test
    void saysWhereTheTimeWent() {
        infer("{\"inputs\": [\"a\", \"b\"]}")
                .header(
                        "Server-Timing",
                        matchesPattern(
                                "prepare;dur=[\\d.]+, queue;dur=[\\d.]+, run;dur=[\\d.]+, read;dur=[\\d.]+, batch;desc=\"\\d\", total;dur=[\\d.]+"));
        infer("{}").header("Server-Timing", matchesPattern("total;dur=[\\d.]+"));
    }

    private static ValidatableResponse inferWith(String header, String value) {
        return given().contentType("application/json")
                .header(header, value)
                .body("{\"inputs\": \"text\"}")
                .post("/infer")
                .then();
    }

    @Test
    void headersAskForTimeAndTurn() {
        inferWith("Headroom-Priority", "Bulk").statusCode(200);
        inferWith("Headroom-Deadline-Ms", "60000").statusCode(200);
        inferWith("Request-Timeout", "60.5").statusCode(200);
        inferWith("Headroom-Priority", "high")
                .statusCode(400)
                .body("detail", equalTo("The header Headroom-Priority is 'high'; send interactive or bulk."));
        inferWith("Headroom-Deadline-Ms", "0")
                .statusCode(400)
                .body(
                        "detail",
                        equalTo(
                                "The header Headroom-Deadline-Ms is '0'; send how many milliseconds the answer is waited for, such as 2000."));
        inferWith("Request-Timeout", "soon").statusCode(400);
        inferWith("Request-Timeout", "NaN").statusCode(400);
        inferWith("Request-Timeout", "Infinity").statusCode(400);
        inferWith("Request-Timeout", "1e300").statusCode(400);
        inferWith("Request-Timeout", "999999999").statusCode(200);
    }

    @Test
    void whatIsNotAnsweredByItsDeadlineIsToldSo() {
        given().contentType("application/json")
                .header("Headroom-Deadline-Ms", "1")
                .body(Map.of("inputs", Collections.nCopies(16, "river ".repeat(300))))
                .post("/infer")
                .then()
                .statusCode(504)
                .body("detail", equalTo("The item was not answered within 1 ms. Try again."));
    }

    @Test
    void agreesWithTheReferenceOverTheWire() {
        List<Reference> references = References.all();
        List<List<Float>> embeddings = infer(Map.of(
                        "inputs", references.stream().map(Reference::text).toList()))
                .statusCode(200)
                .extract()
                .path("outputs.embedding");
        for (int i = 0; i < references.size(); i++) {
            double cosine = References.cosine(
                    vector(embeddings.get(i)), references.get(i).vector());
            assertTrue(cosine >= 0.999, references.get(i).text());
        }
    }

    private static float[] vector(List<Float> values) {
        float[] vector = new float[values.size()];
        IntStream.range(0, vector.length).forEach(d -> vector[d] = values.get(d));
        return vector;
    }

    @Test
    void aSingleTextIsABatchOfOneAndTheModelMayBeLeftOut() {
        infer("{\"inputs\": \"Hello world\"}").statusCode(200).body("outputs", hasSize(1));
        infer("{\"inputs\": {\"id\": \"x\", \"text\": \"a\"}}").statusCode(200).body("outputs[0].id", equalTo("x"));
    }

    @Test
    void normalizeFalseLeavesTheLengthAsItIs() {
        List<Float> raw = infer("{\"inputs\": \"Hello world\", \"normalize\": false}")
                .extract()
                .path("outputs[0].embedding");
        assertTrue(Math.abs(References.norm(vector(raw)) - 1) > 0.01);
    }

    @Test
    void dimensionsCutTheVector() {
        List<Float> cut = infer("{\"inputs\": \"Hello world\", \"dimensions\": 64}")
                .extract()
                .path("outputs[0].embedding");
        assertEquals(64, cut.size());
        assertEquals(1, References.norm(vector(cut)), 1e-5);
        assertInvalid(
                "{\"inputs\": \"a\", \"dimensions\": 385}",
                "dimensions is 385; send 1 to 384, or leave it out for all 384.");
    }

    @Test
    void aTextThatIsNotToBeCutIs413WhereItIsTooLong() {
        infer(Map.of("inputs", "word ".repeat(254), "truncate", false)).statusCode(200);
        infer(Map.of("inputs", "word ".repeat(255), "truncate", false))
                .statusCode(413)
                .body("type", equalTo("urn:headroom:too-long"))
                .body("detail", startsWith("The text has more than 256 tokens"));
    }

    @Test
    void aModelWithoutPromptsKnowsNone() {
        assertInvalid(
                "{\"inputs\": \"a\", \"prompt_name\": \"query\"}",
                "The prompt name 'query' is not known to this model; its prompts are [].");
    }

    @Test
    void aBadInputCarriesItsErrorWhileItsNeighboursAreAnswered() {
        infer("{\"inputs\": [\"a\", 5, {\"id\": \"c\"}, {\"id\": 7, \"text\": \"x\"}, \"\\ud800\","
                        + " {\"text\": \"x\", \"txt\": 1}, null, \"z\"]}")
                .statusCode(200)
                .body("outputs", hasSize(8))
                .body("outputs[0].embedding", hasSize(384))
                .body("outputs[1].error.status", equalTo(400))
                .body("outputs[1].error.title", equalTo("Invalid request"))
                .body(
                        "outputs[1].error.detail",
                        equalTo("inputs[1] is the number 5; send a text or {\"id\": ..., \"text\": ...}."))
                .body("outputs[2].id", equalTo("c"))
                .body("outputs[2].error.detail", equalTo("inputs[2].text is missing; send a string."))
                .body(
                        "outputs[3].error.detail",
                        equalTo("inputs[3].id is the number 7; send a string, or leave it out."))
                .body("outputs[4].error.detail", containsString("surrogate"))
                .body("outputs[5].error.detail", containsString("'inputs[5].txt' is not known"))
                .body("outputs[6].error.detail", startsWith("inputs[6] is null"))
                .body("outputs[7].embedding", hasSize(384));
    }

    @Test
    void aRequestWithoutOneGoodInputFailsAsAWhole() {
        assertInvalid("{\"inputs\": [5]}", "inputs[0] is the number 5; send a text or {\"id\": ..., \"text\": ...}.");
    }

    @Test
    void saysWhichFieldIsWrongAndWhatHelps() {
        assertInvalid("{\"inputs\": []}", "inputs is an empty array; send at least one element.");
        assertInvalid("{}", "inputs is missing; send a text, or an array of texts or of {\"id\": ..., \"text\": ...}.");
        assertInvalid(
                "{\"inputs\": 3}",
                "inputs is the number 3; send a text, or an array of texts or of {\"id\": ..., \"text\": ...}.");
        assertInvalid(
                "{\"inputs\": \"a\", \"normalise\": false}",
                "The field 'normalise' is not known; the fields are model, inputs, normalize, dimensions, truncate, prompt_name, raw_scores, parameters.");
        assertInvalid(
                "{\"inputs\": \"a\", \"normalize\": \"yes\"}",
                "normalize is a string; send true or false, or leave it out.");
        assertInvalid("{\"inputs\": \"a\", \"model\": 1}", "model is the number 1; send a string, or leave it out.");
        assertInvalid(
                "[1]",
                "The body is an array; send a JSON object with the fields model, inputs, normalize, dimensions, truncate, prompt_name, raw_scores, parameters.");
        assertInvalid(
                "{\"inputs\": ",
                "The body is no JSON (Unexpected end-of-input within/between Object entries, line"
                        + " 1, column 12); correct it there.");
        assertInvalid("", "The body is empty; send a JSON object such as {\"inputs\": [\"text\"]}.");
    }

    @Test
    void whateverFollowsTheJsonIsNoJson() {
        infer("{\"inputs\": \"a\"} and more").statusCode(400).body("detail", containsString("no JSON"));
    }

    @Test
    void aFieldThatIsThereTwiceIsRefused() {
        infer("{\"inputs\": \"a\", \"inputs\": \"b\"}")
                .statusCode(400)
                .body("detail", startsWith("The body is no JSON (Duplicate field 'inputs', line 1"));
    }

    @Test
    void whatIsNoJsonIsNotRepeatedInTheError() {
        infer("{\"inputs\": secret}").statusCode(400).body("detail", not(containsString("secret")));
    }

    @Test
    void aNumberOfTooManyDigitsIsRefusedByItsSetting() {
        infer("{\"inputs\": \"a\", \"dimensions\": " + "1".repeat(65) + "}")
                .statusCode(400)
                .body("detail", containsString("max-number-length"));
    }

    @Test
    void jsonOfEndlessDepthIsRefused() {
        infer("[".repeat(5000)).statusCode(400).body("detail", containsString("headroom.input.max-json-depth"));
        infer("{\"inputs\": " + "[".repeat(2000) + "]".repeat(2000) + "}").statusCode(400);
    }

    @Test
    void anUnknownModelIs404WithTheKnownOnes() {
        infer("{\"inputs\": \"a\", \"model\": \"gpt\"}")
                .statusCode(404)
                .contentType("application/problem+json")
                .body("detail", equalTo("model 'gpt' is not served here; the models are: all-minilm-l6-v2."));
    }

    @Test
    void mediaTypesHaveNoCase() {
        given().header("Content-Type", "Application/JSON; Charset=UTF-8")
                .body("{\"inputs\": \"a\"}".getBytes(StandardCharsets.UTF_8))
                .post("/infer")
                .then()
                .statusCode(200);
    }

    @Test
    void aMillionBadInputsAreRefusedAtOnce() {
        infer("{\"inputs\": [" + "5,".repeat(1_000_000) + "\"a\"]}")
                .statusCode(413)
                .body("detail", containsString("inputs holds more than "));
    }

    @Test
    void anotherContentTypeIs415() {
        given().contentType("text/plain")
                .body("hello")
                .post("/infer")
                .then()
                .statusCode(415)
                .contentType("application/problem+json")
                .body("detail", containsString("send application/json"));
    }

    @Test
    void anotherMethodIs405() {
        given().get("/infer").then().statusCode(405).header("Allow", "POST").contentType("application/problem+json");
    }

    @Test
    void noMethodAtTheRootIsAnInternalError() {
        given().contentType("text/plain").put("/").then().statusCode(405);
        given().contentType("text/plain").body("x").post("/").then().statusCode(405);
    }

    @Test
    void anotherPathIs404() {
        given().get("/nothing")
                .then()
                .statusCode(404)
                .contentType("application/problem+json")
                .body("detail", startsWith("Nothing is served at /nothing"));
    }

    @Test
    void aBodyBeyondTheLimitIs413() {
        infer("{\"inputs\": \"" + "a".repeat(11 << 20) + "\"}")
                .statusCode(413)
                .contentType("application/problem+json")
                .body("detail", containsString("10M"));
    }

    @Test
    void moreItemsThanAreTakenIs413() {
        infer(Map.of(
                        "inputs",
                        IntStream.range(0, 100_000).mapToObj(Integer::toString).toList()))
                .statusCode(413)
                .body("detail", containsString("send them in parts"));
    }

    @Test
    void aTextOfAMillionWordsIsCutAndAnswered() {
        infer(Map.of("inputs", "word ".repeat(1_000_000))).statusCode(200).body("outputs[0].embedding", hasSize(384));
    }

    @Test
    void noStackTraceCrossesTheWire() {
        String body = infer("{\"inputs\": [[[").extract().asString();
        assertEquals(-1, body.indexOf("Exception"), body);
    }
}
