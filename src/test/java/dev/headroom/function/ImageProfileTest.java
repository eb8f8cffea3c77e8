package dev.headroom.function;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.settings.HeadroomConfig;
import dev.headroom.task.image.TextLines;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.ValidatableResponse;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A real model of images behind the doors. */
@QuarkusTest
@TestProfile(ImageProfileTest.TextDirection.class)
class ImageProfileTest {

    @Inject
    HeadroomConfig config;

    public static final class TextDirection implements QuarkusTestProfile {

        @Override
        public Map<String, String> getConfigOverrides() {
            try {
                Path models = Files.createTempDirectory("models");
                TextLines.writeModel(models.resolve("text-direction"));
                TextLines.writeModel(models.resolve("vectors"), "normalize: false\n");
                return Map.of("headroom.models", models.toString(), "headroom.input.max-pixels", "100000");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static String base64(byte[] file) {
        return Base64.getEncoder().encodeToString(file);
    }

    private static ValidatableResponse infer(List<Object> inputs) {
        return given().contentType("application/json")
                .body(Map.of("model", "text-direction", "inputs", inputs))
                .post("/infer")
                .then();
    }

    private static Map<String, Object> image(String image) {
        return Map.of("image", image);
    }

    @Test
    void imagesByBase64DataUrlAndReferenceAreAnsweredTogether() throws IOException {
        String host = config.references().allowedHosts().orElseThrow().getFirst();
        infer(List.of(
                        image(base64(TextLines.line("PARTY", false, "png"))),
                        image("data:image/jpeg;base64," + base64(TextLines.line("REPEAT17", true, "jpg"))),
                        image("http://" + host + "/turned.png")))
                .statusCode(200)
                .body("outputs", hasSize(3))
                .body("outputs[0].labels[0].label", equalTo("upright"))
                .body("outputs[0].labels[0].score", greaterThan(0.5f))
                .body("outputs[0].labels", hasSize(2))
                .body("outputs[1].labels[0].label", equalTo("turned"))
                .body("outputs[2].labels[0].label", equalTo("turned"));
    }

    @Test
    void aModelWithoutLabelsAnswersWithVectors() throws IOException {
        List<Float> vector = given().contentType("application/json")
                .body(Map.of("model", "vectors", "inputs", image(base64(TextLines.line("PARTY", true, "png")))))
                .post("/infer")
                .then()
                .statusCode(200)
                .extract()
                .path("outputs[0].embedding");
        assertEquals(2, vector.size());
        assertTrue(vector.get(1) > 0.5, vector::toString);
        given().contentType("application/json")
                .body(Map.of(
                        "model",
                        "vectors",
                        "dimensions",
                        3,
                        "inputs",
                        image(base64(TextLines.line("TAP4", true, "png")))))
                .post("/infer")
                .then()
                .statusCode(400)
                .body("detail", equalTo("dimensions is 3; send 1 to 2, or leave it out for all 2."));
    }

    @Test
    void oneBadImageFailsAlone() throws IOException {
        String host = config.references().allowedHosts().orElseThrow().getFirst();
        byte[] good = TextLines.line("TAP4", true, "bmp");
        infer(List.of(
                        image(base64(good)),
                        image(base64(new byte[] {1, 2, 3})),
                        image("http://" + host + "/cat"),
                        image("http://169.254.169.254/latest/meta-data"),
                        image("not base64!"),
                        "a text",
                        image(base64(TextLines.line(
                                "TELEPATRETELEPATRETELEPATRETELEPATRETELEPATRETELEPATRE", false, "png")))))
                .statusCode(200)
                .body("outputs[0].labels[0].label", equalTo("turned"))
                .body("outputs[1].error.detail", startsWith("The image "))
                .body("outputs[2].error.detail", startsWith("The image "))
                .body("outputs[3].error.detail", containsString("headroom.references.allowed-hosts"))
                .body("outputs[4].error.detail", startsWith("inputs[4].image is neither base64"))
                .body("outputs[5].error.detail", equalTo("This model takes images, not a text."));
    }

    @Test
    void anImageOfTooManyPixelsIsRefusedByItsSetting() throws IOException {
        infer(List.of(image(base64(TextLines.line(
                        "TELEPATRETELEPATRETELEPATRETELEPATRETELEPATRETELEPATRETELEPATRETELEPATRE", false, "png")))))
                .statusCode(413)
                .body("detail", containsString("headroom.input.max-pixels"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/octet-stream", "image/png", "IMAGE/PNG; q=1"})
    void anEventMayBeAnImage(String contentType) throws IOException {
        given().contentType(contentType)
                .header("ce-specversion", "1.0")
                .header("ce-id", contentType.replace(";", ""))
                .header("ce-source", "/camera")
                .header("ce-type", "dev.headroom.infer")
                .header("ce-model", "text-direction")
                .body(TextLines.line("FLY74", true, "png"))
                .post("/")
                .then()
                .statusCode(200)
                .header("ce-type", "dev.headroom.infer.result")
                .body("outputs[0].labels[0].label", equalTo("turned"));
    }

    @Test
    void anEventInStructuredModeMayHoldAnImage() throws IOException {
        given().contentType("application/cloudevents+json")
                .body(Map.of(
                        "specversion", "1.0",
                        "id", "1",
                        "source", "/camera",
                        "type", "dev.headroom.infer",
                        "model", "text-direction",
                        "datacontenttype", "image/bmp",
                        "data_base64", base64(TextLines.line("ALERT", false, "bmp"))))
                .post("/")
                .then()
                .statusCode(200)
                .body("data.outputs[0].labels[0].label", equalTo("upright"));
    }

    @Test
    void anEventThatIsNoImageIsRefusedWithAnEmptyBody() {
        given().contentType("application/octet-stream")
                .header("ce-specversion", "1.0")
                .header("ce-id", "2")
                .header("ce-source", "/camera")
                .header("ce-type", "dev.headroom.infer")
                .header("ce-model", "text-direction")
                .body(new byte[] {1, 2, 3})
                .post("/")
                .then()
                .statusCode(400)
                .header("Headroom-Error", startsWith("The image "))
                .body(equalTo(""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "data:image/png;base64,", "data:image/png,abc", "data:"})
    void whatIsNoImageIs400(String image) {
        infer(List.of(image(image))).statusCode(400);
    }
}
