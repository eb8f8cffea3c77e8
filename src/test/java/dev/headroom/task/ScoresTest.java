package dev.headroom.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.model.Labels;
import dev.headroom.model.Labels.Activation;
import dev.headroom.tensor.Datatype;
import dev.headroom.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A classifier's outputs become labels with scores. */
class ScoresTest {

    private static final List<String> NAMES = List.of("a", "b", "c");

    private static Tensor logits(float... values) {
        ByteBuffer data = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.nativeOrder());
        data.asFloatBuffer().put(values);
        return new Tensor(Datatype.FP32, new long[] {values.length}, data);
    }

    private static List<Answer.Scored> read(Activation activation, boolean raw, float... values) {
        return new Scores(new Labels(NAMES, activation)).read(logits(values), raw);
    }

    private static void assertScored(String label, double score, Answer.Scored scored) {
        assertEquals(label, scored.label());
        assertEquals(score, scored.score(), 1e-6);
    }

    @Test
    void softmaxAddsUpToOneTheBestFirst() {
        List<Answer.Scored> scored = read(Activation.SOFTMAX, false, 0, 2, 1);
        double sum = 1 + Math.exp(2) + Math.E;
        assertScored("b", Math.exp(2) / sum, scored.get(0));
        assertScored("c", Math.E / sum, scored.get(1));
        assertScored("a", 1 / sum, scored.get(2));
    }

    @Test
    void softmaxOfLargeOutputsDoesNotOverflow() {
        List<Answer.Scored> scored = read(Activation.SOFTMAX, false, 1000, 1000, -1000);
        assertScored("a", 0.5, scored.get(0));
        assertScored("b", 0.5, scored.get(1));
        assertScored("c", 0, scored.get(2));
    }

    @Test
    void sigmoidScoresEachLabelAlone() {
        List<Answer.Scored> scored = read(Activation.SIGMOID, false, 0, 2, -200);
        assertScored("b", 1 / (1 + Math.exp(-2)), scored.get(0));
        assertScored("a", 0.5, scored.get(1));
        assertScored("c", 0, scored.get(2));
    }

    @Test
    void rawScoresAndThoseOfAGraphThatActivatesAreAsTheyAre() {
        for (List<Answer.Scored> scored :
                List.of(read(Activation.SOFTMAX, true, -1, 5, 3), read(Activation.NONE, false, -1, 5, 3))) {
            assertScored("b", 5, scored.get(0));
            assertScored("c", 3, scored.get(1));
            assertScored("a", -1, scored.get(2));
        }
    }

    @Test
    void labelsWithoutNamesAreCounted() {
        List<Answer.Scored> scored = new Scores(new Labels(List.of(), Activation.NONE)).read(logits(1, 2), false);
        assertScored("LABEL_1", 2, scored.get(0));
        assertScored("LABEL_0", 1, scored.get(1));
    }

    @Test
    void otherOutputsThanLabelsAreAnError() {
        IllegalStateException failure =
                assertThrows(IllegalStateException.class, () -> read(Activation.SOFTMAX, false, 1, 2));
        assertTrue(failure.getMessage().startsWith("The output has 2 values, and there are 3 labels"));
    }

    @Test
    void aNumberThatIsNoneIsAnError() {
        assertThrows(IllegalStateException.class, () -> read(Activation.SOFTMAX, false, 1, Float.NaN, 2));
    }
}
