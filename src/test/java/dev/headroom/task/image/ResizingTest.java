package dev.headroom.task.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.headroom.model.image.PreprocessorConfig.Extent;
import dev.headroom.model.image.Resampling;
import dev.headroom.task.image.PillowReferences.Resized;
import dev.headroom.task.image.Resizing.Window;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class ResizingTest {

    private static final Picture SOURCE = PillowReferences.source();

    static List<Resized> resized() {
        return PillowReferences.resized();
    }

    private static Picture resized(Extent size, Window window, Resampling filter) {
        return Resizing.resize(SOURCE, size, window, filter);
    }

    @ParameterizedTest
    @MethodSource("resized")
    void theResultIsPillowsToTheBit(Resized expected) {
        Extent size = new Extent(expected.picture().width(), expected.picture().height());
        Picture picture =
                resized(size, new Window(0, 0, size.width(), size.height()), Resampling.values()[expected.filter()]);
        assertEquals(0, PillowReferences.difference(expected.picture(), picture));
    }

    /** The centres lie on an edge but for rounding: (6 + 0.5) x 224 / 52 = 28. */
    @ParameterizedTest
    @CsvSource({"52, 6, 27", "52, 19, 83", "27, 13, 111", "27, 14, 120"})
    void theNearestPixelOnAnEdgeIsPillows(int width, int x, int pixel) {
        byte[] ramp = new byte[224 * Picture.CHANNELS];
        for (int i = 0; i < ramp.length; i++) {
            ramp[i] = (byte) (i / Picture.CHANNELS);
        }
        Picture one = Resizing.resize(
                new Picture(224, 1, ramp), new Extent(width, 1), new Window(x, 0, 1, 1), Resampling.NEAREST);
        assertEquals(pixel, one.rgb()[0] & 0xFF);
    }

    /** The expected bytes are those of Pillow 12.3, whose height and width are scaled in the other order here. */
    @Test
    void aPictureMoreThanAHundredTimesAsHighAsWideIsPillowsToTheBit() {
        byte[] rgb = new byte[2 * 202 * Picture.CHANNELS];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) (i * i / 7 * 53 + i * 31);
        }
        Picture picture =
                Resizing.resize(new Picture(2, 202, rgb), new Extent(5, 7), new Window(1, 2, 3, 4), Resampling.BICUBIC);
        assertEquals(
                "7c786f76787570787b70859675858c7985827b7d8d80818b84858981857684887b868a80",
                HexFormat.of().formatHex(picture.rgb()));
    }

    @ParameterizedTest
    @EnumSource
    void aWindowIsThatPartOfTheWhole(Resampling filter) {
        Extent size = new Extent(30, 60);
        Picture whole = resized(size, new Window(0, 0, 30, 60), filter);
        Picture part = resized(size, new Window(7, 11, 3, 40), filter);
        byte[] expected = new byte[part.rgb().length];
        for (int y = 0; y < 40; y++) {
            System.arraycopy(whole.rgb(), ((y + 11) * 30 + 7) * 3, expected, y * 9, 9);
        }
        assertArrayEquals(expected, part.rgb());
    }
}
