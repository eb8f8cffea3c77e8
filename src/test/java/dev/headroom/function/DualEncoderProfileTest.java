package dev.headroom.function;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.hasSize;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.session.WordModels;
import dev.headroom.settings.HeadroomConfig;
import dev.headroom.task.DualEncoders;
import dev.headroom.task.DualEncoders.Expected;
import dev.headroom.task.References;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Models of texts and images, and models of several names, behind every door. */
@QuarkusTest
@TestProfile(DualEncoderProfileTest.Served.class)
class DualEncoderProfileTest {

    private static final String IMAGE = "rgb.png";

    @Inject
    HeadroomConfig config;

    public static final class Served implements QuarkusTestProfile {

        @Override
        public Map<String, String> getConfigOverrides() {
            try {
                Path models = Files.createTempDirectory("models");
                Files.writeString(
                        DualEncoders.copy("clip", models.resolve("clip")).resolve("model.yaml"),
                        "aliases: [openai/clip-vit-base-patch32]\n");
                DualEncoders.copy("siglip", models.resolve("siglip"));
                WordModels.embedder(models.resolve("words"));
                Path yaml = models.resolve("words/model.yaml");
                Files.writeString(
                        yaml, (Files.exists(yaml) ? Files.readString(yaml) : "") + "aliases: [people/words, w]\n");
                return Map.of("headroom.models", models.toString());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static RequestSpecification json(Object body) {
        return given().contentType("application/json").urlEncodingEnabled(false).body(body);
    }

    private static ValidatableResponse infer(String model, List<?> inputs) {
        return json(Map.of("model", model, "inputs", inputs)).post("/infer").then();
    }

    private static ValidatableResponse embeddings(Map<String, ?> body) {
        return json(body).post("/v1/embeddings").then();
    }

    private static String base64(String image) throws IOException {
        return Base64.getEncoder().encodeToString(DualEncoders.image(image));
    }

    private static String dataUrl(String image) throws IOException {
        return "data:image/png;base64," + base64(image);
    }

    private static float[] floats(List<Float> vector) {
        float[] values = new float[vector.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = vector.get(i);
        }
        return values;
    }

    private static void assertVector(Expected expected, List<Float> vector) {
        float[] values = floats(vector);
        assertTrue(References.cosine(expected.vector(), values) >= 0.9999, expected.input());
        assertEquals(1, References.norm(values), 1e-5, "normalised");
    }

    private static Expected text(String model) throws IOException {
        return DualEncoders.texts(model).getLast();
    }

    private static Expected image(String model) throws IOException {
        return DualEncoders.images(model).getFirst();
    }

    private static List<Expected> texts(String model) throws IOException {
        return DualEncoders.texts(model).stream().toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"clip", "siglip"})
    void textsAndImagesOfOneRequestAreAnsweredInTheirOrderAsAlone(String model) throws IOException {
        List<Expected> expected = new ArrayList<>();
        List<Object> inputs = new ArrayList<>();
        List<Expected> texts = texts(model);
        List<Expected> images = DualEncoders.images(model);
        for (int i = 0; i < Math.max(texts.size(), images.size()); i++) {
            if (i < texts.size()) {
                expected.add(texts.get(i));
                inputs.add(texts.get(i).input());
            }
            if (i < images.size()) {
                expected.add(images.get(i));
                inputs.add(Map.of("image", base64(images.get(i).input())));
            }
        }
        ValidatableResponse mixed = infer(model, inputs)
                .statusCode(200)
                .body("model", equalTo(model))
                .body("outputs", hasSize(inputs.size()));
        for (int i = 0; i < expected.size(); i++) {
            assertVector(expected.get(i), mixed.extract().path("outputs[%d].embedding".formatted(i)));
            assertVector(
                    expected.get(i),
                    infer(model, List.of(inputs.get(i))).extract().path("outputs[0].embedding"));
        }
    }

    @Test
    void vectorsAreAsTheGraphMakesThemWhereTheRequestSaysSo() throws IOException {
        List<Float> vector = json(Map.of(
                        "model",
                        "clip",
                        "normalize",
                        false,
                        "inputs",
                        text("clip").input()))
                .post("/infer")
                .then()
                .extract()
                .path("outputs[0].embedding");
        assertEquals(References.norm(text("clip").vector()), References.norm(floats(vector)), 1e-3);
    }

    @Test
    void aBadInputFailsAlone() throws IOException {
        infer(
                        "clip",
                        List.of(
                                Map.of("image", Base64.getEncoder().encodeToString(new byte[] {1, 2, 3})),
                                text("clip").input(),
                                Map.of("text", "a cat", "text_pair", "a dog")))
                .statusCode(200)
                .body("outputs[0].error.detail", containsString("The image "))
                .body("outputs[1].embedding", hasSize(12))
                .body("outputs[2].error.detail", equalTo("This model takes texts, not a pair of texts."));
    }

    @Test
    void eventsAreTextsOrImages() throws IOException {
        for (String type : List.of("image/png", "text/plain")) {
            boolean image = type.startsWith("image");
            List<Float> vector = given().contentType(type)
                    .header("ce-specversion", "1.0")
                    .header("ce-id", type)
                    .header("ce-source", "/shop")
                    .header("ce-type", "dev.headroom.infer")
                    .header("ce-model", "clip")
                    .body(
                            image
                                    ? DualEncoders.image(IMAGE)
                                    : text("clip").input().getBytes())
                    .post("/")
                    .then()
                    .statusCode(200)
                    .extract()
                    .path("outputs[0].embedding");
            assertVector(image ? image("clip") : text("clip"), vector);
        }
    }

    @Test
    void openAisClientsSendPartsAsJinaAndVllmTakeThem() throws IOException {
        String host = config.references().allowedHosts().orElseThrow().getFirst();
        ValidatableResponse mixed = embeddings(Map.of(
                        "model",
                        "openai/clip-vit-base-patch32",
                        "input",
                        List.of(
                                Map.of("image", base64(IMAGE)),
                                Map.of("text", text("clip").input()),
                                text("clip").input(),
                                Map.of("type", "image_url", "image_url", Map.of("url", dataUrl(IMAGE))),
                                Map.of(
                                        "content",
                                        List.of(Map.of(
                                                "type",
                                                "text",
                                                "text",
                                                text("clip").input()))),
                                Map.of("image", "http://" + host + "/turned.png"))))
                .statusCode(200)
                .body("model", equalTo("openai/clip-vit-base-patch32"))
                .body("data", hasSize(6));
        for (int i = 0; i < 5; i++) {
            assertVector(
                    i % 3 == 0 ? image("clip") : text("clip"), mixed.extract().path("data[%d].embedding".formatted(i)));
        }
        for (Object content : List.of(
                text("clip").input(),
                List.of(Map.of("type", "text", "text", text("clip").input())),
                List.of(Map.of("type", "image_url", "image_url", Map.of("url", dataUrl(IMAGE)))),
                List.of(Map.of("type", "image_url", "image_url", dataUrl(IMAGE))))) {
            List<Float> vector = embeddings(
                            Map.of("model", "clip", "messages", List.of(Map.of("role", "user", "content", content))))
                    .statusCode(200)
                    .extract()
                    .path("data[0].embedding");
            assertVector(content.toString().contains("image_url") ? image("clip") : text("clip"), vector);
        }
        assertVector(
                image("clip"),
                embeddings(Map.of("model", "clip", "modality", "image", "input", List.of(dataUrl(IMAGE))))
                        .statusCode(200)
                        .extract()
                        .path("data[0].embedding"));
    }

    @Test
    void partsThatAreNotServedAreRefused() {
        Map<String, Object> refused = Map.of(
                "input[0].type is 'audio_url'; send a part of type text or image_url.",
                Map.of("type", "audio_url", "audio_url", "x"),
                "The field 'input[0].video' is not known; the fields are text, image.",
                Map.of("video", "x"),
                "input[0] has a text and an image; send one of them, or two elements.",
                Map.of("text", "x", "image", "x"),
                "input[0].text is missing; send a string.",
                Map.of());
        refused.forEach((message, part) -> embeddings(Map.of("model", "clip", "input", List.of(part)))
                .statusCode(400)
                .body("error.message", equalTo(message)));
        Object text = Map.of("type", "text", "text", "x");
        embeddings(Map.of("model", "clip", "messages", List.of(Map.of("role", "user", "content", List.of(text, text)))))
                .statusCode(400)
                .body(
                        "error.message",
                        equalTo(
                                "messages[0].content is an array of 2; send a text or an array of one part, because a vector is of one text or one image."));
        embeddings(Map.of("model", "words", "messages", List.of(Map.of("role", "user", "content", "good"))))
                .statusCode(400)
                .body("error.message", containsString("send input"));
        embeddings(Map.of("model", "words", "input", List.of(Map.of("image", "AAAA"))))
                .statusCode(400)
                .body("error.message", equalTo("This model takes texts, not an image."));
    }

    @Test
    void teisClientsSendTexts() throws IOException {
        assertVector(
                text("clip"),
                json(Map.of("model", "clip", "inputs", text("clip").input()))
                        .post("/embed")
                        .then()
                        .statusCode(200)
                        .extract()
                        .path("[0]"));
        given().get("/info?model=clip")
                .then()
                .statusCode(200)
                .body("model_id", equalTo("clip"))
                .body("max_input_length", equalTo(16));
    }

    @Test
    void everyGraphHasItsPlanItsMetricsAndItsNameInV2() {
        given().get("/plan?model=clip/image")
                .then()
                .statusCode(200)
                .body("model.name", equalTo("clip/image"))
                .body("names", contains("clip", "openai/clip-vit-base-patch32"))
                .body("remarks[0]", containsString("normalize: false"))
                .body("models", contains("clip/image", "clip/text", "siglip/image", "siglip/text", "words"));
        given().get("/plan?model=clip")
                .then()
                .statusCode(400)
                .body(
                        "detail",
                        equalTo(
                                "model 'clip' has two graphs, and each has a plan: ask for one of [clip/image, clip/text]."));
        given().get("/plan?model=people/words").then().statusCode(200).body("model.name", equalTo("words"));
        given().get("/v2/models/clip").then().statusCode(404).body("error", containsString("clip/text"));
        given().get("/v2/models/clip/ready").then().statusCode(200);
        json("").post("/v2/repository/index")
                .then()
                .body("name", hasItems("clip/text", "clip/image", "people/words", "w", "words"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"words", "w", "people/words", "people%2Fwords"})
    void v2TakesANameWithSlashesAsItIsOrEncoded(String name) {
        given().urlEncodingEnabled(false)
                .get("/v2/models/" + name)
                .then()
                .statusCode(200)
                .body("name", equalTo("words"));
        for (String versioned : List.of(name, name + "/versions/1")) {
            given().urlEncodingEnabled(false)
                    .get("/v2/models/" + versioned + "/ready")
                    .then()
                    .statusCode(200);
            json("""
                    {"inputs": [
                      {"name": "input_ids", "shape": [1, 1], "datatype": "INT64", "data": [4]}]}""")
                    .post("/v2/models/" + versioned + "/infer")
                    .then()
                    .statusCode(200)
                    .body("model_name", equalTo(name.replace("%2F", "/")));
        }
        given().urlEncodingEnabled(false)
                .get("/v1/models/" + name)
                .then()
                .statusCode(200)
                .body("id", equalTo(name.replace("%2F", "/")));
    }

    @ParameterizedTest
    @CsvSource({"people/nobody,404", "words/unknown,404"})
    void aPathOfNoModelIsUnknown(String name, int status) {
        given().get("/v2/models/" + name).then().statusCode(status);
        given().get("/v2/models/" + name + "/ready").then().statusCode(status);
    }

    @Test
    void aModelIsAskedForByEachOfItsNames() {
        for (String name : List.of("words", "w", "people/words")) {
            infer(name, List.of("good")).statusCode(200).body("model", equalTo(name));
            embeddings(Map.of("model", name, "input", "good")).statusCode(200).body("model", equalTo(name));
            json(Map.of("model", name, "inputs", "good")).post("/embed").then().statusCode(200);
        }
        infer("clip/text", List.of("a cat")).statusCode(200).body("outputs[0].embedding", hasSize(12));
        infer("nobody", List.of("good"))
                .statusCode(404)
                .body(
                        "detail",
                        equalTo(
                                "model 'nobody' is not served here; the models are: clip, openai/clip-vit-base-patch32, people/words, siglip, w, words."));
        given().get("/v1/models")
                .then()
                .body(
                        "data.id",
                        contains("clip", "openai/clip-vit-base-patch32", "people/words", "siglip", "w", "words"));
    }
}
