package dev.headroom.task.image;

import dev.headroom.model.image.PreprocessorConfig.Extent;
import dev.headroom.model.image.Resampling;
import java.util.Arrays;

/**
 * Resizes a picture bit by bit as Pillow does: rows first, then columns, by weights that widen where the picture
 * shrinks. Very high ones become lower first. Makes only a window of the result.
 */
final class Resizing {

    /** Pillow's number of bits in a weight, with which weighted sums of bytes fit into an int. */
    private static final int WEIGHT_BITS = 22;

    private static final int HALF = 1 << WEIGHT_BITS - 1;

    /** Pillow's ratio of height to width beyond which it takes columns first. */
    private static final int SLENDER = 100;

    private final Picture from;
    private final Window source;
    private final Weights columns;
    private final Weights rows;
    private final byte[][] ring;
    private int ready;

    private Resizing(Picture from, Window source, Weights columns, Weights rows) {
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
        Weights columns = Weights.of(filter, source.width(), to.width(), window.left(), window.width());
        Weights rows = Weights.of(filter, source.height(), to.height(), window.top(), window.height());
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
        return (byte) Math.max(0, Math.min(255, sum >> WEIGHT_BITS));
    }

    /**
     * The pixels that make each pixel of the result, along one edge.
     *
     * @param starts the first of them, for each pixel of the result
     * @param lengths their number
     * @param most the largest number
     * @param values their weights, {@code most} for each pixel of the result
     */
    private record Weights(int[] starts, int[] lengths, int most, int[] values) {

        static Weights of(Resampling filter, int size, int newSize, int start, int count) {
            double scale = (double) size / newSize;
            if (filter == Resampling.NEAREST || size == newSize) {
                return nearest(scale, size, start, count);
            }
            double widened = Math.max(scale, 1);
            double support = filter.support() * widened;
            int most = (int) Math.ceil(support) * 2 + 1;
            Weights weights = new Weights(new int[count], new int[count], most, new int[count * most]);
            for (int i = 0; i < count; i++) {
                double centre = (start + i + 0.5) * scale;
                int first = Math.max((int) (centre - support + 0.5), 0);
                int end = Math.min((int) (centre + support + 0.5), size);
                weights.set(i, first, exact(filter, first - centre + 0.5, end - first, widened));
            }
            return weights;
        }

        /** Adds the places up as Pillow does, whose rounding decides between two pixels where one lies on their edge. */
        private static Weights nearest(double scale, int size, int start, int count) {
            Weights weights = new Weights(new int[count], new int[count], 1, new int[count]);
            double centre = scale * 0.5;
            for (int i = 0; i < start + count; i++, centre += scale) {
                if (i >= start) {
                    weights.set(i - start, Math.min((int) centre, size - 1), new double[] {1});
                }
            }
            return weights;
        }

        private static double[] exact(Resampling filter, double from, int length, double widened) {
            double[] weights = new double[length];
            double sum = 0;
            for (int k = 0; k < length; k++) {
                weights[k] = filter.weight((from + k) * (1 / widened));
                sum += weights[k];
            }
            for (int k = 0; k < length && sum != 0; k++) {
                weights[k] /= sum;
            }
            return weights;
        }

        private void set(int i, int first, double[] exact) {
            starts[i] = first;
            lengths[i] = exact.length;
            for (int k = 0; k < exact.length; k++) {
                double weight = exact[k] * (1 << WEIGHT_BITS);
                values[i * most + k] = (int) (weight < 0 ? weight - 0.5 : weight + 0.5);
            }
        }

        int count() {
            return starts.length;
        }

        int first(int i) {
            return starts[i];
        }

        int length(int i) {
            return lengths[i];
        }

        int at(int i) {
            return i * most;
        }
    }
}
