package dev.headroom.task.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class DecodingPaceTest {

    private final DecodingPace pace = new DecodingPace();

    private Duration megapixel(ImageFormat format) {
        return pace.estimate(format, 4_000_000);
    }

    @Test
    void isGuessedUntilAnImageWasDecoded() {
        assertEquals(Duration.ofMillis(40), megapixel(ImageFormat.PNG));
        assertEquals(Duration.ofMillis(40), pace.usual());
        pace.took(ImageFormat.WEBP, 400_000_000, Duration.ofSeconds(40).toNanos());
        assertEquals(Duration.ofMillis(40), megapixel(ImageFormat.PNG), "the other format's");
    }

    @Test
    void followsTheLastImagesOfAFormat() {
        for (int i = 0; i < 100; i++) {
            pace.took(ImageFormat.JPEG, 4_000_000, Duration.ofMillis(8).toNanos());
        }
        assertEquals(8, megapixel(ImageFormat.JPEG).toMillis());
        assertEquals(8, pace.usual().toMillis());
        assertEquals(80, pace.estimate(ImageFormat.JPEG, 40_000_000).toMillis());
    }

    @Test
    void isLearnedOfLargeImagesRatherThanOfSmallOnes() {
        pace.took(ImageFormat.JPEG, 500_000_000, Duration.ofSeconds(1).toNanos());
        for (int i = 0; i < 10; i++) {
            pace.took(ImageFormat.JPEG, 50_000, Duration.ofMillis(10).toNanos());
        }
        assertTrue(megapixel(ImageFormat.JPEG).toMillis() < 12, pace.toString());
    }

    @Test
    void followsPixelsAndScans() throws IOException {
        ImageDecoder decoder = new ImageDecoder(new ImageLimits(1_000_000, 1 << 26));
        Duration baseline = decoder.estimate(PillowReferences.file("baseline.jpg"));
        Duration progressive = decoder.estimate(PillowReferences.file("progressive.jpg"));
        assertTrue(progressive.compareTo(baseline) > 0, progressive + " " + baseline);
    }

    @Test
    void isNothingWhereTheImageIsRefused() throws IOException {
        byte[] png = PillowReferences.file("rgb.png");
        assertTrue(
                new ImageDecoder(new ImageLimits(1000, 1 << 26)).estimate(png).isPositive());
        assertEquals(Duration.ZERO, new ImageDecoder(new ImageLimits(10, 1 << 26)).estimate(png), "of too many pixels");
        assertEquals(Duration.ZERO, new ImageDecoder(new ImageLimits(1000, 1 << 26)).estimate(new byte[] {1, 2}));
    }

    @Test
    void isLearnedWhenAnImageIsDecoded() throws IOException {
        ImageDecoder decoder = new ImageDecoder(new ImageLimits(1000, 1 << 26));
        byte[] png = PillowReferences.file("rgb.png");
        Duration guess = decoder.usualEstimate();
        decoder.decode(png, Picture::width);
        assertTrue(!decoder.usualEstimate().equals(guess));
    }
}
