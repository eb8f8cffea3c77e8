package dev.headroom.model.image;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The settings of preprocessor_config.json, for models whose images all have one size.
 *
 * @param resize the way to scale an image; empty: not at all
 * @param resampling the filter that scales it
 * @param crop the part of the middle that is kept, with zeros around it where the image is smaller; empty: all
 * @param values the conversion of bytes into numbers
 */
public record PreprocessorConfig(
        Optional<Resize> resize, Resampling resampling, Optional<Extent> crop, PixelValues values) {

    /** A width and a height, in pixels. */
    public record Extent(int width, int height) {}

    /** The way to scale an image. */
    public sealed interface Resize {

        /** Scales to this size, whatever the proportions. */
        record Exact(Extent size) implements Resize {}

        /** Scales in proportion, until the shorter edge has this length. */
        record ShortestEdge(int pixels) implements Resize {}

        /**
         * Cuts the middle out before it scales.
         *
         * @param width the width of the middle as a share of the shorter edge
         * @param height its height, as a share of the same
         * @param size the size to which it is scaled
         */
        record CroppedFirst(double width, double height, Extent size) implements Resize {}

        /**
         * Scales for models of text lines: to the height, and in proportion to at most the width. The rest of the
         * tensor, at the right, is 0.
         */
        record Line(Extent size) implements Resize {}
    }

    /**
     * The conversion of a byte into a number: (byte x scale - mean) / deviation.
     *
     * @param scale mostly 1/255
     * @param mean for red, green and blue
     * @param deviation for red, green and blue
     * @param blueFirst true if the first of the three planes is blue
     */
    public record PixelValues(float scale, Channels mean, Channels deviation, boolean blueFirst) {}

    /** A number for each colour. */
    public record Channels(float red, float green, float blue) {

        static Channels all(float value) {
            return new Channels(value, value, value);
        }

        Channels plus(float more) {
            return new Channels(red + more, green + more, blue + more);
        }

        Channels squared() {
            return new Channels(red * red, green * green, blue * blue);
        }

        /** The number of a colour: 0 is red, 1 green, 2 blue. */
        public float of(int colour) {
            return switch (colour) {
                case 0 -> red;
                case 1 -> green;
                default -> blue;
            };
        }
    }

    /**
     * Reads preprocessor_config.json, or what a processor_config.json beside it says instead.
     *
     * @param remarks takes a sentence for each thing that the folder leaves open
     * @throws BrokenModelException when it cannot be read, holds a value that is not served, or leaves the size of the
     *     tensors open
     */
    public static PreprocessorConfig read(Path file, List<String> remarks) {
        PreprocessorJson json = new PreprocessorJson(file);
        remarks.addAll(json.remarks());
        return json.config();
    }

    /** Width and height of every tensor. */
    public Extent output() {
        return crop.or(() -> resize.map(kind -> switch (kind) {
                    case Resize.Exact exact -> exact.size();
                    case Resize.CroppedFirst cropped -> cropped.size();
                    case Resize.Line line -> line.size();
                    case Resize.ShortestEdge edge -> new Extent(edge.pixels(), edge.pixels());
                }))
                .orElseThrow();
    }
}
