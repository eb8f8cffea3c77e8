package dev.headroom.task.image;

import com.twelvemonkeys.imageio.plugins.webp.vp8.VP8Frame;
import dev.headroom.task.image.EncodedImage.Size;
import java.awt.Point;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.PixelInterleavedSampleModel;
import java.awt.image.WritableRaster;
import java.io.IOException;
import javax.imageio.stream.ImageInputStream;

/**
 * Decodes a lossy WebP by TwelveMonkeys, except for its last steps. That decoder writes a block before the filter of the
 * block below has smoothed its edge, and gives one colour to four pixels. Here each block is taken once it is smooth,
 * and colours are blended as libwebp, and so Pillow, blends them.
 */
final class LossyWebp {

    private static final int BLOCK = 16;

    private LossyWebp() {}

    /**
     * Decodes the picture.
     *
     * @param stream the file, at the start of the picture's bytes
     */
    static Picture decode(ImageInputStream stream, Size size, DecodingEnd end) throws IOException {
        VP8Frame frame = new VP8Frame(stream, false);
        frame.setProgressListener(end);
        Blocks blocks = new Blocks(frame, size);
        if (!frame.decode(blocks, null)) {
            throw new BrokenImageException("is a broken WebP; send it whole");
        }
        return blocks.planes.picture();
    }

    /** Takes the blocks that are done whenever the decoder writes the first pixel of another; keeps no pixel itself. */
    private static final class Blocks extends WritableRaster {

        private final VP8Frame frame;
        private final YuvPlanes planes;

        Blocks(VP8Frame frame, Size size) {
            super(
                    new PixelInterleavedSampleModel(
                            DataBuffer.TYPE_BYTE, size.width(), size.height(), 1, size.width(), new int[1]),
                    new DataBufferByte(1),
                    new Point());
            this.frame = frame;
            this.planes = new YuvPlanes(size);
        }

        /** The filter of a block reaches into the one before it and into the one above, which then is done; so is the last. */
        @Override
        public void setDataElements(int x, int y, Object colour) {
            if (x % BLOCK == 0 && y % BLOCK == 0) {
                take(x / BLOCK - 1, y / BLOCK);
                take(x / BLOCK, y / BLOCK - 1);
            }
            if (x == width - 1 && y == height - 1) {
                take(x / BLOCK, y / BLOCK);
            }
        }

        private void take(int column, int row) {
            if (column < 0 || row < 0) {
                return;
            }
            for (YuvPlanes.Kind kind : YuvPlanes.Kind.values()) {
                int parts = kind == YuvPlanes.Kind.BRIGHTNESS ? 4 : 2;
                for (int i = 0; i < parts * parts; i++) {
                    int[][] samples = Vp8Samples.of(kind, frame, column, row, i % parts, i / parts);
                    planes.set(kind, 4 * (column * parts + i % parts), 4 * (row * parts + i / parts), samples);
                }
            }
        }
    }
}
