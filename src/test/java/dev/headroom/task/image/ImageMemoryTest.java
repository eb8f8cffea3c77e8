package dev.headroom.task.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

/** What decoding takes of the memory that is set aside, and for how long. */
class ImageMemoryTest {

    /** Of one of the images here at a time. */
    private final ImageDecoder one = new ImageDecoder(new ImageLimits(1000, 6 << 10));

    private static byte[] file() throws IOException {
        return PillowReferences.file("rgb.png");
    }

    private static Thread.State settled(Thread thread) {
        while (thread.getState() != Thread.State.WAITING && thread.isAlive()) {
            Thread.onSpinWait();
        }
        return thread.getState();
    }

    @Test
    void isHeldWhileAPictureIsUsed() throws Exception {
        byte[] file = file();
        FutureTask<Integer> other = new FutureTask<>(() -> one.decode(file, Picture::width));
        Thread thread = new Thread(other);
        Thread.State meanwhile = one.decode(file, picture -> {
            thread.start();
            return settled(thread);
        });
        assertEquals(Thread.State.WAITING, meanwhile);
        assertEquals(26, other.get());
    }

    @Test
    void thatUseFindsTooSmallIsTooLarge() throws IOException {
        byte[] file = file();
        for (int i = 0; i < 3; i++) {
            RequestFailedException e = assertThrows(
                    RequestFailedException.class,
                    () -> one.decode(file, picture -> {
                        throw new OutOfMemoryError("as the heap's end throws it");
                    }));
            assertInstanceOf(Failure.TooLarge.class, e.failure());
        }
    }

    @Test
    void isGivenBackByAUseThatFailsAsItDoes() throws IOException {
        byte[] file = file();
        for (int i = 0; i < 3; i++) {
            assertThrows(
                    IllegalStateException.class,
                    () -> one.decode(file, picture -> {
                        throw new IllegalStateException("of our own");
                    }));
        }
        assertEquals(26, one.decode(file, Picture::width));
    }

    /** Two bytes for each of four coefficients, four inks, and three colours. */
    @Test
    void ofProgressiveInksIsMoreThanOfColours() throws IOException {
        byte[] file = PillowReferences.file("cmyk.jpg");
        int frame = 2;
        while (file[frame + 1] != (byte) 0xC0) {
            frame += 2 + ByteBuffer.wrap(file).getShort(frame + 2);
        }
        file[frame + 1] = (byte) 0xC2;
        EncodedImage image = new JpegSegments(ByteBuffer.wrap(file)).image();
        assertEquals(8 + 4 + 3, image.coding().bytesPerPixel());
    }
}
