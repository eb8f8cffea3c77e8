package dev.headroom.task;

import dev.headroom.calibration.CalibrationRows;
import dev.headroom.model.TaskSpec;
import dev.headroom.tensor.Row;
import dev.headroom.tensor.Tensor;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Text, or a pair of texts, to labels with their scores. */
final class ClassifyTask implements Task {

    private final TextRows texts;
    private final Scores scores;

    ClassifyTask(TaskSpec.Classify spec, TextRows texts) {
        this.texts = texts;
        scores = new Scores(spec.labels());
    }

    @Override
    public Row row(Input input, Options options, BooleanSupplier over) {
        return texts.row(input, options.truncation());
    }

    @Override
    public Answer read(Row row, List<Tensor> outputs, Options options) {
        return new Answer.Classes(scores.read(outputs.getFirst(), options.rawScores()), row.tokens());
    }

    @Override
    public Tokenization tokenization() {
        return new Tokenization(texts, TaskSpec.Prompts.NONE);
    }

    @Override
    public long answerBytes(Options options) {
        return scores.bytes();
    }

    @Override
    public CalibrationRows rows() {
        return texts.rows();
    }

    @Override
    public Row sample(int number, long elements) {
        return texts.sample(number, Math.toIntExact(elements), false);
    }
}
