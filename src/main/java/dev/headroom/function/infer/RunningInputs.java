package dev.headroom.function.infer;

import dev.headroom.request.Outcome;
import dev.headroom.request.Timing;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The inputs of a request under way. Any thread may call.
 *
 * @param <T> what an input is answered with
 */
interface RunningInputs<T> {

    /** The outcomes of the inputs that could be run, or of all, in their order, once all have one. */
    CompletableFuture<List<Outcome<T>>> outcomes();

    /** The output of an input with this answer. */
    InferResponse.Output output(int index, String id, T answer);

    /** The parts of the time of the slowest input; empty where they are not known. */
    Optional<Timing> slowest();

    /** Ends the inputs that have not been answered. */
    void abandon();
}
