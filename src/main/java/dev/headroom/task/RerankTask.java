package dev.headroom.task;

import dev.headroom.calibration.CalibrationRows;
import dev.headroom.model.Labels;
import dev.headroom.model.TaskSpec;
import dev.headroom.tensor.Row;
import dev.headroom.tensor.Tensor;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Query and text to a score between 0 and 1 for how well they match. */
final class RerankTask implements Task {

    private final TextRows texts;
    private final Scores scores;

    RerankTask(TaskSpec.Rerank spec, TextRows texts) {
        this.texts = texts;
        scores = new Scores(new Labels(List.of(), spec.activation()));
    }

    @Override
    public Row row(Input input, Options options, BooleanSupplier over) {
        if (input instanceof Input.Pair) {
            return texts.row(input, options.truncation());
        }
        throw Task.unfit(input, "pairs of a query and a text");
    }

    @Override
    public Answer read(Row row, List<Tensor> outputs, Options options) {
        List<Answer.Scored> read = scores.read(outputs.getFirst(), options.rawScores());
        if (read.size() != 1) {
            throw new IllegalStateException(
                    "The output has %d values for each pair, and a reranker has one; serve the model with 'task: classify'"
                            .formatted(read.size()));
        }
        return new Answer.Score(read.getFirst().score(), row.tokens());
    }

    @Override
    public Tokenization tokenization() {
        return new Tokenization(texts, TaskSpec.Prompts.NONE);
    }

    @Override
    public long answerBytes(Options options) {
        return Scores.BYTES;
    }

    @Override
    public CalibrationRows rows() {
        return texts.rows();
    }

    @Override
    public Row sample(int number, long elements) {
        return texts.sample(number, Math.toIntExact(elements), true);
    }
}
