package dev.headroom.task.image;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** The formats of images. The first bytes of a file decide, and never the caller's word. */
enum ImageFormat {
    JPEG,
    PNG,
    GIF,
    WEBP,
    BMP;

    private static final int SHOWN = 32;

    /** The first bytes of some other formats. */
    private static final Map<String, String> OTHERS = Map.of(
            "II*\0", "TIFF",
            "MM\0*", "TIFF",
            "<svg", "SVG",
            "<?xml", "SVG or other XML",
            "%PDF", "PDF",
            "8BPS", "PSD",
            "\0\0\1\0", "ICO",
            "\u00ff\n", "JPEG XL",
            "\0\0\0\fJXL ", "JPEG XL",
            "\0\0\0\fjP  ", "JPEG 2000");

    /**
     * The format of a file.
     *
     * @throws BrokenImageException when it is of another format
     */
    static ImageFormat of(byte[] file) {
        String start = new String(file, 0, Math.min(file.length, SHOWN), StandardCharsets.ISO_8859_1);
        if (start.startsWith("\u00ff\u00d8\u00ff")) {
            return JPEG;
        }
        if (start.startsWith("\u0089PNG\r\n\u001a\n")) {
            return PNG;
        }
        if (start.startsWith("GIF87a") || start.startsWith("GIF89a")) {
            return GIF;
        }
        if (start.startsWith("RIFF") && start.startsWith("WEBP", 8)) {
            return WEBP;
        }
        if (start.startsWith("BM") && file.length > 26) {
            return BMP;
        }
        throw new BrokenImageException(other(start));
    }

    private static String other(String start) {
        String found = OTHERS.entrySet().stream()
                .filter(other -> start.stripLeading().startsWith(other.getKey()) || start.startsWith(other.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElseGet(() -> ofIsoMedia(start));
        String what = found.isEmpty() ? "is no JPEG, PNG, GIF, WebP or BMP image" : "is a %s file".formatted(found);
        return what + "; send a JPEG, PNG, GIF, WebP or BMP image";
    }

    private static String ofIsoMedia(String start) {
        if (!start.startsWith("ftyp", 4) || start.length() < 12) {
            return "";
        }
        return switch (start.substring(8, 12)) {
            case "avif", "avis" -> "AVIF";
            case "heic", "heix", "heim", "heis", "hevc", "mif1", "msf1" -> "HEIC";
            default -> "video";
        };
    }

    /**
     * Reads the file's header.
     *
     * @throws RuntimeException of any kind when the file is broken
     */
    EncodedImage read(byte[] file) {
        ByteBuffer bytes = ByteBuffer.wrap(file);
        return switch (this) {
            case JPEG -> new JpegSegments(bytes).image();
            case PNG -> new PngChunks(bytes).image();
            case GIF -> GifBlocks.image(bytes);
            case WEBP -> new WebpChunks(bytes).image();
            case BMP -> BmpHeader.image(bytes);
        };
    }

    /** The name as its makers write it. */
    String spelled() {
        return this == WEBP ? "WebP" : name();
    }
}
