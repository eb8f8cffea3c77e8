package dev.headroom.task.image;

import dev.headroom.task.image.EncodedImage.Colours;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.awt.image.IndexColorModel;
import java.awt.image.PixelInterleavedSampleModel;
import java.awt.image.Raster;
import java.util.Arrays;

/**
 * Turns decoded images of all layouts into red, green and blue of 8 bits each, as Pillow's convert("RGB") does: samples
 * as stored, without transparency. Java2D would convert grey by its brightness instead.
 */
final class Pixels {

    private static final int MOST = 255;

    private Pixels() {}

    static Picture picture(BufferedImage image) {
        Raster raster = image.getRaster();
        if (image.getColorModel() instanceof IndexColorModel palette) {
            return ofPalette(raster, palette);
        }
        boolean bytes = raster.getSampleModel() instanceof PixelInterleavedSampleModel
                && raster.getDataBuffer() instanceof DataBufferByte
                && raster.getSampleModelTranslateX() == 0
                && raster.getSampleModelTranslateY() == 0;
        return bytes ? ofBytes(raster) : ofSamples(raster);
    }

    /** The common case; three bytes a pixel are reordered in place. */
    private static Picture ofBytes(Raster raster) {
        PixelInterleavedSampleModel layout = (PixelInterleavedSampleModel) raster.getSampleModel();
        byte[] data = ((DataBufferByte) raster.getDataBuffer()).getData();
        int[] offsets = offsets(layout.getBandOffsets());
        int step = layout.getPixelStride();
        int width = raster.getWidth();
        int pixels = width * raster.getHeight();
        boolean dense = layout.getScanlineStride() == width * step && data.length == pixels * step;
        byte[] rgb = dense && step == Picture.CHANNELS ? data : new byte[pixels * Picture.CHANNELS];
        for (int y = 0, at = 0; y < raster.getHeight(); y++) {
            int from = y * layout.getScanlineStride();
            for (int x = 0; x < width; x++, from += step, at += Picture.CHANNELS) {
                byte red = data[from + offsets[0]];
                byte green = data[from + offsets[1]];
                byte blue = data[from + offsets[2]];
                rgb[at] = red;
                rgb[at + 1] = green;
                rgb[at + 2] = blue;
            }
        }
        return new Picture(width, raster.getHeight(), rgb);
    }

    /** The places of the colours; grey counts as all three. */
    private static int[] offsets(int[] bands) {
        return bands.length < Picture.CHANNELS ? new int[] {bands[0], bands[0], bands[0]} : bands;
    }

    private static Picture ofPalette(Raster raster, IndexColorModel palette) {
        int[] mapped = new int[palette.getMapSize()];
        palette.getRGBs(mapped);
        int[] colours = Arrays.copyOf(mapped, 1 << palette.getPixelSize());
        return rows(raster, (samples, x, rgb, at) -> {
            int colour = colours[samples[x]];
            rgb[at] = (byte) (colour >> 16);
            rgb[at + 1] = (byte) (colour >> 8);
            rgb[at + 2] = (byte) colour;
        });
    }

    private static Picture ofSamples(Raster raster) {
        int bands = raster.getNumBands();
        int[] offsets = offsets(bands < Picture.CHANNELS ? new int[1] : new int[] {0, 1, 2});
        int[] bits = raster.getSampleModel().getSampleSize();
        return rows(raster, (samples, x, rgb, at) -> {
            for (int c = 0; c < Picture.CHANNELS; c++) {
                rgb[at + c] = eightBits(samples[x * bands + offsets[c]], bits[offsets[c]]);
            }
        });
    }

    private static byte eightBits(int sample, int bits) {
        return (byte) (bits >= Byte.SIZE ? sample >> bits - Byte.SIZE : sample * MOST / ((1 << bits) - 1));
    }

    /** The picture of inks, without a profile. */
    static Picture ofInks(Raster raster, Colours colours) {
        return rows(raster, (samples, x, rgb, at) -> {
            int ink = 4 * x;
            if (colours == Colours.YCCK) {
                toInks(samples, ink);
            }
            for (int c = 0; c < Picture.CHANNELS; c++) {
                rgb[at + c] = (byte) ((samples[ink + c] * samples[ink + 3] + MOST / 2) / MOST);
            }
        });
    }

    private static void toInks(int[] samples, int at) {
        int brightness = samples[at];
        int blueness = samples[at + 1] - 128;
        int redness = samples[at + 2] - 128;
        samples[at] = MOST - clamped(brightness + 1.402 * redness);
        samples[at + 1] = MOST - clamped(brightness - 0.344136 * blueness - 0.714136 * redness);
        samples[at + 2] = MOST - clamped(brightness + 1.772 * blueness);
    }

    private static int clamped(double value) {
        return (int) Math.max(0, Math.min(MOST, Math.round(value)));
    }

    /** Writes a pixel's three bytes. */
    private interface Pixel {

        void write(int[] samples, int x, byte[] rgb, int at);
    }

    private static Picture rows(Raster raster, Pixel pixel) {
        int width = raster.getWidth();
        byte[] rgb = new byte[width * raster.getHeight() * Picture.CHANNELS];
        int[] samples = new int[width * raster.getNumBands()];
        for (int y = 0, at = 0; y < raster.getHeight(); y++) {
            raster.getPixels(raster.getMinX(), raster.getMinY() + y, width, 1, samples);
            for (int x = 0; x < width; x++, at += Picture.CHANNELS) {
                pixel.write(samples, x, rgb, at);
            }
        }
        return new Picture(width, raster.getHeight(), rgb);
    }
}
