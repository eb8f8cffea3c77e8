package dev.headroom.task.image;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.headroom.model.image.PreprocessorConfig;
import dev.headroom.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A real model of images, PaddleOCR's for the direction of a line of text, from the file's bytes to its answer. */
class TextDirectionTest {

    private static OrtSession session;
    private static ImagePreprocessor preprocessor;
    private final ImageDecoder decoder = new ImageDecoder(new ImageLimits(1_000_000, 20 << 20));

    @BeforeAll
    static void open(@TempDir Path folder) throws OrtException, IOException {
        Path config = folder.resolve("preprocessor_config.json");
        Files.writeString(config, TextLines.CONFIG);
        preprocessor = new ImagePreprocessor(PreprocessorConfig.read(config, new ArrayList<>()));
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(1);
            session = OrtEnvironment.getEnvironment().createSession(TextLines.MODEL.toString(), options);
        }
    }

    @AfterAll
    static void close() throws OrtException {
        session.close();
    }

    /** How likely the model finds that the line is turned by 180 degrees. */
    private static float turned(Picture picture) throws OrtException {
        Tensor tensor = preprocessor.tensor(picture);
        String input = session.getInputNames().iterator().next();
        try (OnnxTensor batch = OnnxTensor.createTensor(
                        OrtEnvironment.getEnvironment(), tensor.floats(), new long[] {1, 3, 48, 192});
                OrtSession.Result result = session.run(Map.of(input, batch))) {
            return ((float[][]) result.get(0).getValue())[0][1];
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"jpg", "png", "bmp"})
    void aLineIsToldFromOneThatIsTurned(String format) throws IOException, OrtException {
        for (String text : new String[] {"TAP4", "PARTY", "FLY74", "REPEAT17", "ALERT", "VALLEY", "TELEPATRE"}) {
            float upright = turned(decoder.decode(TextLines.line(text, false, format), Function.identity()));
            float upsideDown = turned(decoder.decode(TextLines.line(text, true, format), Function.identity()));
            assertEquals(
                    "upright, turned",
                    word(upright) + ", " + word(upsideDown),
                    text + " " + upright + " " + upsideDown);
        }
    }

    private static String word(float turned) {
        return turned > 0.5 ? "turned" : "upright";
    }

    @Test
    void aLineThatExifSaysIsTurnedIsUpright() throws IOException, OrtException {
        Picture stored = decoder.decode(TextLines.line("PARTY", true, "png"), Function.identity());
        assertEquals("turned", word(turned(stored)));
        assertEquals("upright", word(turned(stored.upright(3))));
    }
}
