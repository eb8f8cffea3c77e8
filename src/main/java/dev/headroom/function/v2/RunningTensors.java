package dev.headroom.function.v2;

import dev.headroom.function.RunningRequest;
import java.util.concurrent.CompletableFuture;

/**
 * A request for tensors under way.
 *
 * @param request what was asked
 * @param model the model that answers
 * @param running an item for each row, in their order
 */
public record RunningTensors(TensorRequest request, V2Model model, RunningRequest running) {

    /**
     * The response, once every row has its outcome. It is a {@link dev.headroom.request.RequestFailedException} when one has
     * failed: a tensor has no place for the failure of a row.
     */
    public CompletableFuture<TensorResponse> response() {
        return running.answers().thenApply(answers -> model.response(request, answers));
    }
}
