package dev.headroom.task;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.model.ModelRepository;
import dev.headroom.model.ModelSpec;
import dev.headroom.model.TaskSpec;
import dev.headroom.session.RunFailedException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Folders that were once read wrongly, served. */
class CasesTest {

    private static final Path CASES = Path.of("src/test/resources/cases");

    private static float[] ask(String name, String text) throws RunFailedException {
        Options raw = new Options(Optional.of(false), OptionalInt.empty(), Truncation.RIGHT, Optional.empty(), false);
        try (OpenedModel model = new OpenedModel(CASES.resolve(name))) {
            return model.together(List.of(new Input.Text(text)), raw).getFirst();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"hidden", "poolfirst"})
    void theHiddenStatesAreFoundByName(String name) throws RunFailedException {
        assertArrayEquals(new float[] {1.5f, 2, 0, 1}, ask(name, "good bad"), 1e-6f);
    }

    @Test
    void theSentenceEmbeddingComesBeforeTheHiddenStates() {
        TaskSpec task =
                ModelRepository.graphs(CASES.resolve("sentout")).getFirst().task();
        assertEquals(Optional.of("sentence_embedding"), task.ports().output());
    }

    @ParameterizedTest
    @CsvSource({"regress, 3.25", "regressc, 3.25", "onelabel, 0.962673"})
    void oneScoreIsASigmoidAndARegressionItself(String name, float right) throws RunFailedException {
        assertArrayEquals(new float[] {right}, ask(name, "good"), 1e-5f);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ner", "mlm"})
    void aHeadThatMakesNoVectorIsServedAsTensors(String name) {
        ModelSpec spec = ModelRepository.graphs(CASES.resolve(name)).getFirst();
        assertInstanceOf(TaskSpec.Tensors.class, spec.task());
        String remark = spec.remarks().getFirst();
        assertTrue(remark.contains("neither vectors nor scores of labels: it is served as tensors"), remark);
    }
}
