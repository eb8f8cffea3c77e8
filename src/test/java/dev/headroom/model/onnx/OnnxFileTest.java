package dev.headroom.model.onnx;

import static dev.headroom.session.OnnxWriter.FLOAT;
import static dev.headroom.session.OnnxWriter.INT64;
import static dev.headroom.session.OnnxWriter.initializer;
import static dev.headroom.session.OnnxWriter.join;
import static dev.headroom.session.OnnxWriter.message;
import static dev.headroom.session.OnnxWriter.model;
import static dev.headroom.session.OnnxWriter.number;
import static dev.headroom.session.OnnxWriter.tensor;
import static dev.headroom.session.OnnxWriter.text;
import static dev.headroom.session.OnnxWriter.varint;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.model.file.BrokenModelException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxFileTest {

    private static final Path REAL = Path.of("models/all-minilm-l6-v2/all-minilm-l6-v2.onnx");

    private static final int STRING = 8;
    private static final int UINT4 = 21;
    private static final int INT4 = 22;
    private static final int OF_THE_FUTURE = 99;

    @TempDir
    Path folder;

    private Path write(String file, byte[] content) throws IOException {
        Path path = folder.resolve(file);
        Files.createDirectories(path.getParent());
        return Files.write(path, content);
    }

    private long weightBytes(byte[] content) throws IOException {
        return OnnxFile.read(write("model.onnx", content)).weightBytes();
    }

    private void assertBroken(String message, byte[] content) throws IOException {
        Path onnx = write("model.onnx", content);
        BrokenModelException e = assertThrows(BrokenModelException.class, () -> OnnxFile.read(onnx));
        assertEquals(folder + message, e.getMessage());
    }

    private static byte[] node(byte[]... attribute) {
        return message(1, text(4, "Op"), message(5, attribute));
    }

    private static byte[] external(String... entries) {
        byte[] bytes = number(14, 1);
        for (int i = 0; i < entries.length; i += 2) {
            bytes = join(bytes, message(13, text(1, entries[i]), text(2, entries[i + 1])));
        }
        return bytes;
    }

    private static byte[] modelWithWeightsIn(String location) {
        return model(
                initializer(tensor(FLOAT, 2, 3), external("location", location, "offset", "4096", "length", "24")));
    }

    @Test
    void countsTheInitializersAndConstantsOfTheModelOfThisRepository() {
        OnnxFile onnx = OnnxFile.read(REAL);
        assertEquals(90_265_600 + 960, onnx.weightBytes());
        assertEquals(List.of(), onnx.external());
    }

    @Test
    void aTensorTakesItsDimensionsTimesItsElements() throws IOException {
        byte[] content = message(9, new byte[24]);
        assertEquals(24 + 8, weightBytes(model(initializer(tensor(FLOAT, 2, 3), content), initializer(tensor(INT64)))));
    }

    @Test
    void dimensionsMayBePacked() throws IOException {
        byte[] dims = message(1, varint(300), varint(2));
        assertEquals(2400, weightBytes(model(initializer(dims, number(2, FLOAT)))));
    }

    @Test
    void elementsOfFourBitsShareBytes() throws IOException {
        assertEquals(5 + 2, weightBytes(model(initializer(tensor(INT4, 3, 3)), initializer(tensor(UINT4, 4)))));
    }

    @Test
    void stringsAndUnknownTypesTakeWhatIsStored() throws IOException {
        byte[] strings = initializer(tensor(STRING, 2), text(6, "two"), text(6, "words"));
        byte[] unknown = initializer(tensor(OF_THE_FUTURE, 1000), message(9, new byte[10]));
        assertEquals(8 + 10, weightBytes(model(strings, unknown)));
    }

    @Test
    void emptyInitializersTakeNothing() throws IOException {
        assertEquals(0, weightBytes(model(initializer(), initializer(tensor(FLOAT, 0)))));
        assertEquals(0, weightBytes(model()));
    }

    @Test
    void sparseInitializersTakeWhatTheyTakeWhenDense() throws IOException {
        byte[] values = message(1, tensor(FLOAT, 2));
        byte[] indices = message(2, tensor(INT64, 2));
        assertEquals(4000, weightBytes(model(message(15, values, indices, number(3, 10), number(3, 100)))));
    }

    @Test
    void constantsAndGraphsWithinNodesCount() throws IOException {
        byte[] constant = node(message(5, tensor(FLOAT, 2)));
        byte[] branch = node(message(6, constant, initializer(tensor(FLOAT, 10))));
        byte[] function = message(25, message(7, message(5, message(5, tensor(FLOAT, 100)))));
        assertEquals(8 + 40 + 400, weightBytes(join(model(branch), function)));
    }

    @Test
    void graphsMayBeNestedAsDeepAsTheyLike() throws IOException {
        byte[] graph = initializer(tensor(FLOAT, 2));
        for (int i = 0; i < 2_000; i++) {
            graph = node(message(6, graph));
        }
        assertEquals(8, weightBytes(model(graph)));
    }

    @Test
    void passesOverContentOfManyGigabytes() throws IOException {
        long content = 6_000_000_000L;
        byte[] head = join(number(1, content / 4), number(2, FLOAT), varint(9 << 3 | 2), varint(content));
        byte[] initializer = join(varint(5 << 3 | 2), varint(head.length + content), head);
        byte[] graph = join(varint(7 << 3 | 2), varint(initializer.length + content), initializer);
        Path onnx = write("model.onnx", graph);
        try (RandomAccessFile file = new RandomAccessFile(onnx.toFile(), "rw")) {
            file.setLength(graph.length + content);
        }
        OnnxFile read = OnnxFile.read(onnx);
        assertEquals(content, read.weightBytes());
        assertEquals(32, read.fingerprint().length());
    }

    @Test
    void weightsBesideTheGraphCount() throws IOException {
        Path weights = write("data/weights.bin", new byte[4120]);
        OnnxFile onnx = OnnxFile.read(write("model.onnx", modelWithWeightsIn("data/weights.bin")));
        assertEquals(24, onnx.weightBytes());
        assertEquals(List.of(weights), onnx.external());
    }

    @Test
    void weightsBesideTheGraphNeedNeitherOffsetNorLength() throws IOException {
        write("weights.bin", new byte[24]);
        byte[] onnx = model(initializer(tensor(FLOAT, 2, 3), external("location", "weights.bin")));
        assertEquals(24, weightBytes(onnx));
    }

    @Test
    void missingWeightsAreSaid() throws IOException {
        assertBroken(
                ": the file weights.bin is missing; put the weights of model.onnx there.",
                modelWithWeightsIn("weights.bin"));
    }

    @Test
    void weightsThatNoFileCanHoldAreMissing() throws IOException {
        assertBroken(
                ": the file weights\0bin is missing; put the weights of model.onnx there.",
                modelWithWeightsIn("weights\0bin"));
    }

    @Test
    void weightsThatAreTooShortAreSaid() throws IOException {
        write("weights.bin", new byte[4119]);
        assertBroken(
                ": the file weights.bin has 4119 bytes, of which model.onnx reads 4120; run 'git lfs pull' or download it again.",
                modelWithWeightsIn("weights.bin"));
    }

    @Test
    void weightsOutsideOfTheFolderAreRefusedAsOnnxRuntimeDoes() throws IOException {
        String message =
                ": model.onnx has its weights in %s, which leads out of its folder, where ONNX Runtime reads none; export it with its weights beside it, or put the file there instead of a link.";
        Path outside = Files.createTempFile("weights", ".bin");
        try {
            assertBroken(message.formatted("../weights.bin"), modelWithWeightsIn("../weights.bin"));
            assertBroken(message.formatted(outside), modelWithWeightsIn(outside.toString()));
            Files.createSymbolicLink(folder.resolve("link.bin"), outside);
            assertBroken(message.formatted("link.bin"), modelWithWeightsIn("link.bin"));
        } finally {
            Files.delete(outside);
        }
    }

    @Test
    void aGraphAndItsWeightsMayBothBeLinksIntoOneFolder() throws IOException {
        Path graph = write("blobs/a", modelWithWeightsIn("weights.bin"));
        Path weights = write("blobs/b", new byte[4120]);
        Path snapshot = Files.createDirectory(folder.resolve("snapshot"));
        Files.createSymbolicLink(snapshot.resolve("weights.bin"), weights);
        Path onnx = Files.createSymbolicLink(snapshot.resolve("model.onnx"), graph);
        assertEquals(24, OnnxFile.read(onnx).weightBytes());
    }

    @Test
    void aMissingGraphIsSaid() {
        Path onnx = folder.resolve("model.onnx");
        BrokenModelException e = assertThrows(BrokenModelException.class, () -> OnnxFile.read(onnx));
        assertTrue(e.getMessage().startsWith(folder + ": the file model.onnx cannot be read ("), e.getMessage());
    }

    @Test
    void aTruncatedFileCountsWithItsSize() throws IOException {
        byte[] whole =
                model(node(message(5, tensor(FLOAT, 2))), initializer(tensor(FLOAT, 2), message(9, new byte[8])));
        for (int length = 0; length < whole.length; length++) {
            assertEquals(length, weightBytes(Arrays.copyOf(whole, length)));
        }
    }

    @Test
    void aFileThatIsNoModelCountsWithItsSize() throws IOException {
        byte[] text = "<!DOCTYPE html><html>Not found</html>".getBytes(StandardCharsets.UTF_8);
        assertEquals(text.length, weightBytes(text));
        byte[] endless = new byte[100];
        Arrays.fill(endless, (byte) 0xFF);
        assertEquals(100, weightBytes(endless));
        byte[] beyondAllFiles = join(varint(7 << 3 | 2), varint(Long.MAX_VALUE), new byte[10]);
        assertEquals(beyondAllFiles.length, weightBytes(beyondAllFiles));
    }

    @Test
    void aTensorThatCannotBeCountsWithTheFilesSize() throws IOException {
        for (byte[] tensor : List.of(
                tensor(FLOAT, Long.MAX_VALUE, 2),
                tensor(FLOAT, Long.MAX_VALUE),
                tensor(FLOAT, -1),
                join(tensor(FLOAT, 1), external()),
                join(tensor(FLOAT, 1), external("location", "model.onnx", "offset", "-1")))) {
            byte[] onnx = model(initializer(tensor));
            assertEquals(onnx.length, weightBytes(onnx));
        }
    }

    @Test
    void theFingerprintIsThatOfTheContent() throws IOException {
        byte[] content = new byte[10_000_000];
        String fingerprint = OnnxFile.read(write("a.onnx", content)).fingerprint();
        assertTrue(fingerprint.matches("[0-9a-f]{32}"), fingerprint);
        assertEquals(fingerprint, OnnxFile.read(write("b/model.onnx", content)).fingerprint());
        for (int changed : List.of(0, 9_999_999)) {
            byte[] other = content.clone();
            other[changed] = 1;
            assertNotEquals(fingerprint, OnnxFile.read(write("c.onnx", other)).fingerprint());
        }
        assertNotEquals(
                fingerprint,
                OnnxFile.read(write("d.onnx", new byte[10_000_001])).fingerprint());
    }

    @Test
    void theFingerprintSeesEveryByteOfASmallFile() throws IOException {
        byte[] content = new byte[64 * 4096];
        String fingerprint = OnnxFile.read(write("a.onnx", content)).fingerprint();
        for (int changed = 1; changed < content.length; changed += 4095) {
            byte[] other = content.clone();
            other[changed] = 1;
            assertNotEquals(fingerprint, OnnxFile.read(write("b.onnx", other)).fingerprint());
        }
    }

    @Test
    void theFingerprintSeesTheWeightsBesideTheGraph() throws IOException {
        Path onnx = write("model.onnx", modelWithWeightsIn("weights.bin"));
        byte[] weights = new byte[4120];
        write("weights.bin", weights);
        String fingerprint = OnnxFile.read(onnx).fingerprint();
        weights[4100] = 1;
        write("weights.bin", weights);
        assertNotEquals(fingerprint, OnnxFile.read(onnx).fingerprint());
    }
}
