package dev.headroom.model;

import dev.headroom.model.ProtobufReader.MalformedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * A graph's file and the files of weights beside it, read without ONNX Runtime and without reading the weights.
 *
 * @param path the graph's file
 * @param weightBytes what the weights take in memory; the file's size when it is not as ONNX describes it, because then
 *     ONNX Runtime says what is wrong with it
 * @param rows how large its rows are
 * @param external the files beside it, in the order in which the graph first names them
 */
record OnnxFile(Path path, long weightBytes, RowSizes rows, List<Path> external) {

    private static final int BLOCK_BYTES = 4096;
    private static final int BLOCKS = 64;
    private static final int FINGERPRINT_BYTES = 16;

    /**
     * Reads a graph's file.
     *
     * @throws BrokenModelException when the file cannot be read, or one beside it is missing, too short or out of the
     *     folder
     */
    static OnnxFile read(Path path) {
        try (FileChannel file = FileChannel.open(path)) {
            return read(path, file);
        } catch (IOException e) {
            throw unreadable(path, e);
        } catch (UncheckedIOException e) {
            throw unreadable(path, e.getCause());
        }
    }

    private static OnnxFile read(Path path, FileChannel file) throws IOException {
        try {
            OnnxWeights weights = OnnxWeights.read(new ProtobufReader(file));
            List<Path> external = weights.external().entrySet().stream()
                    .map(data -> new ExternalData(path, data.getKey()).present(data.getValue()))
                    .toList();
            return new OnnxFile(path, weights.bytes(), weights.rows(), external);
        } catch (MalformedException | ArithmeticException e) {
            return new OnnxFile(path, file.size(), new RowSizes(0, 1, 1, 1), List.of());
        }
    }

    /**
     * What tells this model's content from another's, as 32 hexadecimal digits; the files' names and times do not
     * matter.
     *
     * <p>It is a digest of each file's size and of 64 samples of 4 KiB, evenly spaced from its start to its end: whole up
     * to 256 KiB, and above blind to a change of the same size between the samples. Where the weights are in several
     * files, these share the 64 samples, with two at least for each.
     *
     * @throws BrokenModelException when a file cannot be read
     */
    String fingerprint() {
        MessageDigest digest = sha256();
        sample(digest, path, BLOCKS);
        external.forEach(file -> sample(digest, file, Math.max(2, BLOCKS / external.size())));
        return HexFormat.of().formatHex(digest.digest(), 0, FINGERPRINT_BYTES);
    }

    private static void sample(MessageDigest digest, Path path, int blocks) {
        try (FileChannel file = FileChannel.open(path)) {
            long size = file.size();
            digest.update(ByteBuffer.allocate(Long.BYTES).putLong(size).flip());
            long last = Math.max(0, size - BLOCK_BYTES);
            ByteBuffer block = ByteBuffer.allocate(BLOCK_BYTES);
            for (int i = 0; i < blocks; i++) {
                read(file, block.clear(), last * i / (blocks - 1));
                digest.update(block.flip());
            }
        } catch (IOException e) {
            throw unreadable(path, e);
        }
    }

    /** Fills the block, or reads up to the file's end. */
    private static void read(FileChannel file, ByteBuffer block, long from) throws IOException {
        long position = from;
        int bytes = 0;
        while (block.hasRemaining() && bytes >= 0) {
            bytes = file.read(block, position);
            position += bytes;
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }

    private static BrokenModelException unreadable(Path path, IOException e) {
        return new BrokenModelException("%s: the file %s cannot be read (%s); check its permissions."
                .formatted(path.resolveSibling(""), path.getFileName(), e.getMessage()));
    }
}
