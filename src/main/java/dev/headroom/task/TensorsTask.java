package dev.headroom.task;

import dev.headroom.calibration.CalibrationRows;
import dev.headroom.tensor.Datatype;
import dev.headroom.tensor.Port;
import dev.headroom.tensor.Ports;
import dev.headroom.tensor.Row;
import dev.headroom.tensor.Tensor;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;

/** Runs any model on the caller's tensors. */
final class TensorsTask implements Task {

    private final Ports ports;

    TensorsTask(Ports ports) {
        this.ports = ports;
    }

    @Override
    public Row row(Input input, Options options, BooleanSupplier over) {
        throw Task.unfit(input, "tensors, at /v2/models/.../infer");
    }

    @Override
    public Answer read(Row row, List<Tensor> outputs, Options options) {
        return new Answer.Tensors(outputs.stream().map(Tensor::copy).toList());
    }

    @Override
    public long answerBytes(Options options) {
        throw new UnsupportedOperationException("It answers tensors only, whose sizes follow from their names");
    }

    /** Rows of zeros; an open dimension is 1. */
    @Override
    public CalibrationRows rows() {
        return CalibrationRows.like(row(ports.inputs().stream().map(Port::zeros).toList()));
    }

    /** Random numbers for inputs of floats, zeros for others; an open dimension is 1. */
    @Override
    public Row sample(int number, long elements) {
        Random random = new Random(number);
        return row(ports.inputs().stream().map(port -> sample(port, random)).toList());
    }

    private static Tensor sample(Port port, Random random) {
        Tensor tensor = port.zeros();
        if (port.datatype() == Datatype.FP32) {
            FloatBuffer values = tensor.floats();
            while (values.hasRemaining()) {
                values.put((float) random.nextGaussian());
            }
        }
        return tensor;
    }

    private Row row(List<Tensor> tensors) {
        return Row.of(tensors, ports.outputs().stream().map(Port::name).toList());
    }

    @Override
    public boolean runsOnThem() {
        return ports.inputs().stream()
                .allMatch(port -> Arrays.stream(port.shape()).skip(1).allMatch(dimension -> dimension >= 0));
    }
}
