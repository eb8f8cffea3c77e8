package dev.headroom.function.openai;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.headroom.function.ServesWordModels;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.ValidatableResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@QuarkusTest
@TestProfile(ServesWordModels.class)
class OpenAiProfileTest {

    private static ValidatableResponse embed(String input, String more) {
        return given().contentType("application/json")
                .body("{\"model\": \"embedder\", \"input\": %s%s}".formatted(input, more))
                .post("/v1/embeddings")
                .then();
    }

    private static void assertError(ValidatableResponse answer, int status, String code, String message) {
        answer.statusCode(status)
                .contentType("application/json")
                .header("x-request-id", startsWith("urn:uuid:"))
                .body("error.message", equalTo(message))
                .body("error.type", equalTo("invalid_request_error"))
                .body("error.code", equalTo(code));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"input\": [4, 1.5], \"model\": \"embedder\"} | input[1]",
                "{\"input\": \"\", \"model\": \"embedder\"} | input[0]",
                "{\"input\": \"a\", \"model\": \"gpt-4\"} | model",
                "{\"input\": \"a\", \"model\": \"embedder\", \"dimensions\": 0} | dimensions",
                "{\"input\": \"a\", \"model\": \"embedder\", \"dimensions\": 100000} | dimensions",
                "[] |",
            })
    void anErrorNamesItsField(String body, String field) {
        given().contentType("application/json")
                .body(body)
                .post("/v1/embeddings")
                .then()
                .body("error.message", notNullValue())
                .body("error.param", equalTo(field));
    }

    @Test
    void aTextIsAListOfOne() {
        embed("\"good bad\"", "")
                .statusCode(200)
                .header("x-request-id", startsWith("urn:uuid:"))
                .body("object", equalTo("list"))
                .body("model", equalTo("embedder"))
                .body("data.object", contains("embedding"))
                .body("data.index", contains(0))
                .body("data[0].embedding", contains(1.5f, 2f, 0f, 1f))
                .body("usage.prompt_tokens", equalTo(2))
                .body("usage.total_tokens", equalTo(2));
    }

    @Test
    void textsAreAnsweredInTheirOrder() {
        embed("[\"good\", \"bad bad\"]", "")
                .statusCode(200)
                .body("data.index", contains(0, 1))
                .body("data[0].embedding", contains(3f, 4f, 0f, 0f))
                .body("data[1].embedding", contains(0f, 0f, 0f, 2f))
                .body("usage.total_tokens", equalTo(3));
    }

    @Test
    void tokenIdsAreReadAsTheyAre() {
        embed("[4, 5]", "").statusCode(200).body("data[0].embedding", contains(1.5f, 2f, 0f, 1f));
        embed("[[4], [5, 5]]", "")
                .statusCode(200)
                .body("data[0].embedding", contains(3f, 4f, 0f, 0f))
                .body("data[1].embedding", contains(0f, 0f, 0f, 2f));
    }

    @Test
    void tokenIdsThatThereAreNotAreTold() {
        String unknown =
                "The token id %d is not in the model's vocabulary, whose ids are 0 to 7; tokenise with the model's own tokenizer, or send text.";
        assertError(embed("[4, 8]", ""), 400, "invalid", unknown.formatted(8));
        assertError(embed("[[-1]]", ""), 400, "invalid", unknown.formatted(-1));
        assertError(embed("[4, 1.5]", ""), 400, "invalid", "input[1] is the number 1.5; send token ids alone.");
        assertError(embed("[[4, \"a\"]]", ""), 400, "invalid", "input[0][1] is a string; send token ids alone.");
        assertError(
                embed("[[]]", ""), 400, "invalid", "There is no token; send at least one, special tokens included.");
    }

    @Test
    void base64HoldsLittleEndianFloats() {
        String bytes = embed("\"good bad\"", ", \"encoding_format\": \"base64\"")
                .statusCode(200)
                .extract()
                .path("data[0].embedding");
        float[] vector = new float[4];
        ByteBuffer.wrap(Base64.getDecoder().decode(bytes))
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer()
                .get(vector);
        assertArrayEquals(new float[] {1.5f, 2, 0, 1}, vector);
    }

    @Test
    void dimensionsAreTheFirst() {
        embed("\"good bad\"", ", \"dimensions\": 2, \"encoding_format\": \"float\"")
                .statusCode(200)
                .body("data[0].embedding", contains(1.5f, 2f));
    }

    @Test
    void fieldsThatChangeNoVectorArePassedOver() {
        embed("\"good\"", ", \"user\": \"me\", \"priority\": 1, \"prompt_name\": null, \"dimensions\": null")
                .statusCode(200);
        embed("\"good\"", ", \"prompt_name\": \"query\"").body("data[0].embedding", contains(5.5f, 2f, 0f, 0f));
    }

    @Test
    void theKindOfTextChoosesThePrompt() {
        for (String type : List.of("query", "SEARCH_QUERY")) {
            embed("\"good\"", ", \"input_type\": \"%s\"".formatted(type))
                    .body("data[0].embedding", contains(5.5f, 2f, 0f, 0f));
        }
        embed("\"good\"", ", \"task\": \"retrieval.query\"").body("data[0].embedding", contains(5.5f, 2f, 0f, 0f));
        for (String type : List.of("\"passage\"", "\"document\"", "null")) {
            embed("\"good\"", ", \"input_type\": %s".formatted(type))
                    .body("data[0].embedding", contains(3f, 4f, 0f, 0f));
        }
        assertError(
                embed("\"good\"", ", \"input_type\": \"clustering\""),
                400,
                "invalid",
                "input_type is 'clustering', and the model's prompts are [query]; send one of them, query, document, or leave it out.");
    }

    @Test
    void otherServersWordsForTruncationAreTaken() {
        String text = "\"bad good good good good good good good odd\"";
        for (String end : List.of("\"END\"", "true")) {
            embed(text, ", \"truncate\": " + end).body("data[0].embedding", contains(2.625f, 3.5f, 0f, 0.25f));
        }
        embed(text, ", \"truncate\": \"START\"").body("data[0].embedding", contains(2.625f, 3.5f, 0.125f, 0f));
        for (String none : List.of("\"NONE\"", "false", "null")) {
            embed(text, ", \"truncate\": " + none).statusCode(400);
        }
    }

    @Test
    void whatWouldChangeVectorsAndIsNotServedIsRefused() {
        assertError(
                embed("\"good\"", ", \"late_chunking\": true"),
                400,
                "invalid",
                "late_chunking is true, and each text is read by itself here; leave it out.");
        assertError(
                embed("\"good\"", ", \"embedding_type\": \"binary\""),
                400,
                "invalid",
                "embedding_type is 'binary'; send float or base64, or leave it out.");
    }

    @Test
    void aTextThatIsTooLongIs400UnlessItIsToBeCut() {
        String text = "\"" + "good ".repeat(9) + "\"";
        assertError(
                embed(text, ""),
                400,
                "context_length_exceeded",
                "The text has more than 8 tokens, which is all that this model reads; shorten it, or ask for it to be truncated.");
        assertError(
                embed("[\"good\", %s]".formatted(text), ""),
                400,
                "context_length_exceeded",
                "Input 2 of 2: The text has more than 8 tokens, which is all that this model reads; shorten it, or ask for it to be truncated.");
        embed(text, ", \"truncate_prompt_tokens\": -1").statusCode(200).body("usage.total_tokens", equalTo(8));
        assertError(
                embed(text, ", \"truncate_prompt_tokens\": 3"),
                400,
                "invalid",
                "truncate_prompt_tokens is the number 3; send -1 to have a text cut to what the model reads, or leave it out.");
    }

    @Test
    void whatIsWrongIsNamed() {
        assertError(embed("\"\"", ""), 400, "invalid", "input[0] is an empty string; send at least one character.");
        assertError(
                embed("[\"good\", \"\"]", ""),
                400,
                "invalid",
                "input[1] is an empty string; send at least one character.");
        assertError(embed("[]", ""), 400, "invalid", "input is an empty array; send at least one element.");
        assertError(embed("[\"good\", null]", ""), 400, "invalid", "input[1] is null; send a string.");
        assertError(
                embed("{}", ""), 400, "invalid", "input is an object; send a text, an array of texts, or token ids.");
        assertError(
                embed("\"good\"", ", \"encoding_format\": \"int8\""),
                400,
                "invalid",
                "encoding_format is 'int8'; send float or base64, or leave it out.");
        assertError(
                embed("\"good\"", ", \"dimensions\": 9"),
                400,
                "invalid",
                "dimensions is 9; send 1 to 4, or leave it out for all 4.");
    }

    @Test
    void anUnknownModelIsNotFound() {
        assertError(
                given().contentType("application/json")
                        .body("{\"model\": \"gpt\", \"input\": \"good\"}")
                        .post("/v1/embeddings")
                        .then(),
                404,
                "model_not_found",
                "model 'gpt' is not served here; the models are: classifier, embedder, labels, reranker.");
        given().get("/v1/models/gpt").then().statusCode(404).body("error.code", equalTo("model_not_found"));
    }

    @Test
    void aModelForAnotherTaskIsToldSo() {
        assertError(
                given().contentType("application/json")
                        .body("{\"model\": \"reranker\", \"input\": \"good\"}")
                        .post("/v1/embeddings")
                        .then(),
                400,
                "invalid",
                "model 'reranker' is not for the task embed; the models and their tasks are: classifier (classify), embedder (embed), labels (classify), reranker (rerank).");
    }

    @Test
    void theModelMayBeLeftOutWhereOneEmbeds() {
        given().contentType("application/json")
                .body("{\"input\": \"good\"}")
                .post("/v1/embeddings")
                .then()
                .statusCode(200)
                .body("model", equalTo("embedder"));
    }

    @Test
    void modelsAreListed() {
        given().get("/v1/models")
                .then()
                .statusCode(200)
                .body("object", equalTo("list"))
                .body("data.id", contains("classifier", "embedder", "labels", "reranker"))
                .body("data[0].object", equalTo("model"))
                .body("data[0].owned_by", equalTo("headroom"))
                .body("data[0].created", greaterThan(1_700_000_000));
        given().get("/v1/models/embedder").then().statusCode(200).body("id", equalTo("embedder"));
    }

    @Test
    void otherPathsAndMethodsFailInTheSameForm() {
        assertError(
                given().contentType("application/json")
                        .body("{}")
                        .post("/v1/images/generations")
                        .then(),
                404,
                "unknown_path",
                "Nothing is served at /v1/images/generations; see /infer, /v1, /v2, /embed, /plan, /q/health and /q/metrics.");
        given().get("/v1/embeddings")
                .then()
                .statusCode(405)
                .header("Allow", "POST")
                .body("error.code", equalTo("wrong_method"));
        given().delete("/v1/models/embedder")
                .then()
                .statusCode(405)
                .header("Allow", "GET")
                .body("error.code", equalTo("wrong_method"));
        given().contentType("application/json")
                .body("{\"input\": ")
                .post("/v1/embeddings")
                .then()
                .statusCode(400)
                .body("error.message", containsString("no JSON"));
    }
}
