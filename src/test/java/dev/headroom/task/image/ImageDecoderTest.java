package dev.headroom.task.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Base64;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ImageDecoderTest {

    private static final String PLAIN_WEBP =
            "UklGRoAAAABXRUJQVlA4THQAAAAv28V2AQdQhCb0oP8BAEX6/58i+p/63//+97///e9///vf//73v//9"
                    + "73//+9///ve///3vf//73//+97///e9///vf//73v//973//+9///ve///3vf//73//+97///e9///vf"
                    + "//73v//973//+9///ve/dA==";

    private final ImageDecoder decoder = new ImageDecoder(new ImageLimits(1_000_000, 20 << 20));

    static List<String> files() {
        return PillowReferences.files();
    }

    /** Coding with loss leaves a decoder some freedom: how colours of half the resolution are spread. */
    private static int tolerance(String name) {
        return name.endsWith(".jpg") ? 6 : 0;
    }

    @ParameterizedTest
    @MethodSource("files")
    void everyFormatIsDecodedAsPillowDoes(String name) throws IOException {
        Picture expected = PillowReferences.decoded(name);
        Picture picture = decoder.decode(PillowReferences.file(name), Function.identity());
        assertEquals(expected.width() + " x " + expected.height(), picture.width() + " x " + picture.height());
        int most = PillowReferences.difference(expected, picture);
        assertTrue(most <= tolerance(name), name + " differs by " + most);
        double mean = PillowReferences.meanDifference(expected, picture);
        assertTrue(mean <= tolerance(name) / 4.0, name + " differs by " + mean + " in the mean");
    }

    /** 1,500 x 1,500 pixels of one colour, as cwebp -lossless writes them: none of them takes a bit. */
    @Test
    void aPictureOfOneColourIsDecoded() {
        byte[] file = Base64.getDecoder().decode(PLAIN_WEBP);
        Picture picture = new ImageDecoder(new ImageLimits(4_000_000, 50 << 20)).decode(file, Function.identity());
        assertEquals(1500 * 1500 * 3, picture.rgb().length);
        assertEquals(
                "9 8 7", picture.rgb()[6_749_997] + " " + picture.rgb()[6_749_998] + " " + picture.rgb()[6_749_999]);
    }
}
