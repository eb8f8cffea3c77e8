package dev.headroom.function;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import org.junit.jupiter.api.Test;

/** Where one model is served, protocols that name none ask it. */
@QuarkusTest
class SingleModelTest {

    private static ValidatableResponse post(String path, String body) {
        return given().contentType("application/json").body(body).post(path).then();
    }

    @Test
    void itIsAskedByWhoeverNamesNone() {
        post("/", "{\"inputs\": \"river\"}").statusCode(200).body("[0]", hasSize(384));
        post("/embed", "{\"inputs\": \"river\"}").statusCode(200).body("[0]", hasSize(384));
        post("/v1/embeddings", "{\"input\": \"river\"}").statusCode(200).body("data[0].embedding", hasSize(384));
        given().get("/info").then().statusCode(200).body("max_input_length", equalTo(256));
    }

    @Test
    void itSaysWhichTaskItIsFor() {
        post("/rerank", "{\"query\": \"a\", \"texts\": [\"b\"]}")
                .statusCode(400)
                .body("error_type", equalTo("Validation"))
                .body(
                        "error",
                        equalTo(
                                "No model here is for the task rerank; the models and their tasks are: all-minilm-l6-v2 (embed)."));
    }
}
