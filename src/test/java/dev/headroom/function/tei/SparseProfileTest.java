package dev.headroom.function.tei;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.startsWith;

import dev.headroom.session.WordModels;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.ValidatableResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

@QuarkusTest
@TestProfile(SparseProfileTest.ServesSparse.class)
class SparseProfileTest {

    /** Serves one model that makes weights of tokens. */
    public static class ServesSparse implements QuarkusTestProfile {

        @Override
        public Map<String, String> getConfigOverrides() {
            Path folder = Path.of("target/sparse-models").toAbsolutePath();
            try {
                WordModels.sparse(folder.resolve("splade"));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return Map.of("headroom.models", folder.toString());
        }
    }

    private static ValidatableResponse post(String path, String body) {
        return given().contentType("application/json").body(body).post(path).then();
    }

    private static float weight(double score) {
        return (float) Math.log1p(score);
    }

    @Test
    void embedSparseAnswersTheWeightsThatAreNotZero() {
        post("/embed_sparse", "{\"inputs\": [\"good bad good\", \"odd\", \"bad\"]}")
                .statusCode(200)
                .body("[0].index", contains(4, 5, 6))
                .body("[0].value", contains(weight(1), weight(7), weight(3)))
                .body("[1]", hasSize(0))
                .body("[2].index", contains(5));
        post("/", "{\"inputs\": \"odd\", \"prompt_name\": \"query\"}")
                .body("[0].index", contains(5))
                .body("[0].value", contains(weight(1)));
    }

    @Test
    void theNativeDoorAnswersThemToo() {
        post("/infer", "{\"inputs\": [\"good\"]}")
                .statusCode(200)
                .body("outputs[0].sparse.indices", contains(4, 6))
                .body("outputs[0].sparse.values", contains(weight(1), weight(3)));
        post("/infer", "{\"inputs\": [\"good\"], \"dimensions\": 3}")
                .statusCode(400)
                .body(
                        "detail",
                        equalTo(
                                "normalize and dimensions are for vectors, and this model makes weights of tokens; leave them out."));
    }

    @Test
    void vectorsAreNotMadeOfThem() {
        post("/embed", "{\"inputs\": \"good\"}")
                .statusCode(400)
                .body(
                        "error",
                        startsWith(
                                "No model here is for the task embed; the models and their tasks are: splade (sparse)"));
        given().get("/info").then().body("model_type.embedding.pooling", equalTo("splade"));
    }
}
