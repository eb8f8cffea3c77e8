package dev.headroom.task;

import dev.headroom.calibration.CalibrationRows;
import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import dev.headroom.tensor.Row;
import dev.headroom.tensor.Tensor;
import java.util.List;
import java.util.function.BooleanSupplier;

/** The CPU side of a model: an input becomes a row, and the row's outputs an answer. */
interface Task {

    /**
     * Turns an input into the model's inputs.
     *
     * @param over true once the answer is no longer wanted
     * @throws RequestFailedException when the input does not fit
     */
    Row row(Input input, Options options, BooleanSupplier over);

    /**
     * Reads the row's share of the model's outputs.
     *
     * @throws RuntimeException when they do not fit this task
     */
    Answer read(Row row, List<Tensor> outputs, Options options);

    /** Bytes that an answer takes at most, as a value and as JSON together. */
    long answerBytes(Options options);

    /** Rows to measure the model with. */
    CalibrationRows rows();

    /**
     * A made-up row to try the model with.
     *
     * @param number rows of other numbers have another content
     * @param elements its length, at most that of the longest row; does not count where all rows have one length
     */
    Row sample(int number, long elements);

    /** True if a good model runs on those rows. */
    default boolean runsOnThem() {
        return true;
    }

    /**
     * Its texts' way to tokens and back.
     *
     * @throws RequestFailedException when the model reads no text
     */
    default Tokenization tokenization() {
        throw Tokenization.none();
    }

    /** The failure of an input whose kind this model does not take. */
    static RequestFailedException unfit(Input input, String taken) {
        return new RequestFailedException(
                new Failure.Invalid("This model takes %s, not %s.".formatted(taken, input.kind())));
    }
}
