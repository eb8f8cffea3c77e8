package dev.headroom.task;

import dev.headroom.calibration.CalibrationRows;
import dev.headroom.model.TaskSpec;
import dev.headroom.model.file.BrokenModelException;
import dev.headroom.model.image.PreprocessorConfig.Extent;
import dev.headroom.task.image.ImageDecoder;
import dev.headroom.task.image.ImagePreprocessor;
import dev.headroom.task.image.Picture;
import dev.headroom.tensor.Datatype;
import dev.headroom.tensor.Port;
import dev.headroom.tensor.Ports;
import dev.headroom.tensor.Row;
import dev.headroom.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.BooleanSupplier;

/** Image to labels with their scores, or to a vector. */
final class ImageTask implements Task {

    private static final Set<Datatype> TAKEN = Set.of(Datatype.FP32, Datatype.FP16);

    private final ImageDecoder decoder;
    private final ImagePreprocessor preprocessor;
    private final Optional<Scores> scores;
    private final Vectors vectors;
    private final Extent size;
    private final Datatype datatype;

    /**
     * A task for a loaded model.
     *
     * @throws BrokenModelException when the model does not take images of the size that its description says
     */
    ImageTask(TaskSpec.Image spec, Ports ports, ImageDecoder decoder) {
        this.decoder = decoder;
        preprocessor = new ImagePreprocessor(spec.preprocessing());
        scores = spec.labels().map(Scores::new);
        vectors = Vectors.of(spec.vectors(), ports.ofTask());
        size = spec.preprocessing().output();
        Port input = ports.inputs().getFirst();
        datatype = input.datatype();
        if (ports.inputs().size() > 1
                || !TAKEN.contains(datatype)
                || !input.takes(new long[] {-1, 3, size.height(), size.width()})) {
            throw new BrokenModelException(
                    "The model has the inputs %s of %s %s, and one of images is served, FLOAT or FLOAT16 [batch, 3, %d, %d]; correct its preprocessor_config.json, or serve it with 'task: tensors'."
                            .formatted(
                                    ports.inputNames(),
                                    datatype.javaType,
                                    Arrays.toString(input.shape()),
                                    size.height(),
                                    size.width()));
        }
    }

    @Override
    public Row row(Input input, Options options, BooleanSupplier over) {
        if (!(input instanceof Input.Image(byte[] file))) {
            throw Task.unfit(input, "images");
        }
        vectors.check(options);
        return row(decoder.decode(file, preprocessor::tensor, over));
    }

    @Override
    public Answer read(Row row, List<Tensor> outputs, Options options) {
        Tensor output = flat(outputs.getFirst());
        return scores.<Answer>map(known -> new Answer.Classes(known.read(output, options.rawScores()), 0))
                .orElseGet(() -> {
                    int patches = output.shape().length == 0 ? 1 : Math.toIntExact(output.shape()[0]);
                    return new Answer.Embedding(vectors.read(output, 0, patches, options), 0);
                });
    }

    /** Without the height and width of 1 that the pooled output of a convolutional model has. */
    private static Tensor flat(Tensor output) {
        long[] shape = output.shape();
        return shape.length == 3 && shape[1] == 1 && shape[2] == 1
                ? new Tensor(output.datatype(), new long[] {shape[0]}, output.data())
                : output;
    }

    @Override
    public long answerBytes(Options options) {
        return scores.map(Scores::bytes).orElseGet(vectors::bytes);
    }

    /** A black picture. */
    @Override
    public CalibrationRows rows() {
        return CalibrationRows.like(new Row(
                List.of(Tensor.zeros(datatype, new long[] {3, size.height(), size.width()}))));
    }

    /** A picture of coloured waves with some noise. */
    @Override
    public Row sample(int number, long elements) {
        Random random = new Random(number);
        double[] waves = random.doubles(9, 0, 0.2).toArray();
        byte[] rgb = new byte[3 * size.width() * size.height()];
        for (int i = 0; i < rgb.length; i++) {
            int colour = i % 3;
            double angle = waves[colour] * (i / 3 % size.width()) + waves[3 + colour] * (i / 3 / size.width());
            double value = 128 + 90 * Math.sin(angle + 31 * waves[6 + colour]) + 12 * random.nextGaussian();
            rgb[i] = (byte) Math.clamp((int) value, 0, 255);
        }
        return row(preprocessor.tensor(new Picture(size.width(), size.height(), rgb)));
    }

    private Row row(Tensor tensor) {
        return new Row(List.of(datatype == Datatype.FP32 ? tensor : tensor.halved()));
    }
}
