package dev.headroom.task.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever the bytes are: a picture, or the one exception that says what is wrong with them. */
class BrokenImageTest {

    private static final int FLIPS = 300;

    private final ImageDecoder decoder = new ImageDecoder(new ImageLimits(100_000, 4 << 20));

    static List<String> files() {
        return PillowReferences.files();
    }

    /** An animation without its later frames is as good as whole. */
    static List<String> stills() {
        return files().stream().filter(name -> !name.startsWith("animated")).toList();
    }

    private boolean decodes(byte[] file) {
        try {
            decoder.decode(file, Function.identity());
            return true;
        } catch (RequestFailedException e) {
            assertTrue(
                    e.failure() instanceof Failure.Invalid || e.failure() instanceof Failure.TooLarge,
                    () -> "failed as " + e.failure());
            assertTrue(
                    e.failure().detail().startsWith("The image "), e.failure().detail());
            return false;
        }
    }

    /** The last bytes of a file end it, and tell nothing of the picture. */
    @ParameterizedTest
    @MethodSource("stills")
    void aFileThatIsCutOffIsRefused(String name) throws IOException {
        byte[] file = PillowReferences.file(name);
        int needed = file.length;
        for (int length = file.length - 1; length >= 0; length--) {
            if (decodes(Arrays.copyOf(file, length))) {
                assertEquals(needed, length + 1, () -> "a picture again, after it was refused");
                needed = length;
            }
        }
        assertTrue(needed > file.length / 3, name + " is whole with " + needed + " bytes");
    }

    @ParameterizedTest
    @MethodSource("files")
    void bytesThatAreWrongGiveAPictureOrAFailure(String name) throws IOException {
        byte[] file = PillowReferences.file(name);
        Random random = new Random(name.hashCode());
        for (int i = 0; i < FLIPS; i++) {
            byte[] broken = file.clone();
            for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
                broken[random.nextInt(broken.length)] = (byte) random.nextInt(256);
            }
            decodes(broken);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    hello                | The image is no JPEG, PNG, GIF, WebP or BMP image
                    ''                   | The image is no JPEG, PNG, GIF, WebP or BMP image
                    <svg xmlns='x'>      | The image is a SVG file
                    %PDF-1.7             | The image is a PDF file
                    II*0                 | The image is a TIFF file
                    ----ftypavif----     | The image is a AVIF file
                    ----ftypheic----     | The image is a HEIC file
                    """)
    void otherFormatsAreNamed(String start, String message) {
        byte[] file = start.replace("II*0", "II*\0").getBytes(StandardCharsets.ISO_8859_1);
        RequestFailedException e =
                assertThrows(RequestFailedException.class, () -> decoder.decode(file, Function.identity()));
        assertInstanceOf(Failure.Invalid.class, e.failure());
        assertTrue(e.failure().detail().startsWith(message), e.failure().detail());
        assertTrue(e.failure().detail().endsWith("; send a JPEG, PNG, GIF, WebP or BMP image."));
    }

    @Test
    void memoryIsGivenBackByWhatFails() throws IOException {
        byte[] broken = PillowReferences.file("rgb.png");
        broken[60] ^= 1;
        ImageDecoder small = new ImageDecoder(new ImageLimits(1000, 4096));
        for (int i = 0; i < 3; i++) {
            assertThrows(RequestFailedException.class, () -> small.decode(broken, Function.identity()));
        }
        assertEquals(26, small.decode(PillowReferences.file("rgb.png"), Picture::width));
    }
}
