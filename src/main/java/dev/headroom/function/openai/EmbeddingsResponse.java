package dev.headroom.function.openai;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.headroom.task.Answer;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.List;
import java.util.stream.IntStream;

/** Vectors as OpenAI's clients read them. */
@RegisterForReflection
record EmbeddingsResponse(String object, List<Embedding> data, String model, Usage usage) {

    /**
     * One vector.
     *
     * @param embedding its numbers, or Base64 of their bytes as little-endian 32-bit floats
     */
    @RegisterForReflection
    record Embedding(String object, int index, Object embedding) {}

    /** Tokens that the model read, special tokens included. */
    @RegisterForReflection
    record Usage(
            @JsonProperty("prompt_tokens") int promptTokens,
            @JsonProperty("total_tokens") int totalTokens) {}

    static EmbeddingsResponse of(String model, List<Answer> answers, boolean base64) {
        int tokens = answers.stream().mapToInt(Answer::tokens).sum();
        return new EmbeddingsResponse(
                "list",
                IntStream.range(0, answers.size())
                        .mapToObj(i -> embedding(i, (Answer.Embedding) answers.get(i), base64))
                        .toList(),
                model,
                new Usage(tokens, tokens));
    }

    private static Embedding embedding(int index, Answer.Embedding answer, boolean base64) {
        float[] vector = answer.vector();
        return new Embedding("embedding", index, base64 ? bytes(vector) : vector);
    }

    private static String bytes(float[] vector) {
        ByteBuffer bytes = ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(vector);
        return Base64.getEncoder().encodeToString(bytes.array());
    }
}
