package dev.headroom.task.image;

/**
 * Decoded pixels.
 *
 * @param width in pixels
 * @param height in pixels
 * @param rgb red, green and blue of each pixel, row by row from the top
 */
public record Picture(int width, int height, byte[] rgb) {

    /** Bytes of a pixel. */
    static final int CHANNELS = 3;

    /** The picture turned and mirrored upright, by EXIF's orientation. */
    Picture upright(int orientation) {
        int last = width * height - 1;
        return switch (orientation) {
            case 2 -> walked(false, width - 1, -1, width);
            case 3 -> walked(false, last, -1, -width);
            case 4 -> walked(false, last - width + 1, 1, -width);
            case 5 -> walked(true, 0, width, 1);
            case 6 -> walked(true, last - width + 1, -width, 1);
            case 7 -> walked(true, last, -width, -1);
            case 8 -> walked(true, width - 1, width, -1);
            default -> this;
        };
    }

    /**
     * The same pixels in another order.
     *
     * @param turned true if rows become columns
     * @param first the pixel that becomes the first
     * @param right the distance in pixels to the next of the same row
     * @param down the distance in pixels to the next of the same column
     */
    private Picture walked(boolean turned, int first, int right, int down) {
        int columns = turned ? height : width;
        int rows = turned ? width : height;
        byte[] pixels = new byte[rgb.length];
        int at = 0;
        for (int y = 0; y < rows; y++) {
            int from = (first + y * down) * CHANNELS;
            for (int x = 0; x < columns; x++, from += right * CHANNELS) {
                pixels[at++] = rgb[from];
                pixels[at++] = rgb[from + 1];
                pixels[at++] = rgb[from + 2];
            }
        }
        return new Picture(columns, rows, pixels);
    }
}
