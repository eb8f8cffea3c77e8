package dev.headroom.function.rerank;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.startsWith;

import dev.headroom.function.ServesWordModels;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.ValidatableResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@TestProfile(ServesWordModels.class)
class RerankProfileTest {

    private static final String THREE =
            "{\"model\": \"reranker\", \"query\": \"odd\", \"documents\": [\"bad\", \"good good\", {\"text\": \"good\"}]%s}";

    private static ValidatableResponse post(String path, String body) {
        return given().contentType("application/json").body(body).post(path).then();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/rerank", "/v2/rerank", "/rerank"})
    void ranksDocumentsTheBestFirst(String path) {
        post(path, THREE.formatted(""))
                .statusCode(200)
                .body("results.index", contains(1, 2, 0))
                .body("results[0].relevance_score", equalTo((float) (1 / (1 + Math.exp(-4)))))
                .body("model", equalTo("reranker"))
                .body("id", startsWith("urn:uuid:"))
                .body("usage.total_tokens", greaterThan(3))
                .body("meta.tokens.input_tokens", greaterThan(3));
    }

    @Test
    void answersWithTheBestOfThem() {
        post("/v1/rerank", THREE.formatted(", \"top_n\": 2")).body("results.index", contains(1, 2));
        post("/v2/rerank", THREE.formatted(", \"top_n\": 9")).body("results.index", contains(1, 2, 0));
    }

    @Test
    void textsComeBackAsEachServerHasItUnlessTheRequestSays() {
        post("/v1/rerank", THREE.formatted("")).body("results.document.text", contains("good good", "good", "bad"));
        post("/v2/rerank", THREE.formatted("")).body("results.document", everyItem(nullValue()));
        post("/v2/rerank", THREE.formatted(", \"return_documents\": true"))
                .body("results.document.text", contains("good good", "good", "bad"));
        post("/v1/rerank", THREE.formatted(", \"return_documents\": false"))
                .body("results.document", everyItem(nullValue()));
    }

    @Test
    void aDocumentThatIsTooLongIsCut() {
        post("/v1/rerank", "{\"query\": \"odd\", \"documents\": [\"%s\"]}".formatted("good ".repeat(99)))
                .statusCode(200);
    }

    @Test
    void fieldsThatChangeNothingAreTaken() {
        String fields =
                ", \"rank_fields\": [\"text\"], \"max_chunks_per_doc\": 1, \"max_tokens_per_doc\": null, \"priority\": 0, \"user\": \"me\"";
        post("/v1/rerank", THREE.formatted(fields)).statusCode(200);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"documents": ["a"]}                                               | query is missing; send a string.
            {"query": "a"}                                                     | documents is missing; send an array of texts, or of objects with the field text.
            {"query": "a", "documents": []}                                    | documents is an empty array; send at least one element.
            {"query": "a", "documents": ["b", 1]}                              | documents[1] is the number 1; send a string.
            {"query": "a", "documents": [{"image": "x"}]}                      | documents[0] is an object without the field text; send its text there.
            {"query": "a", "documents": [{"text": null}]}                      | documents[0].text is null; send a string.
            {"query": "a", "documents": ["b"], "top_n": 0}                     | top_n is the number 0; send a whole number of at least 1.
            {"query": "a", "documents": ["b"], "return_documents": 1}          | return_documents is the number 1; send true or false, or leave it out.
            {"query": "a", "documents": ["b"], "max_chunks_per_doc": 10}       | max_chunks_per_doc is 10, and a document is read as one chunk here; send 1, or the chunks as documents.
            {"query": "a", "documents": ["b"], "max_tokens_per_doc": 100}      | max_tokens_per_doc is not served: a document is cut to what the model reads; leave it out, or cut the document before.
            {"query": "a", "documents": ["b"], "rank_fields": ["title"]}       | rank_fields is ["title"], and a document's field text is ranked here; send ["text"], or leave it out.
            {"query": "a", "documents": ["b"], "rank_fields": "text"}          | rank_fields is "text", and a document's field text is ranked here; send ["text"], or leave it out.
            """)
    void tellsTheMistake(String body, String detail) {
        post("/v1/rerank", body)
                .statusCode(400)
                .body("message", equalTo(detail))
                .body("detail", equalTo(detail));
        post("/v2/rerank", body).statusCode(400).body("message", equalTo(detail));
    }

    @Test
    void aModelForAnotherTaskIsRefused() {
        post("/v2/rerank", "{\"model\": \"embedder\", \"query\": \"a\", \"documents\": [\"b\"]}")
                .statusCode(400)
                .body("message", startsWith("model 'embedder' is not for the task rerank"));
        given().get("/v1/rerank").then().statusCode(405);
    }
}
