package dev.headroom.task.image;

import java.util.function.BooleanSupplier;
import javax.imageio.ImageReader;
import javax.imageio.event.IIOReadProgressListener;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.ImageInputStreamImpl;

/**
 * Ends a decoder's work once the picture is no longer wanted: while it reads the file, which takes most of the time for
 * a progressive JPEG, or while it writes the picture.
 *
 * @param over true once the picture is no longer wanted
 */
record DecodingEnd(BooleanSupplier over) implements IIOReadProgressListener {

    /**
     * Checks that the picture is still wanted.
     *
     * @throws BrokenImageException when it is not
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
