package dev.headroom.task.image;

import com.twelvemonkeys.imageio.plugins.webp.WebPImageReaderSpi;
import dev.headroom.task.image.EncodedImage.Colours;
import dev.headroom.task.image.EncodedImage.Size;
import java.io.IOException;
import java.util.Arrays;
import java.util.Iterator;
import javax.imageio.ImageReader;
import javax.imageio.spi.IIORegistry;
import javax.imageio.spi.ImageReaderSpi;
import javax.imageio.stream.ImageInputStream;

/** Decodes with the readers of the JDK and TwelveMonkeys, and no other reader on the class path. */
final class ImageCodecs {

    /**
     * The warning of libjpeg that it fills broken parts with grey. Only extraneous bytes between segments do no harm.
     */
    private static final String DAMAGE = "Corrupt JPEG data";

    private static final String HARMLESS = "extraneous";

    private ImageCodecs() {}

    /**
     * Decodes the picture, as stored.
     *
     * @param end ends the decoding once the picture is no longer wanted
     * @throws IOException or a RuntimeException of any kind when the file is broken
     */
    static Picture decode(ImageFormat format, EncodedImage image, DecodingEnd end) throws IOException {
        byte[] file = image.pixels().get();
        Size stored = image.screen().frame();
        if (format == ImageFormat.WEBP && WebpChunks.isLossy(file)) {
            return LossyWebp.decode(WebpChunks.pixels(file, end), stored, end);
        }
        if (format == ImageFormat.WEBP) {
            WebpChunks.checkTables(file, stored);
        }
        ImageReader reader = spi(format).createReaderInstance();
        try (ImageInputStream stream = format == ImageFormat.WEBP ? new PaddedInput(file, end) : end.stream(file)) {
            reader.setInput(stream, true, true);
            reader.addIIOReadProgressListener(end);
            reader.addIIOReadWarningListener((source, warning) -> check(format, warning));
            if (reader.getWidth(0) != stored.width() || reader.getHeight(0) != stored.height()) {
                throw new BrokenImageException("is broken: it states two sizes; send it whole");
            }
            return image.coding().colours() == Colours.SCREEN
                    ? Pixels.picture(reader.read(0))
                    : Pixels.ofInks(reader.readRaster(0, null), image.coding().colours());
        } finally {
            reader.dispose();
        }
    }

    private static void check(ImageFormat format, String warning) {
        if (format != ImageFormat.JPEG || warning.startsWith(DAMAGE) && !warning.contains(HARMLESS)) {
            throw new BrokenImageException("is a broken or cut off %s; send it whole".formatted(format.spelled()));
        }
    }

    private static ImageReaderSpi spi(ImageFormat format) {
        if (format == ImageFormat.WEBP) {
            return new WebPImageReaderSpi();
        }
        Iterator<ImageReaderSpi> all = IIORegistry.getDefaultInstance().getServiceProviders(ImageReaderSpi.class, true);
        while (all.hasNext()) {
            ImageReaderSpi spi = all.next();
            if (spi.getClass().getModule() == ImageReaderSpi.class.getModule()
                    && Arrays.asList(spi.getFormatNames()).contains(format.name())) {
                return spi;
            }
        }
        throw new IllegalStateException("This Java reads no %s".formatted(format));
    }
}
