package dev.headroom.function;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;

/**
 * What {@code infer} answers.
 *
 * @param model the model that answered
 * @param outputs one for each input, in their order
 */
@RegisterForReflection
public record InferResponse(String model, List<Output> outputs) {

    /**
     * What became of one input: it has an embedding or an error.
     *
     * @param index the input's place in the request
     * @param id the caller's name for the input, where it gave one
     * @param embedding the text's vector
     * @param error why there is none
     */
    @RegisterForReflection
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Output(int index, String id, float[] embedding, Problem error) {}
}
