package dev.headroom.task.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.Color;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExifOrientationTest {

    private final ImageDecoder decoder = new ImageDecoder(new ImageLimits(1_000_000, 20 << 20));

    private static byte[] exif(int orientation, ByteOrder order) {
        return ByteBuffer.allocate(26)
                .order(order)
                .put((order == ByteOrder.BIG_ENDIAN ? "MM" : "II").getBytes(StandardCharsets.US_ASCII))
                .putShort((short) 42)
                .putInt(8)
                .putShort((short) 1)
                .putShort((short) 0x0112)
                .putShort((short) 3)
                .putInt(1)
                .putShort((short) orientation)
                .array();
    }

    private static byte[] jpeg(byte[] exif) throws IOException {
        byte[] file = PillowReferences.file("baseline.jpg");
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        whole.write(file, 0, 2);
        whole.writeBytes(new byte[] {(byte) 0xFF, (byte) 0xE1, 0, (byte) (8 + exif.length)});
        whole.writeBytes("Exif\0\0".getBytes(StandardCharsets.US_ASCII));
        whole.writeBytes(exif);
        whole.write(file, 2, file.length - 2);
        return whole.toByteArray();
    }

    private static int at(Picture picture, int x, int y) {
        int i = (y * picture.width() + x) * 3;
        return new Color(picture.rgb()[i] & 0xFF, picture.rgb()[i + 1] & 0xFF, picture.rgb()[i + 2] & 0xFF).getRGB();
    }

    /** Where the stored picture's left top and right top corners are seen, as EXIF's table has it. */
    @ParameterizedTest
    @CsvSource({
        "1, left top, right top",
        "2, right top, left top",
        "3, right bottom, left bottom",
        "4, left bottom, right bottom",
        "5, left top, left bottom",
        "6, right top, right bottom",
        "7, right bottom, right top",
        "8, left bottom, left top"
    })
    void eachOrientationPutsTheCornersWhereTheyBelong(int orientation, String leftTop, String rightTop)
            throws IOException {
        Picture stored = decoder.decode(PillowReferences.file("baseline.jpg"), Function.identity());
        ByteOrder order = orientation % 2 == 0 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
        Picture seen = decoder.decode(jpeg(exif(orientation, order)), Function.identity());
        assertEquals(orientation > 4 ? stored.height() : stored.width(), seen.width());
        assertEquals(at(stored, 0, 0), corner(seen, leftTop));
        assertEquals(at(stored, stored.width() - 1, 0), corner(seen, rightTop));
        assertEquals(stored.rgb().length, seen.rgb().length);
    }

    private static int corner(Picture picture, String name) {
        return at(
                picture,
                name.startsWith("left") ? 0 : picture.width() - 1,
                name.endsWith("top") ? 0 : picture.height() - 1);
    }

    @Test
    void pngAndWebpAreTurnedToo() throws IOException {
        byte[] exif = exif(6, ByteOrder.BIG_ENDIAN);
        byte[] png = PillowReferences.file("rgb.png");
        CRC32 sum = new CRC32();
        sum.update(ByteBuffer.allocate(30)
                .put("eXIf".getBytes(StandardCharsets.US_ASCII))
                .put(exif)
                .array());
        byte[] turned = ByteBuffer.allocate(png.length + 38)
                .put(png, 0, 33)
                .putInt(26)
                .put("eXIf".getBytes(StandardCharsets.US_ASCII))
                .put(exif)
                .putInt((int) sum.getValue())
                .put(png, 33, png.length - 33)
                .array();
        assertEquals(19, decoder.decode(turned, Picture::width));

        byte[] webp = PillowReferences.file("lossless.webp");
        ByteBuffer longer = ByteBuffer.allocate(webp.length + 34)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(webp)
                .put("EXIF".getBytes(StandardCharsets.US_ASCII))
                .putInt(26)
                .put(exif);
        longer.putInt(4, longer.capacity() - 8);
        assertEquals(19, decoder.decode(longer.array(), Picture::width));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 9, 255})
    void anOrientationThatIsNoneIsPassedOver(int orientation) throws IOException {
        assertEquals(26, decoder.decode(jpeg(exif(orientation, ByteOrder.BIG_ENDIAN)), Picture::width));
    }

    @Test
    void exifThatIsBrokenLosesNoPicture() throws IOException {
        byte[] exif = exif(6, ByteOrder.BIG_ENDIAN);
        for (int i = 0; i < exif.length; i++) {
            byte[] broken = exif.clone();
            broken[i] = -1;
            assertTrue(decoder.decode(jpeg(broken), Picture::width) > 0);
        }
    }
}
