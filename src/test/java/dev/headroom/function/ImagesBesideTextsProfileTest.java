package dev.headroom.function;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.serving.Pipelines;
import dev.headroom.session.WordModels;
import dev.headroom.task.HeldDecoders;
import dev.headroom.task.image.ImageFiles;
import dev.headroom.task.image.TextLines;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import jakarta.inject.Inject;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A model of images and one of texts in one process; the test holds the decoders. */
@QuarkusTest
@TestProfile(ImagesBesideTextsProfileTest.ImagesAndTexts.class)
@Timeout(120)
class ImagesBesideTextsProfileTest {

    private static final int IMAGES = 6;

    @Inject
    Pipelines pipelines;

    public static final class ImagesAndTexts implements QuarkusTestProfile {

        @Override
        public Map<String, String> getConfigOverrides() {
            try {
                Path models = Files.createTempDirectory("models");
                TextLines.writeModel(models.resolve("text-direction"));
                WordModels.embedder(models.resolve("embedder"));
                return Map.of("headroom.models", models.toString());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Six megapixels in ten scans. */
    private static byte[] progressive() throws IOException {
        BufferedImage image = new BufferedImage(3000, 2000, BufferedImage.TYPE_3BYTE_BGR);
        return ImageFiles.of(image, "jpeg", true);
    }

    private static RequestSpecification image(String id, byte[] file) {
        return given().contentType("image/jpeg")
                .header("ce-specversion", "1.0")
                .header("ce-id", id)
                .header("ce-source", "/camera")
                .header("ce-type", "dev.headroom.infer")
                .header("ce-model", "text-direction")
                .body(file);
    }

    @Test
    void textsAreAnsweredAndLateImagesRefusedWhileImagesStandInLine() throws IOException {
        byte[] file = progressive();
        try (var callers = Executors.newVirtualThreadPerTaskExecutor();
                HeldDecoders held = HeldDecoders.of(
                        pipelines.named(Optional.of("text-direction")).graph())) {
            List<CompletableFuture<Response>> images = Stream.iterate(0, i -> i + 1)
                    .limit(IMAGES)
                    .map(i -> CompletableFuture.supplyAsync(
                            () -> image("image " + i, file).post("/"), callers))
                    .toList();
            held.awaitWaiting(IMAGES);
            given().contentType("application/json")
                    .body(Map.of("model", "embedder", "inputs", "river"))
                    .post("/infer")
                    .then()
                    .statusCode(200);
            image("late", file)
                    .header("Headroom-Deadline-Ms", 1)
                    .post("/")
                    .then()
                    .statusCode(429)
                    .header("Retry-After", Integer::parseInt, greaterThan(0))
                    .header("Headroom-Error", containsString("decoded before them"));
            assertTrue(images.stream().noneMatch(CompletableFuture::isDone));
            held.letGo();
            images.forEach(answer -> answer.join().then().statusCode(equalTo(200)));
        }
    }
}
