package dev.headroom.task.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;

/** Small files that claim, or hold, far more than they should cost. */
class ImageBombTest {

    private static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};

    private final ImageDecoder decoder = new ImageDecoder(new ImageLimits(40_000_000, 400 << 20));

    private Failure failure(byte[] file) {
        return costless(() ->
                        assertThrows(RequestFailedException.class, () -> decoder.decode(file, Function.identity())))
                .failure();
    }

    /** Fails where a decode takes more memory than ten megabytes, held or not. */
    private static <T> T costless(Supplier<T> decode) {
        com.sun.management.ThreadMXBean threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        T result = decode.get();
        long bytes = threads.getCurrentThreadAllocatedBytes() - before;
        assertTrue(bytes < 10 << 20, bytes + " bytes");
        return result;
    }

    private static byte[] chunk(String type, byte[] content) {
        byte[] name = type.getBytes(StandardCharsets.US_ASCII);
        CRC32 sum = new CRC32();
        sum.update(name);
        sum.update(content);
        return ByteBuffer.allocate(12 + content.length)
                .putInt(content.length)
                .put(name)
                .put(content)
                .putInt((int) sum.getValue())
                .array();
    }

    private static byte[] header(int width, int height) {
        byte[] grey = {8, 0, 0, 0, 0};
        return chunk(
                "IHDR",
                ByteBuffer.allocate(13).putInt(width).putInt(height).put(grey).array());
    }

    private static byte[] zeros(int length) {
        Deflater deflater = new Deflater(9);
        deflater.setInput(new byte[length]);
        deflater.finish();
        byte[] deflated = new byte[length / 500 + 100];
        int bytes = deflater.deflate(deflated);
        deflater.end();
        return Arrays.copyOf(deflated, bytes);
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    private static byte[] end() {
        return chunk("IEND", new byte[0]);
    }

    @Test
    void aPngOfBillionsOfPixels() {
        byte[] file = joined(PNG, header(60_000, 60_000), chunk("IDAT", zeros(1 << 20)), end());
        Failure failure = failure(file);
        assertInstanceOf(Failure.TooLarge.class, failure);
        assertEquals(
                "The image has 60000 x 60000 pixels, and at most 40,000,000 are taken, on an edge at most 65,535; send it smaller, or raise headroom.input.max-pixels.",
                failure.detail());
    }

    @Test
    void aPngOfMorePixelsThanAnArrayHolds() {
        ImageDecoder boundless = new ImageDecoder(new ImageLimits(Long.MAX_VALUE, Long.MAX_VALUE));
        byte[] file = joined(PNG, header(60_000, 60_000), chunk("IDAT", new byte[2 << 20]), end());
        String problem = assertThrows(RequestFailedException.class, () -> boundless.decode(file, Function.identity()))
                .failure()
                .detail();
        assertTrue(problem.contains("60000 x 60000 pixels, and at most 715,827,879 are taken"), problem);
    }

    @Test
    void aPngOfTwoHeaders() {
        byte[] small = header(10, 10);
        byte[] pixels = chunk("IDAT", zeros(110));
        String problem = "The image is a broken PNG: it does not begin with its one header; send it whole.";
        assertEquals(
                problem,
                failure(joined(PNG, header(60_000, 60_000), small, pixels, end()))
                        .detail());
        assertEquals(problem, failure(joined(PNG, pixels, small, pixels, end())).detail());
    }

    @Test
    void aPngThatIsOneLine() {
        assertInstanceOf(
                Failure.TooLarge.class,
                failure(joined(PNG, header(10_000_000, 1), chunk("IDAT", zeros(10_000_001)), end())));
    }

    @Test
    void aPngThatIsAllowedButForItsFewBytes() {
        byte[] file = joined(PNG, header(6000, 6000), chunk("IDAT", zeros(1 << 10)), end());
        assertInstanceOf(Failure.TooLarge.class, failure(file));
    }

    @Test
    void aPngWhosePixelsGoOnAfterTheLast() {
        byte[] file = joined(PNG, header(10, 10), chunk("IDAT", zeros(30 << 20)), end());
        assertEquals(
                10, costless(() -> decoder.decode(file, Function.identity())).width());
    }

    @Test
    void aPngWithTextAndProfilesThatAreNeverInflated() {
        byte[] name = "bomb\0\0".getBytes(StandardCharsets.US_ASCII);
        byte[] text = chunk("zTXt", joined(name, zeros(30 << 20)));
        byte[] profile = chunk("iCCP", joined(name, zeros(30 << 20)));
        byte[] file = joined(PNG, header(10, 10), text, profile, chunk("IDAT", zeros(110)), text, end());
        assertEquals(
                10, costless(() -> decoder.decode(file, Function.identity())).width());
    }

    @Test
    void aWebpOfTheLargestSize() throws IOException {
        byte[] lossy = PillowReferences.file("lossy.webp");
        ByteBuffer.wrap(lossy)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putShort(26, (short) 0x3FFF)
                .putShort(28, (short) 0x3FFF);
        assertInstanceOf(Failure.TooLarge.class, failure(lossy));
        byte[] lossless = PillowReferences.file("lossless.webp");
        ByteBuffer.wrap(lossless).order(ByteOrder.LITTLE_ENDIAN).putInt(21, 0x0FFF_FFFF);
        assertInstanceOf(Failure.TooLarge.class, failure(lossless));
    }

    private static byte[] webp(byte[]... chunks) {
        byte[] chunk = joined(chunks);
        return ByteBuffer.allocate(12 + chunk.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put("RIFF".getBytes(StandardCharsets.US_ASCII))
                .putInt(4 + chunk.length)
                .put("WEBP".getBytes(StandardCharsets.US_ASCII))
                .put(chunk)
                .array();
    }

    private static byte[] webpChunk(String type, int length, int bytes) {
        return ByteBuffer.allocate(8 + bytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(type.getBytes(StandardCharsets.US_ASCII))
                .putInt(length)
                .array();
    }

    @Test
    void aWebpOfAChunkThatEndsWhereItBegins() {
        for (String type : new String[] {"what", "ANMF"}) {
            byte[] file = webp(webpChunk(type, -8, 0));
            Failure failure = assertTimeoutPreemptively(Duration.ofSeconds(60), () -> failure(file));
            assertEquals("The image is a broken WebP; send it whole.", failure.detail());
        }
    }

    @Test
    void aWebpOfFramesWithinFrames() {
        byte[][] frames = new byte[20_000][];
        for (int i = 0; i < frames.length; i++) {
            frames[i] = webpChunk("ANMF", 24 * (frames.length - i) - 8, 16);
        }
        assertEquals(
                "The image is a WebP without a picture; send it whole.",
                failure(webp(frames)).detail());
    }

    /** Numbers, each in so many bits, the lowest first, as a lossless WebP of 4 x 4 pixels. */
    private static byte[] losslessWebp(int... numbersAndBits) {
        byte[] file = new byte[20_000];
        ByteBuffer.wrap(file)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put("RIFF\0\0\0\0WEBPVP8L".getBytes(StandardCharsets.US_ASCII))
                .putInt(file.length - 20)
                .put((byte) 0x2F)
                .putInt(3 | 3 << 14)
                .putInt(4, file.length - 8);
        int bit = 25 * Byte.SIZE;
        for (int i = 0; i < numbersAndBits.length; i += 2) {
            for (int b = 0; b < numbersAndBits[i + 1]; b++, bit++) {
                file[bit / Byte.SIZE] |= (byte) ((numbersAndBits[i] >> b & 1) << bit % Byte.SIZE);
            }
        }
        return file;
    }

    @Test
    void aWebpOfTensOfThousandsOfTables() {
        int only = 0b101;
        byte[] file = losslessWebp(
                0, 1, 0, 1, 1, 1, 0, 3, 0, 1, only, 3, 255, 8, only, 3, 255, 8, only, 3, 0, 8, only, 3, 0, 8, only, 3,
                0, 8);
        assertEquals(
                "The image is a WebP of 65,536 groups of code tables, and at most 4,096 are read; send it as PNG.",
                failure(file).detail());
    }

    @Test
    void aWebpThatRepeatsATransform() {
        int[] one = {1, 1, 2, 2};
        int[] twice = {one[0], one[1], one[2], one[3], one[0], one[1], one[2], one[3]};
        assertEquals(
                "The image is a broken WebP; send it whole.",
                failure(losslessWebp(twice)).detail());
    }

    @Test
    void aGifWithAHugeScreen() throws IOException {
        byte[] file = PillowReferences.file("palette.gif");
        ByteBuffer.wrap(file).putInt(6, -1);
        assertInstanceOf(Failure.TooLarge.class, failure(file));
    }

    @Test
    void aGifOfThousandsOfFramesIsItsFirst() throws IOException {
        byte[] file = PillowReferences.file("palette.gif");
        byte[] trailing = new byte[4 << 20];
        Arrays.fill(trailing, (byte) ',');
        byte[] longer = joined(Arrays.copyOf(file, file.length - 1), trailing);
        assertEquals(
                26, costless(() -> decoder.decode(longer, Function.identity())).width());
    }

    /** A progressive JPEG of so many scans more. */
    private static byte[] scanned(int more) throws IOException {
        byte[] file = PillowReferences.file("progressive.jpg");
        int at = file.length - 2;
        byte[] scan = {(byte) 0xFF, (byte) 0xDA, 0, 8, 1, 1, 0, 1, 1, 0};
        byte[][] parts = new byte[more + 2][];
        Arrays.fill(parts, scan);
        parts[0] = Arrays.copyOf(file, at);
        parts[more + 1] = Arrays.copyOfRange(file, at, file.length);
        return joined(parts);
    }

    private static byte[] sized(byte[] jpeg, int edge) {
        int frame = 2;
        while (jpeg[frame + 1] != (byte) 0xC0 && jpeg[frame + 1] != (byte) 0xC2) {
            frame += 2 + ByteBuffer.wrap(jpeg).getShort(frame + 2);
        }
        ByteBuffer.wrap(jpeg).putShort(frame + 5, (short) edge).putShort(frame + 7, (short) edge);
        return jpeg;
    }

    @Test
    void aJpegOfThousandsOfScans() throws IOException {
        assertEquals(
                "The image is a JPEG of more than 100 scans; send a baseline one.",
                failure(scanned(1000)).detail());
    }

    @Test
    void aLargeJpegOfMoreScansThanEncodersMake() throws IOException {
        assertEquals(
                "The image is a JPEG of more than 20 scans; send a baseline one.",
                failure(sized(scanned(20), 6000)).detail());
        assertEquals(
                "The image is a JPEG of more than 80 scans; send a baseline one.",
                failure(sized(scanned(80), 1000)).detail());
    }

    @Test
    void aLargeJpegOfAsManyScansAsEncodersMakeIsTaken() throws IOException {
        assertEquals(
                6000,
                new JpegSegments(ByteBuffer.wrap(sized(scanned(8), 6000)))
                        .image()
                        .size()
                        .width());
    }

    @Test
    void aJpegOfMegabytesIsCopiedOnce() throws IOException {
        byte[] file = PillowReferences.file("baseline.jpg");
        int at = file.length - 2;
        byte[] longer = joined(Arrays.copyOf(file, at), new byte[6 << 20], Arrays.copyOfRange(file, at, file.length));
        assertEquals(
                26, costless(() -> decoder.decode(longer, Function.identity())).width());
    }

    @Test
    void aJpegOfTensOfThousandsOfPieces() throws IOException {
        byte[] file = PillowReferences.file("baseline.jpg");
        byte[] pieces = new byte[10 * 20_000];
        byte[] kept = {(byte) 0xFF, (byte) 0xDD, 0, 4, 0, 0};
        byte[] dropped = {(byte) 0xFF, (byte) 0xFE, 0, 2};
        for (ByteBuffer all = ByteBuffer.wrap(pieces);
                all.hasRemaining();
                all.put(kept).put(dropped)) {}
        byte[] whole = joined(Arrays.copyOf(file, 2), pieces, Arrays.copyOfRange(file, 2, file.length));
        assertEquals(
                "The image is in more than 10,000 pieces; save it anew.",
                failure(whole).detail());
    }

    @Test
    void aBmpThatClaimsMoreThanItHolds() throws IOException {
        byte[] file = PillowReferences.file("rgb.bmp");
        ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putInt(22, 20_000);
        assertInstanceOf(Failure.Invalid.class, failure(file));
    }

    @Test
    void whatNeedsMoreMemoryThanIsSetAsideIsTooLarge() throws IOException {
        ImageDecoder small = new ImageDecoder(new ImageLimits(1_000_000, 2048));
        byte[] file = PillowReferences.file("rgba.png");
        Failure failure = assertThrows(RequestFailedException.class, () -> small.decode(file, Function.identity()))
                .failure();
        assertInstanceOf(Failure.TooLarge.class, failure);
    }
}
