package dev.headroom.task;

import dev.headroom.calibration.Calibrator;
import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import dev.headroom.tensor.Row;
import dev.headroom.tensor.Tensor;
import java.util.List;
import java.util.function.BooleanSupplier;

/** The CPU side of a model: an input becomes a row, and the row's outputs an answer. */
interface Task {

    /**
     * Makes an input the model's own.
     *
     * @param over whether nobody waits for it any more
     * @throws RequestFailedException when it cannot be
     */
    Row row(Input input, Options options, BooleanSupplier over);

    /**
     * Reads the row's share of the model's outputs.
     *
     * @throws RuntimeException when they are not of this task
     */
    Answer read(Row row, List<Tensor> outputs, Options options);

    /** Rows to measure the model with. */
    Calibrator.Rows rows();

    /** Whether the model is known to run on those rows if it runs at all. */
    default boolean runsOnThem() {
        return true;
    }

    /** An input of a kind that this model does not take. */
    static RequestFailedException unfit(Input input, String taken) {
        return new RequestFailedException(
                new Failure.Invalid("This model takes %s, not %s.".formatted(taken, input.kind())));
    }
}
