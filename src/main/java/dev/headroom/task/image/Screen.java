package dev.headroom.task.image;

import dev.headroom.task.image.EncodedImage.Size;

/**
 * The screen on which a file draws its frame.
 *
 * @param size its size, in which the frame lies
 * @param frame the frame's size
 * @param left the columns to the left of the frame
 * @param top the rows above the frame
 * @param colour red, green and blue of what the frame leaves free, from the highest of three bytes to the lowest
 */
record Screen(Size size, Size frame, int left, int top, int colour) {

    /** A frame that fills its screen. */
    static Screen of(Size size) {
        return new Screen(size, size, 0, 0, 0);
    }

    /** True if the frame leaves a part of the screen free. */
    boolean shows() {
        return !size.equals(frame);
    }

    /** The screen with the frame on it. */
    Picture draw(Picture picture) {
        if (!shows()) {
            return picture;
        }
        byte[] rgb = new byte[(int) size.pixels() * Picture.CHANNELS];
        for (int i = 0; colour != 0 && i < rgb.length; i++) {
            rgb[i] = (byte) (colour >> Byte.SIZE * (2 - i % Picture.CHANNELS));
        }
        int row = frame.width() * Picture.CHANNELS;
        for (int y = 0; y < frame.height(); y++) {
            int into = ((top + y) * size.width() + left) * Picture.CHANNELS;
            System.arraycopy(picture.rgb(), y * row, rgb, into, row);
        }
        return new Picture(size.width(), size.height(), rgb);
    }
}
