package dev.headroom.function;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.notNullValue;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.Method;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
class OperationsTest {

    @ParameterizedTest
    @ValueSource(strings = {"live", "ready", "started"})
    void isUpOnceItIsWarm(String check) {
        given().get("/q/health/" + check).then().statusCode(200).body("status", equalTo("UP"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/q/health", "/q/health/", "/q/health/live", "/q/health/ready", "/q/metrics", "/q/openapi"})
    void isOnlyRead(String path) {
        for (Method method : List.of(Method.PUT, Method.POST, Method.DELETE, Method.PATCH, Method.OPTIONS)) {
            given().request(method, path)
                    .then()
                    .statusCode(405)
                    .header("Allow", "GET")
                    .body("detail", equalTo(path + " is answered to GET only."));
        }
        given().head(path).then().statusCode(200);
        given().get(path).then().statusCode(200);
    }

    @Test
    void aPathThatIsNotServedIsUnknownByEveryMethod() {
        given().post("/q/nothing").then().statusCode(404);
        given().get("/q/nothing").then().statusCode(404);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "batch",
                "elements",
                "window",
                "prefetch",
                "fetches",
                "workers",
                "lanes",
                "timeout",
                "queue-items",
                "queue-bytes"
            })
    void thePlanExplainsEachNumber(String setting) {
        given().get("/plan")
                .then()
                .statusCode(200)
                .body("'" + setting + "'.value", greaterThan(0))
                .body("'" + setting + "'.unit", notNullValue())
                .body("'" + setting + "'.source", notNullValue())
                .body("'" + setting + "'.reason", notNullValue());
    }

    @Test
    void thePlanShowsWhatItRestsOn() {
        given().get("/plan")
                .then()
                .body("device.gpu", equalTo(false))
                .body("device.totalBytes", notNullValue())
                .body("host.cores", greaterThan(0))
                .body("model.name", equalTo("all-minilm-l6-v2"))
                .body("model.precision.value", equalTo("full"))
                .body("model.precision.file", equalTo("all-minilm-l6-v2.onnx"))
                .body("model.precision.reason", notNullValue())
                .body("models", hasItem("all-minilm-l6-v2"))
                .body("probe.source", hasItem("nvml"))
                .body("probe.find { it.source == 'nvml' }.reason", notNullValue());
        given().get("/plan?model=gpt").then().statusCode(404);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "headroom_requests_seconds_count{door=\"http\",status=\"200\"}",
                "headroom_queue_items{",
                "headroom_queue_seconds_count{",
                "headroom_batch_items_count{",
                "headroom_batch_seconds_count{",
                "headroom_batch_closed_total{model=\"all-minilm-l6-v2\",reason=\"idle\"}",
                "headroom_batch_splits_total{",
                "headroom_device_memory_bytes{kind=\"total\"}",
                "headroom_device_memory_bytes{kind=\"free\"}",
                "headroom_memory_peak_bytes{kind=\"predicted\"}",
                "headroom_devices{state=\"serving\"} 1.0",
                "headroom_device_busy_seconds_total",
                "headroom_batch_fill_count{",
                "headroom_batch_elements_total{kind=\"padding\"",
                "headroom_batch_collate_seconds_count{",
                "headroom_batch_read_seconds_count{",
                "headroom_items_admitted_total{",
                "headroom_plan{model=\"all-minilm-l6-v2\",setting=\"batch\",unit=\"items\"}",
            })
    void isMeasured(String line) {
        given().contentType("application/json")
                .body("{\"inputs\": \"a\"}")
                .post("/infer")
                .then()
                .statusCode(200);
        given().get("/q/metrics").then().statusCode(200).body(containsString(line));
    }
}
