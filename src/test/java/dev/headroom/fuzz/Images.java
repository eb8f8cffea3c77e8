package dev.headroom.fuzz;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32;

/** Files of images of every format that is read: whole, broken, and such as claim to be larger than they are. */
final class Images {

    private static final List<byte[]> FILES = files();

    private static final int PNG_HEADER = 16;
    private static final int PNG_HEADER_END = 29;

    private Images() {}

    private static List<byte[]> files() {
        try (Stream<Path> files = Files.list(Path.of("src/test/resources/image"))) {
            return files.filter(file -> file.toString().matches(".*\\.(png|jpg|gif|bmp|webp)"))
                    .sorted()
                    .map(Images::content)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] content(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] next(Dice dice) {
        byte[] file = dice.of(FILES);
        return switch (dice.below(6)) {
            case 0 -> new ByteMutation(dice).of(file);
            case 1 -> new ByteMutation(dice).of(new ByteMutation(dice).of(file));
            case 2 -> resized(file, dice);
            case 3 -> joined(file, dice.of(FILES));
            default -> file;
        };
    }

    private static byte[] joined(byte[] first, byte[] second) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(first);
        all.writeBytes(second);
        return all.toByteArray();
    }

    /** With other numbers in its head; a PNG's check sum is right all the same. */
    private static byte[] resized(byte[] file, Dice dice) {
        byte[] resized = file.clone();
        ByteBuffer head = ByteBuffer.wrap(resized);
        int odd = dice.of(0, 1, -1, 65_535, 65_536, 100_000, Integer.MAX_VALUE, Integer.MIN_VALUE);
        if (resized[1] != 'P') {
            head.putInt(dice.between(4, 36), odd);
            return resized;
        }
        head.putInt(PNG_HEADER + dice.of(0, 4), odd);
        resized[PNG_HEADER + 8 + dice.below(5)] = (byte) dice.below(20);
        CRC32 sum = new CRC32();
        sum.update(resized, PNG_HEADER - 4, PNG_HEADER_END - PNG_HEADER + 4);
        head.putInt(PNG_HEADER_END, (int) sum.getValue());
        return resized;
    }
}
