package dev.headroom.function.tei;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.startsWith;

import dev.headroom.function.ServesWordModels;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.ValidatableResponse;
import org.junit.jupiter.api.Test;

@QuarkusTest
@TestProfile(ServesWordModels.class)
class TeiProfileTest {

    private static ValidatableResponse post(String path, String body) {
        return given().contentType("application/json").body(body).post(path).then();
    }

    private static void assertInvalid(ValidatableResponse answer, int status, String error) {
        answer.statusCode(status)
                .contentType("application/json")
                .body("error", equalTo(error))
                .body("error_type", equalTo("Validation"));
    }

    @Test
    void embedAnswersVectorsOfLengthOne() {
        post("/embed", "{\"inputs\": \"good\"}").statusCode(200).body("$", contains(contains(0.6f, 0.8f, 0f, 0f)));
        post("/embed", "{\"inputs\": [\"good bad\", \"bad\"], \"normalize\": false}")
                .statusCode(200)
                .body("[0]", contains(1.5f, 2f, 0f, 1f))
                .body("[1]", contains(0f, 0f, 0f, 2f));
    }

    @Test
    void embedTakesTokenIdsPromptsAndDimensions() {
        post("/embed", "{\"inputs\": [[4], [5]], \"normalize\": false}").body("[1]", contains(0f, 0f, 0f, 2f));
        post("/embed", "{\"inputs\": \"good\", \"normalize\": false, \"prompt_name\": \"query\"}")
                .body("[0]", contains(5.5f, 2f, 0f, 0f));
        post("/embed", "{\"inputs\": \"good odd\", \"dimensions\": 2}").body("[0]", contains(0.6f, 0.8f));
    }

    @Test
    void aTextThatIsTooLongIsRefusedUnlessItIsToBeCut() {
        String text = "{\"inputs\": \"" + "good ".repeat(9) + "\"%s}";
        assertInvalid(
                post("/embed", text.formatted("")),
                413,
                "The text has more than 8 tokens, which is all that this model reads; shorten it, or ask for it to be truncated.");
        post("/embed", text.formatted(", \"truncate\": true, \"truncation_direction\": \"Right\""))
                .statusCode(200);
    }

    @Test
    void aTextIsCutAtTheEndOrTheBeginning() {
        String text =
                "{\"inputs\": \"bad good good good good good good good odd\", \"normalize\": false, \"truncate\": true, \"truncation_direction\": \"%s\"}";
        post("/embed", text.formatted("Right")).body("[0]", contains(2.625f, 3.5f, 0f, 0.25f));
        post("/embed", text.formatted("left")).body("[0]", contains(2.625f, 3.5f, 0.125f, 0f));
        assertInvalid(
                post("/embed", text.formatted("up")),
                400,
                "truncation_direction is 'up'; send left or right, or leave it out.");
        assertInvalid(
                post(
                        "/rerank",
                        "{\"query\": \"odd\", \"texts\": [\"%s\"], \"truncate\": true, \"truncation_direction\": \"Left\"}"
                                .formatted("good ".repeat(9))),
                400,
                "The pair has more than 8 tokens, and a pair is cut at its end alone; set truncation_direction to Right, or shorten it.");
    }

    @Test
    void embedAllAnswersAVectorForEachToken() {
        post("/embed_all", "{\"inputs\": \"good bad odd\"}")
                .statusCode(200)
                .body("[0]", contains(contains(3f, 4f, 0f, 0f), contains(0f, 0f, 0f, 2f), contains(0f, 0f, 1f, 0f)));
        post("/embed_all", "{\"inputs\": [\"good\", \"odd good good\"], \"prompt_name\": \"query\"}")
                .body("[0]", contains(contains(8f, 0f, 0f, 0f), contains(3f, 4f, 0f, 0f)))
                .body("[1]", hasSize(4));
        assertInvalid(
                post("/embed_all", "{\"inputs\": \"%s\"}".formatted("good ".repeat(9))),
                413,
                "The text has more than 8 tokens, which is all that this model reads; shorten it, or ask for it to be truncated.");
    }

    @Test
    void tokenizeAnswersTheTokensOfTextsOfAnyLength() {
        post("/tokenize", "{\"model\": \"embedder\", \"inputs\": \"good bad\", \"prompt_name\": \"query\"}")
                .statusCode(200)
                .body("[0].id", contains(7, 4, 5))
                .body("[0].text", contains("query:", "good", "bad"))
                .body("[0].start", contains(0, 7, 12))
                .body("[0].stop", contains(6, 11, 15))
                .body("[0].special", contains(false, false, false));
        post("/tokenize", "{\"model\": \"embedder\", \"inputs\": [\"\", \"%s\"]}".formatted("good ".repeat(99)))
                .body("[0]", hasSize(0))
                .body("[1]", hasSize(99));
        post("/tokenize", "{\"model\": \"reranker\", \"inputs\": \"good\"}")
                .body("[0].text", contains("[CLS]", "good", "[SEP]"))
                .body("[0].special", contains(true, false, true))
                .body("[0].start", contains(null, 0, null));
        post("/tokenize", "{\"model\": \"reranker\", \"inputs\": \"good\", \"add_special_tokens\": false}")
                .body("[0].text", contains("good"));
        assertInvalid(
                post("/tokenize", "{\"model\": \"reranker\", \"inputs\": \"good\", \"prompt_name\": \"x\"}"),
                400,
                "The prompt name 'x' is not known to this model; its prompts are [].");
        assertInvalid(
                post("/tokenize", "{\"model\": \"embedder\", \"inputs\": 5}"),
                400,
                "inputs is the number 5; send an array of texts.");
    }

    @Test
    void decodeAnswersTheTextsOfTokens() {
        post("/decode", "{\"model\": \"reranker\", \"ids\": [2, 4, 3]}")
                .statusCode(200)
                .body("$", contains("good"));
        post("/decode", "{\"model\": \"reranker\", \"ids\": [[2, 4], [5]], \"skip_special_tokens\": false}")
                .body("$", contains("[CLS] good", "bad"));
        assertInvalid(
                post("/decode", "{\"model\": \"reranker\", \"ids\": [99]}"),
                400,
                "The token id 99 is not in the model's vocabulary, whose ids are 0 to 7; tokenise with the model's own tokenizer, or send text.");
        assertInvalid(
                post("/decode", "{\"model\": \"reranker\", \"ids\": \"good\"}"),
                400,
                "ids is a string; send an array of token ids, or an array of these.");
        assertInvalid(
                post("/decode", "{\"model\": \"reranker\", \"ids\": null}"),
                400,
                "ids is null; send an array of token ids, or an array of these.");
        assertInvalid(
                post("/decode", "{\"model\": \"reranker\", \"ids\": [\"good\"]}"),
                400,
                "ids holds a string; send an array of token ids, or an array of these.");
    }

    @Test
    void rerankSortsTheTexts() {
        post("/rerank", "{\"query\": \"odd\", \"texts\": [\"bad\", \"good good\", \"good\"], \"raw_scores\": true}")
                .statusCode(200)
                .body("index", contains(1, 2, 0))
                .body("score", contains(4f, 2f, -1f))
                .body("[0].size()", equalTo(2));
        post("/rerank", "{\"query\": \"good\", \"texts\": [\"bad\", \"good\"], \"return_text\": true}")
                .statusCode(200)
                .body("text", contains("good", "bad"))
                .body("[1].score", equalTo((float) (1 / (1 + Math.exp(0.5)))));
    }

    @Test
    void rerankNeedsAQueryAndTexts() {
        assertInvalid(post("/rerank", "{\"texts\": [\"a\"]}"), 400, "query is missing; send a string.");
        assertInvalid(
                post("/rerank", "{\"query\": \"a\", \"texts\": []}"),
                400,
                "texts is an empty array; send at least one element.");
        assertInvalid(
                post("/rerank", "{\"query\": \"a\", \"texts\": \"b\"}"),
                400,
                "texts is a string; send an array of texts.");
        assertInvalid(
                post("/rerank", "{\"query\": \"a\", \"texts\": [\"b\", 1]}"),
                400,
                "texts[1] is the number 1; send a string.");
        assertInvalid(
                post("/rerank", "{\"query\": \"a\", \"texts\": [\"b\"], \"return_text\": 1}"),
                400,
                "return_text is the number 1; send true or false, or leave it out.");
    }

    @Test
    void predictReadsAnArrayOfStringsAsOneSequence() {
        String single = "{\"model\": \"classifier\", \"raw_scores\": true, \"inputs\": %s}";
        post("/predict", single.formatted("\"odd odd bad\""))
                .statusCode(200)
                .body("label", contains("odd", "bad", "good"))
                .body("score", contains(2f, 1f, 0f));
        post("/predict", single.formatted("[\"odd odd bad\"]")).body("score", contains(2f, 1f, 0f));
        post("/predict", single.formatted("[\"odd\", \"odd bad\"]")).body("score", contains(2f, 1f, 0f));
    }

    @Test
    void predictReadsAnArrayOfArraysAsSeveral() {
        post(
                        "/predict",
                        "{\"model\": \"classifier\", \"raw_scores\": true, \"inputs\": [[\"odd\"], [\"bad\", \"bad\"]]}")
                .statusCode(200)
                .body("$", hasSize(2))
                .body("[0].label[0]", equalTo("odd"))
                .body("[1].label[0]", equalTo("bad"))
                .body("[1].score[0]", equalTo(2f));
    }

    @Test
    void predictNamesWhatIsNoSequence() {
        String remedy = "; send a text, a pair [text, text], or an array of [text] and [text, text].";
        String inputs = "{\"model\": \"classifier\", \"inputs\": %s}";
        assertInvalid(
                post("/predict", inputs.formatted("[\"a\", \"b\", \"c\"]")), 400, "inputs is an array of 3" + remedy);
        assertInvalid(post("/predict", inputs.formatted("[[\"a\"], \"b\"]")), 400, "inputs[1] is a string" + remedy);
        assertInvalid(post("/predict", inputs.formatted("[]")), 400, "inputs is an array of 0" + remedy);
        assertInvalid(post("/predict", inputs.formatted("5")), 400, "inputs is the number 5" + remedy);
        assertInvalid(
                post("/predict", inputs.formatted("[[\"a\", 5]]")),
                400,
                "inputs[0][1] is the number 5; send a string.");
    }

    @Test
    void ofSeveralModelsForATaskOneIsNamed() {
        assertInvalid(
                post("/predict", "{\"inputs\": \"odd\"}"),
                400,
                "model is missing, and several are for the task classify: set it to one of [classifier, labels].");
        assertInvalid(
                post("/rerank", "{\"model\": \"embedder\", \"query\": \"a\", \"texts\": [\"b\"]}"),
                400,
                "model 'embedder' is not for the task rerank; the models and their tasks are: classifier (classify), embedder (embed), labels (classify), reranker (rerank).");
        assertInvalid(
                post("/embed", "{\"model\": \"gpt\", \"inputs\": \"a\"}"),
                404,
                "model 'gpt' is not served here; the models are: classifier, embedder, labels, reranker.");
    }

    @Test
    void similarityIsTheCosine() {
        post("/similarity", "{\"inputs\": {\"source_sentence\": \"good\", \"sentences\": [\"good good\", \"odd\"]}}")
                .statusCode(200)
                .body("$", contains(1f, 0f));
        assertInvalid(
                post("/similarity", "{\"inputs\": \"a\"}"),
                400,
                "inputs is a string; send {\"source_sentence\": \"...\", \"sentences\": [\"...\"]}.");
    }

    @Test
    void theRootAsksTheModelForItsTask() {
        post("/", "{\"model\": \"embedder\", \"inputs\": \"good\"}")
                .statusCode(200)
                .body("[0]", hasSize(4));
        post("/", "{\"model\": \"classifier\", \"inputs\": \"odd\"}").body("[0].label", equalTo("odd"));
        post("/", "{\"model\": \"reranker\", \"query\": \"odd\", \"texts\": [\"good\"]}")
                .body("[0].index", equalTo(0));
        assertInvalid(
                post("/", "{\"inputs\": \"good\"}"),
                400,
                "model is missing, and several are served: set it to one of [classifier, embedder, labels, reranker].");
    }

    @Test
    void infoTellsTheNumbersInForce() {
        given().get("/info?model=embedder")
                .then()
                .statusCode(200)
                .body("model_id", equalTo("embedder"))
                .body("model_dtype", equalTo("float32"))
                .body("model_type.embedding.pooling", equalTo("mean"))
                .body("max_input_length", equalTo(8))
                .body("max_batch_tokens", greaterThan(0))
                .body("max_client_batch_size", greaterThan(0))
                .body("auto_truncate", equalTo(false));
        given().get("/info?model=labels")
                .then()
                .body("model_type.classifier.id2label.'2'", equalTo("odd"))
                .body("model_type.classifier.label2id.odd", equalTo(2));
        given().get("/info?model=reranker").then().body("model_type.reranker.id2label.'0'", equalTo("LABEL_0"));
        given().get("/info").then().statusCode(400).body("error", startsWith("model is missing"));
        given().post("/info").then().statusCode(405).header("Allow", "GET").body("error_type", equalTo("Validation"));
    }

    @Test
    void isHealthyOnceItServes() {
        given().get("/health").then().statusCode(200);
        given().post("/health").then().statusCode(405).header("Allow", "GET");
    }

    @Test
    void whatIsNotServedSaysSo() {
        assertInvalid(
                post("/embed_sparse", "{\"inputs\": \"a\"}"),
                400,
                "No model here is for the task sparse; the models and their tasks are: classifier (classify), embedder (embed), labels (classify), reranker (rerank).");
        given().get("/embed").then().statusCode(405).body("error_type", equalTo("Validation"));
    }
}
