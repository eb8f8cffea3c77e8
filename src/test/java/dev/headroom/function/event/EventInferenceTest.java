package dev.headroom.function.event;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.function.infer.InferResponse;
import dev.headroom.function.infer.InferResponse.Output;
import dev.headroom.function.infer.InferResponse.Sparse;
import dev.headroom.function.tools.ToolCall;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EventInferenceTest {

    @Test
    void anAnswerThatIsKeptCountsWithAllThatGrows() {
        String words = "a".repeat(100_000);
        ToolCall call = new ToolCall(null, "id", "function", new ToolCall.Function("weather", words));
        assertTrue(bytes(new Output(0, null, null, null, null, null, null, List.of(call), null, null, null)) > 200_000);
        assertTrue(bytes(new Output(0, null, null, null, null, null, words, null, null, null, null)) > 200_000);
        assertTrue(bytes(new Output(0, words, null, null, null, null, null, null, null, null, null)) > 200_000);
        Sparse sparse = new Sparse(new int[50_000], new float[50_000]);
        assertTrue(bytes(new Output(0, null, null, sparse, null, null, null, null, null, null, null)) > 400_000);
        float[] vector = new float[100_000];
        assertTrue(bytes(new Output(0, null, vector, null, null, null, null, null, null, null, null)) > 400_000);
    }

    private static long bytes(Output output) {
        return EventInference.bytes(new InferResponse("m", List.of(output), Optional.empty()));
    }
}
