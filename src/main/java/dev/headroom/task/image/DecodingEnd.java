package dev.headroom.task.image;

import java.util.function.BooleanSupplier;
import javax.imageio.ImageReader;
import javax.imageio.event.IIOReadProgressListener;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.ImageInputStreamImpl;

/**
 * Ends a decoder's work once nobody waits for the picture: while it reads its file, as a progressive JPEG's does for
 * most of its time, or while it writes the picture.
 *
 * @param over whether nobody waits for it any more
 */
record DecodingEnd(BooleanSupplier over) implements IIOReadProgressListener {

    /**
     * Asks whether somebody waits.
     *
     * @throws BrokenImageException when nobody does
     */
    void check() {
        if (over.getAsBoolean()) {
            throw new BrokenImageException("is not waited for any more");
        }
    }

    /** The file as a stream. */
    ImageInputStream stream(byte[] file) {
        return new ImageInputStreamImpl() {
            @Override
            public int read() {
                bitOffset = 0;
                return streamPos < file.length ? Byte.toUnsignedInt(file[(int) streamPos++]) : -1;
            }

            @Override
            public int read(byte[] into, int offset, int length) {
                check();
                bitOffset = 0;
                int read = (int) Math.min(length, file.length - streamPos);
                if (read <= 0) {
                    return length == 0 ? 0 : -1;
                }
                System.arraycopy(file, (int) streamPos, into, offset, read);
                streamPos += read;
                return read;
            }

            @Override
            public long length() {
                return file.length;
            }
        };
    }

    @Override
    public void imageProgress(ImageReader source, float percentageDone) {
        check();
    }

    @Override
    public void imageStarted(ImageReader source, int imageIndex) {
        check();
    }

    @Override
    public void imageComplete(ImageReader source) {}

    @Override
    public void sequenceStarted(ImageReader source, int minIndex) {}

    @Override
    public void sequenceComplete(ImageReader source) {}

    @Override
    public void thumbnailStarted(ImageReader source, int imageIndex, int thumbnailIndex) {}

    @Override
    public void thumbnailProgress(ImageReader source, float percentageDone) {}

    @Override
    public void thumbnailComplete(ImageReader source) {}

    @Override
    public void readAborted(ImageReader source) {}
}
