package dev.headroom.model.onnx;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.headroom.model.file.BrokenModelException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import java.util.zip.Checksum;

/**
 * A graph's file and the files of weights beside it, read without ONNX Runtime and without reading the weights.
 *
 * @param path the graph's file
 * @param weightBytes the memory that the weights take; the file's size when it is no ONNX file, which ONNX Runtime will
 *     report
 * @param rows the sizes of its rows
 * @param opset the version of ONNX's operators; 0 when it is no ONNX file
 * @param inputs the inputs of the graph, in its order; none when it is no ONNX file
 * @param outputs the outputs of the graph, in its order; none when it is no ONNX file
 * @param external the files beside it, in the order in which the graph first names them
 * @param operators the operators of its nodes, those of the graphs within them included
 */
public record OnnxFile(
        Path path,
        long weightBytes,
        RowSizes rows,
        long opset,
        List<GraphPort> inputs,
        List<GraphPort> outputs,
        List<Path> external,
        Set<String> operators) {

    /** The operators that ONNX Runtime's CUDA provider runs by cuDNN. */
    private static final Set<String> CUDNN_OPERATORS = Set.of(
            "AveragePool",
            "BatchNormalization",
            "Conv",
            "ConvTranspose",
            "GRU",
            "GlobalAveragePool",
            "GlobalMaxPool",
            "LRN",
            "LSTM",
            "MaxPool",
            "RNN");

    /** The operators that scale a whole tensor by its least and its greatest number, whatever rows it has. */
    private static final Set<String> MIXING_OPERATORS =
            Set.of("DynamicQuantizeLinear", "DynamicQuantizeMatMul", "DynamicQuantizeLSTM");

    private static final int BLOCK_BYTES = 4096;
    private static final int BLOCKS = 64;

    /**
     * Reads a graph's file.
     *
     * @throws BrokenModelException when the file cannot be read, or one beside it is missing, too short or outside
     *     the folder
     */
    public static OnnxFile read(Path path) {
        try (FileChannel file = FileChannel.open(path)) {
            return read(path, file);
        } catch (IOException e) {
            throw unreadable(path, e);
        }
    }

    private static OnnxFile read(Path path, FileChannel file) throws IOException {
        try {
            OnnxWeights weights = OnnxWeights.read(new ProtobufFile(file));
            List<Path> external = weights.external().entrySet().stream()
                    .map(data -> new ExternalData(path, data.getKey()).present(data.getValue()))
                    .toList();
            return new OnnxFile(
                    path,
                    weights.bytes(),
                    weights.rows(),
                    weights.opset(),
                    weights.inputs(),
                    weights.outputs(),
                    external,
                    weights.operators());
        } catch (InvalidProtocolBufferException | ArithmeticException e) {
            return new OnnxFile(
                    path, file.size(), new RowSizes(0, 1, 1, 1), 0, List.of(), List.of(), List.of(), Set.of());
        }
    }

    /** True if an operator of the graph needs cuDNN on a GPU. */
    public boolean needsCudnn() {
        return operators.stream().anyMatch(CUDNN_OPERATORS::contains);
    }

    /** True if a row's numbers change with the rows beside it: activations are quantised together when the graph runs. */
    public boolean mixesRows() {
        return operators.stream().anyMatch(MIXING_OPERATORS::contains);
    }

    /** The names of the files of weights beside a graph, relative to its folder, whether they are there or not. */
    public static Set<String> externalNames(Path path) {
        try (FileChannel file = FileChannel.open(path)) {
            return OnnxWeights.read(new ProtobufFile(file)).external().keySet();
        } catch (InvalidProtocolBufferException | ArithmeticException e) {
            return Set.of();
        } catch (IOException e) {
            throw unreadable(path, e);
        }
    }

    /** True if no weights lie outside of the folder, as behind the links of a cache. ONNX Runtime finds those from a file only. */
    public boolean opensFromMemory() {
        try {
            Path folder = path.toAbsolutePath().getParent().toRealPath();
            for (Path file : external) {
                if (!file.toRealPath().startsWith(folder)) {
                    return false;
                }
            }
            return true;
        } catch (IOException e) {
            throw unreadable(path, e);
        }
    }

    /**
     * The fingerprint of the model's content as 32 hexadecimal digits, independent of the files' names and times.
     *
     * <p>It consists of the files' size and two checksums of 64 evenly spaced samples of 4 KiB. It covers all of a file
     * up to 256 KiB, and misses a change between the samples of a larger one. Several files of weights share 64
     * samples, with two at least for each.
     *
     * @throws BrokenModelException when a file cannot be read
     */
    public String fingerprint() {
        Samples samples = new Samples(new CRC32(), new CRC32C());
        long bytes = sample(samples, path, BLOCKS);
        for (Path file : external) {
            bytes += sample(samples, file, Math.max(2, BLOCKS / external.size()));
        }
        return "%016x%08x%08x"
                .formatted(bytes, samples.one().getValue(), samples.other().getValue());
    }

    /** Two checksums of the samples. A cryptographic digest would take a tenth of a cold JVM's start. */
    private record Samples(Checksum one, Checksum other) {

        private void update(ByteBuffer block) {
            one.update(block.duplicate());
            other.update(block);
        }
    }

    /** Adds samples of a file and returns the file's size. */
    private static long sample(Samples samples, Path path, int blocks) {
        try (FileChannel file = FileChannel.open(path)) {
            long size = file.size();
            samples.update(ByteBuffer.allocate(Long.BYTES).putLong(size).flip());
            long last = Math.max(0, size - BLOCK_BYTES);
            ByteBuffer block = ByteBuffer.allocate(BLOCK_BYTES);
            for (int i = 0; i < blocks; i++) {
                read(file, block.clear(), last * i / (blocks - 1));
                samples.update(block.flip());
            }
            return size;
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

    /** The exception for a file that cannot be read. */
    static BrokenModelException unreadable(Path path, IOException e) {
        return new BrokenModelException("%s: the file %s cannot be read (%s); check its permissions."
                .formatted(path.resolveSibling(""), path.getFileName(), e.getMessage()));
    }
}
