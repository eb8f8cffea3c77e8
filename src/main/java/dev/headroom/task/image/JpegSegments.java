package dev.headroom.task.image;

import dev.headroom.task.image.EncodedImage.Coding;
import dev.headroom.task.image.EncodedImage.Colours;
import dev.headroom.task.image.EncodedImage.Size;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Reads a JPEG's segments. Keeps those of its pixels, and drops profiles, thumbnails and comments. Adds an Adobe marker
 * that tells the colour coding as libjpeg determines it, because the JDK's reader guesses differently.
 */
final class JpegSegments {

    /** The most scans: each costs as much as a whole picture, however few bytes it has. */
    private static final int MOST_SCANS = 100;

    /** The scans that files of any size may have: libjpeg makes 10 for three colours, and 18 for inks. */
    private static final int USUAL_SCANS = 20;

    /** The most pixels of all scans of a file with more scans. */
    private static final long MOST_SCANNED_PIXELS = 80_000_000;

    private static final int START = 0xD8;
    private static final int END = 0xD9;
    private static final int SCAN = 0xDA;
    private static final int PROGRESSIVE = 0xC2;
    private static final int INKS = 4;

    /** Adobe's marker without its last byte. */
    private static final byte[] ADOBE = {(byte) 0xFF, (byte) 0xEE, 0, 14, 'A', 'd', 'o', 'b', 'e', 0, 100, 0, 0, 0, 0};

    private final ByteBuffer file;
    private final KeptParts kept;
    private Frame frame;
    private int scans;
    private int orientation;
    private boolean jfif;
    private int adobeTransform = -1;

    /** A file that begins as a JPEG does. */
    JpegSegments(ByteBuffer file) {
        this.file = file.position(2);
        this.kept = new KeptParts(file.array());
    }

    /** The frame's header. */
    private record Frame(Size size, byte[] components, boolean progressive) {}

    EncodedImage image() {
        int marker = marker();
        while (marker != END) {
            marker = segment(marker);
        }
        if (frame == null || scans == 0) {
            throw new BrokenImageException("is a broken or cut off JPEG; send it whole");
        }
        checkScans();
        return new EncodedImage(frame.size(), Math.max(1, orientation), coding(), this::rebuilt);
    }

    private void checkScans() {
        long most = Math.clamp(MOST_SCANNED_PIXELS / frame.size().pixels(), USUAL_SCANS, MOST_SCANS);
        if (scans > most) {
            throw new BrokenImageException("is a JPEG of more than %d scans; send a baseline one".formatted(most));
        }
    }

    /**
     * The coding: a picture of three colours is not copied, and a progressive one's coefficients are held all at once.
     */
    private Coding coding() {
        int components = frame.components().length;
        int bytes = Picture.CHANNELS
                + (components == Picture.CHANNELS ? 0 : components)
                + (frame.progressive() ? components * Short.BYTES : 0);
        if (components != INKS) {
            return new Coding(Colours.SCREEN, bytes, Coding.PASSES_BESIDE_SCANS + scans);
        }
        return new Coding(transform() == 0 ? Colours.CMYK : Colours.YCCK, bytes, Coding.PASSES_BESIDE_SCANS + scans);
    }

    private int marker() {
        if (u8() != 0xFF) {
            throw new BrokenImageException("is a broken JPEG; send it whole");
        }
        int marker = u8();
        while (marker == 0xFF) {
            marker = u8();
        }
        return marker;
    }

    /** Reads a segment and the marker after it. */
    private int segment(int marker) {
        if (marker == START || marker == 1 || marker >= 0xD0 && marker <= 0xD7) {
            return marker();
        }
        int length = Short.toUnsignedInt(file.getShort(file.position()));
        ByteBuffer content = file.slice(file.position() + Short.BYTES, length - Short.BYTES);
        switch (marker) {
            case 0xE0 -> jfif |= starts(content, "JFIF\0");
            case 0xE1 -> orient(content);
            case 0xEE -> adobeTransform = starts(content, "Adobe") && length >= 14 ? content.get(11) : adobeTransform;
            case 0xC4, 0xDB, 0xDD, SCAN -> keep(length);
            default -> other(marker, length, content);
        }
        file.position(file.position() + length);
        return marker == SCAN ? afterScan() : marker();
    }

    private void other(int marker, int length, ByteBuffer content) {
        if (marker < 0xC0 || marker > 0xCF) {
            return;
        }
        if (frame != null) {
            throw new BrokenImageException("is a JPEG of several frames; send one of a single frame");
        }
        if (marker > PROGRESSIVE || content.get(0) != 8) {
            throw new BrokenImageException(
                    "is a JPEG with arithmetic coding, without loss or of 12 bits; send a baseline or progressive one");
        }
        byte[] components = new byte[content.get(5)];
        for (int i = 0; i < components.length; i++) {
            components[i] = content.get(6 + 3 * i);
        }
        Size size = new Size(Short.toUnsignedInt(content.getShort(3)), Short.toUnsignedInt(content.getShort(1)));
        frame = new Frame(size, components, marker == PROGRESSIVE);
        keep(length);
    }

    /**
     * Keeps a scan's coded pixels. A baseline file may end with them; the decoder then finds out if pixels are missing.
     */
    private int afterScan() {
        scans++;
        byte[] bytes = file.array();
        int from = file.position();
        int at = from;
        while (at + 1 < bytes.length && !endsScan(bytes[at], bytes[at + 1])) {
            at++;
        }
        boolean ends = at + 1 >= bytes.length;
        if (ends && frame != null && frame.progressive()) {
            throw new BrokenImageException("is a cut off JPEG; send it whole");
        }
        kept.keep(from, (ends ? bytes.length : at) - from);
        file.position(ends ? bytes.length : at);
        return ends ? END : marker();
    }

    private static boolean endsScan(byte first, byte second) {
        int marker = Byte.toUnsignedInt(second);
        return first == (byte) 0xFF && marker != 0 && marker != 0xFF && (marker < 0xD0 || marker > 0xD7);
    }

    private void orient(ByteBuffer content) {
        if (orientation == 0 && ExifOrientation.isExif(content)) {
            orientation = ExifOrientation.of(content);
        }
    }

    /** Keeps a segment with its marker. */
    private void keep(int length) {
        kept.keep(file.position() - 2, 2 + length);
    }

    private byte[] rebuilt() {
        byte[] start = {(byte) 0xFF, (byte) START};
        byte[] marked = ByteBuffer.allocate(start.length + ADOBE.length + 1)
                .put(start)
                .put(ADOBE)
                .put((byte) transform())
                .array();
        return kept.joined(frame.components().length > 1 ? marked : start, new byte[] {(byte) 0xFF, (byte) END});
    }

    /** Adobe's number: 0 for RGB and CMYK, 1 for YCbCr, 2 for YCCK. */
    private int transform() {
        byte[] ids = frame.components();
        if (ids.length == INKS) {
            return adobeTransform > 0 ? 2 : 0;
        }
        if (jfif) {
            return 1;
        }
        boolean rgb = adobeTransform < 0 ? ids[0] == 'R' && ids[1] == 'G' : adobeTransform == 0;
        return rgb ? 0 : 1;
    }

    private static boolean starts(ByteBuffer content, String text) {
        byte[] start = text.getBytes(StandardCharsets.ISO_8859_1);
        return content.remaining() >= start.length
                && content.slice(0, start.length).equals(ByteBuffer.wrap(start));
    }

    private int u8() {
        return Byte.toUnsignedInt(file.get());
    }
}
