package dev.headroom.task.image;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Frames lie on their screens, and colours are blended, bit by bit as in Pillow; src/test/python/frames.py asked it. */
class FrameTest {

    static Stream<Named<JsonNode>> files() throws IOException {
        return new ObjectMapper()
                .readTree(PillowReferences.FOLDER.resolve("frames.json").toFile())
                .get("files")
                .propertyStream()
                .map(one -> Named.of(one.getKey(), one.getValue()));
    }

    @ParameterizedTest
    @MethodSource("files")
    void everyFileIsDecodedAsPillowDoes(JsonNode expected) throws IOException {
        Picture picture = new ImageDecoder(new ImageLimits(1_000_000, 20 << 20))
                .decode(expected.get("file").binaryValue(), Function.identity());
        Picture pillow = new Picture(
                expected.get("width").intValue(),
                expected.get("height").intValue(),
                expected.get("rgb").binaryValue());
        assertEquals(pillow.width() + " x " + pillow.height(), picture.width() + " x " + picture.height());
        assertEquals(0, PillowReferences.difference(pillow, picture));
    }
}
