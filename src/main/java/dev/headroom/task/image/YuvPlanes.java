package dev.headroom.task.image;

import dev.headroom.task.image.EncodedImage.Size;
import java.util.EnumMap;
import java.util.Map;

/** A picture as its brightness, and two colours for each four pixels. Converts it bit by bit as libwebp does. */
final class YuvPlanes {

    private final Size size;
    private final Map<Kind, Plane> planes = new EnumMap<>(Kind.class);

    /** A picture without content. */
    YuvPlanes(Size size) {
        this.size = size;
        Size quarter = new Size((size.width() + 1) / 2, (size.height() + 1) / 2);
        planes.put(Kind.BRIGHTNESS, new Plane(size, new byte[(int) size.pixels()]));
        planes.put(Kind.BLUENESS, new Plane(quarter, new byte[(int) quarter.pixels()]));
        planes.put(Kind.REDNESS, new Plane(quarter, new byte[(int) quarter.pixels()]));
    }

    /** The samples of a picture; the colours have half its width and height. */
    enum Kind {
        BRIGHTNESS('Y'),
        BLUENESS('U'),
        REDNESS('V');

        final char letter;

        Kind(char letter) {
            this.letter = letter;
        }
    }

    /** The samples of one kind. */
    private record Plane(Size size, byte[] samples) {

        int at(int x, int y) {
            return samples[y * size.width() + x] & 0xFF;
        }
    }

    /**
     * Sets four by four samples, as far as they lie in the picture.
     *
     * @param samples the samples by column and row
     */
    void set(Kind kind, int left, int top, int[][] samples) {
        Plane plane = planes.get(kind);
        int width = Math.min(samples.length, plane.size.width() - left);
        int height = Math.min(samples[0].length, plane.size.height() - top);
        for (int x = 0; x < width; x++) {
            for (int y = 0; y < height; y++) {
                plane.samples[(top + y) * plane.size.width() + left + x] = (byte) samples[x][y];
            }
        }
    }

    /** The picture with the colours blended between neighbours. */
    Picture picture() {
        Plane brightness = planes.get(Kind.BRIGHTNESS);
        Plane blueness = planes.get(Kind.BLUENESS);
        Plane redness = planes.get(Kind.REDNESS);
        byte[] rgb = new byte[(int) size.pixels() * Picture.CHANNELS];
        int lastRow = (size.height() - 1) / 2;
        for (int y = 0, at = 0; y < size.height(); y++) {
            int near = y / 2;
            int far = Math.clamp(near + (y % 2 == 0 ? -1 : 1), 0, lastRow);
            for (int x = 0; x < size.width(); x++, at++) {
                int bright = brightness.at(x, y);
                write(rgb, at, bright, blended(blueness, near, far, x), blended(redness, near, far, x));
            }
        }
        return new Picture(size.width(), size.height(), rgb);
    }

    /**
     * A colour at a column, of four samples: 9 parts of the nearest, 3 of each beside it, and 1 of the farthest, rounded
     * as libwebp rounds. At the left and right edges only two samples count.
     *
     * @param near the row of the nearer samples
     * @param far the row of the farther samples
     */
    private static int blended(Plane plane, int near, int far, int x) {
        int column = x / 2;
        int beside = column + (x % 2 == 0 ? -1 : 1);
        int nearest = plane.at(column, near);
        int below = plane.at(column, far);
        if (beside < 0 || beside >= plane.size.width()) {
            return 3 * nearest + below + 2 >> 2;
        }
        int side = plane.at(beside, near);
        int farthest = plane.at(beside, far);
        int diagonal = nearest + side + below + farthest + 8 + 2 * (side + below) >> 3;
        return diagonal + nearest >> 1;
    }

    private static void write(byte[] rgb, int at, int brightness, int blue, int red) {
        int bright = brightness * 19_077 >> 8;
        rgb[3 * at] = clamped(bright + (red * 26_149 >> 8) - 14_234);
        rgb[3 * at + 1] = clamped(bright - (blue * 6_419 >> 8) - (red * 13_320 >> 8) + 8_708);
        rgb[3 * at + 2] = clamped(bright + (blue * 33_050 >> 8) - 17_685);
    }

    /** The colour of a sum with six bits behind the point. */
    private static byte clamped(int sum) {
        return (byte) Math.clamp(sum >> 6, 0, 255);
    }
}
