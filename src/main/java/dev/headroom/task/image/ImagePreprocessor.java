package dev.headroom.task.image;

import dev.headroom.model.image.PreprocessorConfig;
import dev.headroom.model.image.PreprocessorConfig.Extent;
import dev.headroom.model.image.PreprocessorConfig.PixelValues;
import dev.headroom.model.image.PreprocessorConfig.Resize;
import dev.headroom.task.image.Resizing.Window;
import dev.headroom.tensor.Datatype;
import dev.headroom.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Arrays;

/** Turns pictures into tensors [3, height, width], scaled, cropped and normalised as the model's training images. */
public final class ImagePreprocessor {

    private static final int BYTES = 256;

    private final PreprocessorConfig config;
    private final Extent output;

    /** The number for each byte, for each plane of the tensor. */
    private final float[][] numbers;

    /** A preprocessor for all threads. */
    public ImagePreprocessor(PreprocessorConfig config) {
        this.config = config;
        this.output = config.output();
        this.numbers = numbers(config.values());
    }

    private static float[][] numbers(PixelValues values) {
        float[][] numbers = new float[Picture.CHANNELS][BYTES];
        for (int c = 0; c < Picture.CHANNELS; c++) {
            for (int b = 0; b < BYTES; b++) {
                numbers[c][b] = (b * values.scale() - values.mean().of(c))
                        / values.deviation().of(c);
            }
        }
        return numbers;
    }

    /** The picture's tensor. */
    public Tensor tensor(Picture picture) {
        Extent whole = scaled(picture);
        boolean fromLeft = config.resize().orElse(null) instanceof Resize.Line;
        Axis columns = fromLeft ? Axis.start(whole.width()) : Axis.middle(whole.width(), output.width());
        Axis rows = fromLeft ? Axis.start(whole.height()) : Axis.middle(whole.height(), output.height());
        Window window = new Window(columns.from(), rows.from(), columns.length(), rows.length());
        Picture part = Resizing.resize(picture, source(picture), whole, window, config.resampling());
        ByteBuffer data = Tensor.buffer(Picture.CHANNELS * output.width() * output.height() * Float.BYTES);
        for (int c = 0; c < Picture.CHANNELS; c++) {
            float[] plane = plane(part, c, columns.into(), rows.into(), fromLeft ? 0 : numbers[c][0]);
            FloatBuffer floats = data.asFloatBuffer();
            floats.put((config.values().blueFirst() ? Picture.CHANNELS - 1 - c : c) * plane.length, plane);
        }
        return new Tensor(Datatype.FP32, new long[] {Picture.CHANNELS, output.height(), output.width()}, data);
    }

    /** The part of the picture that is scaled. */
    private Window source(Picture picture) {
        int width = picture.width();
        int height = picture.height();
        if (config.resize().orElse(null) instanceof Resize.CroppedFirst(double across, double down, Extent size)) {
            int edge = Math.min(width, height);
            Axis columns = Axis.middle(width, Math.max((int) (across * edge), 1));
            Axis rows = Axis.middle(height, Math.max((int) (down * edge), 1));
            return new Window(columns.from(), rows.from(), columns.length(), rows.length());
        }
        return new Window(0, 0, width, height);
    }

    /** The size of the whole picture once it is scaled. */
    private Extent scaled(Picture picture) {
        Extent stored = new Extent(picture.width(), picture.height());
        return config.resize()
                .map(kind -> switch (kind) {
                    case Resize.Exact exact -> exact.size();
                    case Resize.CroppedFirst cropped -> cropped.size();
                    case Resize.ShortestEdge edge -> byShortestEdge(edge.pixels(), stored);
                    case Resize.Line line -> asLine(line.size(), stored);
                })
                .orElse(stored);
    }

    private static Extent byShortestEdge(int edge, Extent stored) {
        return stored.width() <= stored.height()
                ? new Extent(edge, longest(edge, stored.height(), stored.width()))
                : new Extent(longest(edge, stored.width(), stored.height()), edge);
    }

    private static int longest(int edge, int longer, int shorter) {
        return (int) ((double) ((long) edge * longer) / shorter);
    }

    private static Extent asLine(Extent most, Extent stored) {
        double width = Math.ceil((double) most.height() * stored.width() / stored.height());
        return new Extent((int) Math.min(width, most.width()), most.height());
    }

    private float[] plane(Picture part, int colour, int left, int top, float around) {
        float[] plane = new float[output.width() * output.height()];
        if (part.rgb().length < plane.length * Picture.CHANNELS) {
            Arrays.fill(plane, around);
        }
        for (int y = 0; y < part.height(); y++) {
            int at = (top + y) * output.width() + left;
            int from = y * part.width() * Picture.CHANNELS + colour;
            for (int x = 0; x < part.width(); x++, from += Picture.CHANNELS) {
                plane[at + x] = numbers[colour][part.rgb()[from] & 0xFF];
            }
        }
        return plane;
    }

    /**
     * The part of an edge that is copied.
     *
     * @param from its first pixel in the scaled picture
     * @param into its first pixel in the tensor
     * @param length its pixels
     */
    private record Axis(int from, int into, int length) {

        static Axis start(int size) {
            return new Axis(0, 0, size);
        }

        /** The middle of the picture; or the middle of the tensor for a smaller picture, rounded up. */
        static Axis middle(int size, int kept) {
            return size >= kept ? new Axis((size - kept) / 2, 0, kept) : new Axis(0, (kept - size + 1) / 2, size);
        }
    }
}
