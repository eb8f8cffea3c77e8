package dev.headroom.task.image;

import dev.headroom.model.image.PreprocessorConfig.Extent;
import dev.headroom.model.image.Resampling;
import java.util.Arrays;

/**
 * Resizes a picture bit by bit as Pillow does: rows first, then columns, by weights that widen where the picture
 * shrinks. Very high ones become lower first. Makes only a window of the result.
 */
final class Resizing {

    private static final int HALF = 1 << ResamplingWeights.BITS - 1;

    /** Pillow's ratio of height to width beyond which it takes columns first. */
    private static final int SLENDER = 100;

    private final Picture from;
    private final Window source;
    private final ResamplingWeights columns;
    private final ResamplingWeights rows;
    private final byte[][] ring;
    private int ready;

    private Resizing(Picture from, Window source, ResamplingWeights columns, ResamplingWeights rows) {
        this.from = from;
        this.source = source;
        this.columns = columns;
        this.rows = rows;
        this.ring = new byte[rows.most()][columns.count() * Picture.CHANNELS];
        this.ready = rows.count() == 0 ? 0 : rows.first(0);
    }

    /**
     * Resizes a picture.
     *
     * @param to the size of the whole result
     * @param window the part of the result that is made
     */
    static Picture resize(Picture from, Extent to, Window window, Resampling filter) {
        return resize(from, whole(from), to, window, filter);
    }

    /**
     * Resizes a part of a picture, as if there were no other.
     *
     * @param source the part
     * @param to the size of the whole result
     * @param window the part of the result that is made
     */
    static Picture resize(Picture from, Window source, Extent to, Window window, Resampling filter) {
        if (source.height() > SLENDER * source.width() && to.height() < source.height()) {
            Window rows = new Window(0, window.top(), source.width(), window.height());
            Picture lower = passes(from, source, new Extent(source.width(), to.height()), rows, filter);
            Window part = new Window(window.left(), 0, window.width(), window.height());
            return passes(lower, whole(lower), new Extent(to.width(), lower.height()), part, filter);
        }
        return passes(from, source, to, window, filter);
    }

    private static Window whole(Picture picture) {
        return new Window(0, 0, picture.width(), picture.height());
    }

    private static Picture passes(Picture from, Window source, Extent to, Window window, Resampling filter) {
        ResamplingWeights columns =
                ResamplingWeights.of(filter, source.width(), to.width(), window.left(), window.width());
        ResamplingWeights rows =
                ResamplingWeights.of(filter, source.height(), to.height(), window.top(), window.height());
        return new Resizing(from, source, columns, rows).picture();
    }

    /** A part of a picture, in pixels. */
    record Window(int left, int top, int width, int height) {}

    private Picture picture() {
        int width = columns.count();
        byte[] rgb = new byte[width * rows.count() * Picture.CHANNELS];
        int[] sums = new int[width * Picture.CHANNELS];
        for (int y = 0; y < rows.count(); y++) {
            prepareRows(rows.first(y) + rows.length(y));
            sum(y, sums);
            for (int i = 0, at = y * sums.length; i < sums.length; i++, at++) {
                rgb[at] = clamped(sums[i]);
            }
        }
        return new Picture(width, rows.count(), rgb);
    }

    private void prepareRows(int end) {
        for (; ready < end; ready++) {
            resizeRow(ready, ring[ready % ring.length]);
        }
    }

    private void resizeRow(int y, byte[] into) {
        byte[] rgb = from.rgb();
        int row = (source.top() + y) * from.width() + source.left();
        for (int x = 0, at = 0; x < columns.count(); x++, at += Picture.CHANNELS) {
            int red = HALF;
            int green = HALF;
            int blue = HALF;
            int pixel = (row + columns.first(x)) * Picture.CHANNELS;
            int weight = columns.at(x);
            for (int end = weight + columns.length(x); weight < end; weight++, pixel += Picture.CHANNELS) {
                int by = columns.values()[weight];
                red += (rgb[pixel] & 0xFF) * by;
                green += (rgb[pixel + 1] & 0xFF) * by;
                blue += (rgb[pixel + 2] & 0xFF) * by;
            }
            into[at] = clamped(red);
            into[at + 1] = clamped(green);
            into[at + 2] = clamped(blue);
        }
    }

    private void sum(int y, int[] sums) {
        Arrays.fill(sums, HALF);
        for (int k = 0; k < rows.length(y); k++) {
            byte[] row = ring[(rows.first(y) + k) % ring.length];
            int by = rows.values()[rows.at(y) + k];
            for (int i = 0; i < sums.length; i++) {
                sums[i] += (row[i] & 0xFF) * by;
            }
        }
    }

    private static byte clamped(int sum) {
        return (byte) Math.max(0, Math.min(255, sum >> ResamplingWeights.BITS));
    }
}
