package dev.headroom.session;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headroom.model.ModelRepository;
import dev.headroom.session.ExecutionProvider.Cpu;
import dev.headroom.session.RunFailedException.Kind;
import dev.headroom.tensor.Row;
import dev.headroom.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The real ONNX Runtime, in whose messages the texts of failures stand that need a GPU. */
class FaultyModelTest {

    private static final Map<String, String> FAILURES = Map.of(
            "poison", "CUDA failure 700: an illegal memory access was encountered",
            "large", "Failed to allocate memory for requested buffer of size 123456",
            "absurd", "Failed to allocate memory for requested buffer of size 4585490524328388608",
            "odd", "something else");

    @TempDir
    Path folder;

    private JsonNode vocabulary;
    private Model model;

    @BeforeEach
    void open() throws IOException {
        FaultyModel.write(folder, FAILURES);
        vocabulary = new ObjectMapper()
                .readTree(folder.resolve("tokenizer.json").toFile())
                .at("/model/vocab");
        model = OnnxModel.open(ModelRepository.graphs(folder).getFirst(), new Cpu(1));
    }

    @AfterEach
    void close() {
        model.close();
    }

    private Row row(String text) {
        long[] ids = Arrays.stream(text.split(" "))
                .mapToLong(word -> vocabulary.required(word).asLong())
                .toArray();
        return new Row(List.of(Tensor.int64(ids)));
    }

    @ParameterizedTest
    @CsvSource({"poison, DEVICE_LOST", "large, OUT_OF_MEMORY", "absurd, SESSION_CORRUPT", "odd, OTHER"})
    void aRunFailsWithTheTextOfItsWord(String word, Kind kind) {
        List<Row> rows = List.of(row("good word"), row("good " + word));
        RunFailedException e = assertThrows(RunFailedException.class, () -> model.run(rows));
        assertEquals(kind, e.kind(), e.getMessage());
        assertTrue(e.getMessage().contains(FAILURES.get(word)), e.getMessage());
    }

    @Test
    void otherWordsAreServedBeforeAndAfterAFailure() throws RunFailedException {
        float[] before = firstVector("river word");
        assertThrows(RunFailedException.class, () -> model.run(List.of(row("poison"))));
        assertArrayEquals(before, firstVector("river word"));
        assertArrayEquals(before, firstVector("river [UNK] [PAD] warm good"));
    }

    private float[] firstVector(String text) throws RunFailedException {
        try (BatchOutput output = model.run(List.of(row(text)))) {
            float[] vector = new float[FaultyModel.DIMENSIONS];
            output.rows().getFirst().getFirst().floats().get(0, vector);
            return vector;
        }
    }
}
