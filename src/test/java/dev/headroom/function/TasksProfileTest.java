package dev.headroom.function;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.closeTo;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.not;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.ValidatableResponse;
import java.util.List;
import java.util.Map;
import org.hamcrest.Matcher;
import org.junit.jupiter.api.Test;

/** What {@code POST /infer} asks of models for each task. */
@QuarkusTest
@TestProfile(ServesWordModels.class)
class TasksProfileTest {

    private static ValidatableResponse infer(String body) {
        return given().contentType("application/json").body(body).post("/infer").then();
    }

    private static Matcher<Double> about(double value) {
        return closeTo(value, 1e-5);
    }

    private static void assertOutput(String body, String path, Matcher<?> matcher) {
        infer(body).statusCode(200).body("outputs[0]." + path, matcher);
    }

    private static void assertInvalid(String body, int status, String detail) {
        infer(body).statusCode(status).body("detail", equalTo(detail));
    }

    @Test
    void aTextIsTheMeanOfItsWords() {
        assertOutput("{\"model\": \"embedder\", \"inputs\": \"good bad\"}", "embedding", contains(1.5f, 2f, 0f, 1f));
    }

    @Test
    void dimensionsAreCutBeforeTheVectorIsNormalised() {
        String cut = "{\"model\": \"embedder\", \"inputs\": \"good bad\", \"dimensions\": 2, \"normalize\": %s}";
        assertOutput(cut.formatted(false), "embedding", contains(1.5f, 2f));
        assertOutput(cut.formatted(true), "embedding", contains(0.6f, 0.8f));
        assertInvalid(
                "{\"model\": \"embedder\", \"inputs\": \"good\", \"dimensions\": 5}",
                400,
                "dimensions is 5; send 1 to 4, or leave it out for all 4.");
        assertInvalid(
                "{\"model\": \"embedder\", \"inputs\": \"good\", \"dimensions\": 0}",
                400,
                "dimensions is the number 0; send a whole number of at least 1.");
    }

    @Test
    void aPromptIsPutBeforeTheText() {
        String prompted = "{\"model\": \"embedder\", \"inputs\": \"good\", \"prompt_name\": \"%s\"}";
        assertOutput(prompted.formatted("query"), "embedding", contains(5.5f, 2f, 0f, 0f));
        assertInvalid(
                prompted.formatted("passage"),
                400,
                "The prompt name 'passage' is not known to this model; its prompts are [query].");
    }

    @Test
    void aTextOfNoTokensIsRefused() {
        assertInvalid(
                "{\"model\": \"embedder\", \"inputs\": \"\\n \"}",
                400,
                "The text has no token of this model's; send one that is more than spaces.");
    }

    @Test
    void aTextThatIsTooLongIsCutUnlessItIsNotToBe() {
        String text = "{\"model\": \"embedder\", \"inputs\": \"%s\", \"truncate\": %s}";
        String fits = "good ".repeat(8);
        assertOutput(text.formatted(fits, false), "embedding", contains(3f, 4f, 0f, 0f));
        assertOutput(text.formatted(fits + "bad", true), "embedding", contains(3f, 4f, 0f, 0f));
        assertInvalid(
                text.formatted(fits + "bad", false),
                413,
                "The text has more than 8 tokens, which is all that this model reads; shorten it, or ask for it to be truncated.");
    }

    @Test
    void theLabelsOfOneAddUpToOneTheBestFirst() {
        infer("{\"model\": \"classifier\", \"inputs\": \"odd good odd\"}")
                .statusCode(200)
                .body("outputs[0]", not(hasKey("embedding")))
                .body("outputs[0].labels.label", contains("odd", "good", "bad"))
                .body("outputs[0].labels[0].score", number(Math.exp(2) / (Math.exp(2) + Math.E + 1)))
                .body("outputs[0].labels[1].score", number(Math.E / (Math.exp(2) + Math.E + 1)))
                .body("outputs[0].labels[2].score", number(1 / (Math.exp(2) + Math.E + 1)));
    }

    @Test
    void ofSeveralRightLabelsEachHasAScoreOfItsOwn() {
        infer("{\"model\": \"labels\", \"inputs\": \"odd good odd\"}")
                .statusCode(200)
                .body("outputs[0].labels[0].score", number(1 / (1 + Math.exp(-2))))
                .body("outputs[0].labels[1].score", number(1 / (1 + Math.exp(-1))))
                .body("outputs[0].labels[2].score", number(0.5));
    }

    @Test
    void rawScoresAreTheOutputsAsTheyAre() {
        assertOutput(
                "{\"model\": \"classifier\", \"inputs\": \"odd good odd\", \"raw_scores\": true}",
                "labels.score",
                contains(2f, 1f, 0f));
        assertOutput(
                "{\"model\": \"reranker\", \"inputs\": {\"text\": \"good\", \"text_pair\": \"good bad\"}, \"raw_scores\": true}",
                "score",
                equalTo(1.5f));
    }

    @Test
    void aPairIsClassifiedAsOneText() {
        assertOutput(
                "{\"model\": \"classifier\", \"inputs\": {\"text\": \"odd\", \"text_pair\": \"odd good\"}, \"raw_scores\": true}",
                "labels.score",
                contains(2f, 1f, 0f));
    }

    @Test
    void theOrderOfAPairMatters() {
        String pair = "{\"model\": \"reranker\", \"inputs\": {\"text\": \"%s\", \"text_pair\": \"%s\"}}";
        assertOutput(pair.formatted("odd", "good"), "score", number(1 / (1 + Math.exp(-2))));
        assertOutput(pair.formatted("good", "odd"), "score", number(1 / (1 + Math.exp(-0.5))));
    }

    @Test
    void aModelIsToldWhatItDoesNotTake() {
        assertInvalid(
                "{\"model\": \"reranker\", \"inputs\": \"good\"}",
                400,
                "This model takes pairs of a query and a text, not a text.");
        assertInvalid(
                "{\"model\": \"embedder\", \"inputs\": {\"text\": \"good\", \"text_pair\": \"bad\"}}",
                400,
                "This model takes texts, not a pair of texts.");
    }

    @Test
    void wordsOfOneBatchDoNotMix() {
        List<Map<String, String>> texts =
                List.of(Map.of("text", "good"), Map.of("text", "bad bad bad bad"), Map.of("text", "odd odd"));
        given().contentType("application/json")
                .body(Map.of("model", "embedder", "inputs", texts))
                .post("/infer")
                .then()
                .statusCode(200)
                .body("outputs[0].embedding", contains(3f, 4f, 0f, 0f))
                .body("outputs[1].embedding", contains(0f, 0f, 0f, 2f))
                .body("outputs[2].embedding", contains(0f, 0f, 1f, 0f));
    }

    private static Matcher<Float> number(double value) {
        return new org.hamcrest.CustomTypeSafeMatcher<>("about " + value) {
            @Override
            protected boolean matchesSafely(Float actual) {
                return about(value).matches(actual.doubleValue());
            }
        };
    }
}
