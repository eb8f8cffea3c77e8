package dev.headroom.model;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.function.DoubleUnaryOperator;

/** The activation functions of a Dense layer, as PyTorch computes them by default. */
public enum DenseActivation {
    IDENTITY(x -> x),
    TANH(Math::tanh),
    RELU(x -> Math.max(x, 0)),
    RELU6(x -> Math.clamp(x, 0, 6)),
    LEAKYRELU(x -> x < 0 ? 0.01 * x : x),
    ELU(x -> x < 0 ? Math.expm1(x) : x),
    CELU(x -> x < 0 ? Math.expm1(x) : x),
    SELU(x -> 1.0507009873554805 * (x < 0 ? 1.6732632423543772 * Math.expm1(x) : x)),
    GELU(x -> x * (1 + erf(x / Math.sqrt(2))) / 2),
    SIGMOID(DenseActivation::sigmoid),
    LOGSIGMOID(x -> -softplus(-x)),
    SILU(x -> x * sigmoid(x)),
    MISH(x -> x * Math.tanh(softplus(x))),
    SOFTPLUS(DenseActivation::softplus),
    SOFTSIGN(x -> x / (1 + Math.abs(x))),
    TANHSHRINK(x -> x - Math.tanh(x)),
    HARDTANH(x -> Math.clamp(x, -1, 1)),
    HARDSIGMOID(x -> Math.clamp(x / 6 + 0.5, 0, 1)),
    HARDSWISH(x -> x * Math.clamp(x / 6 + 0.5, 0, 1));

    private final DoubleUnaryOperator function;

    DenseActivation(DoubleUnaryOperator function) {
        this.function = function;
    }

    /** The value of the function. */
    public double of(double x) {
        return function.applyAsDouble(x);
    }

    /** The function of PyTorch's class of this full name, such as torch.nn.modules.activation.Tanh. */
    static Optional<DenseActivation> named(String type) {
        String name = type.replaceFirst("^torch\\.nn\\.(modules\\.(activation|linear)\\.)?(?=\\w+$)", "");
        return Arrays.stream(values())
                .filter(known -> !name.equals(type))
                .filter(known -> known.name().equals(name.toUpperCase(Locale.ROOT)))
                .findFirst();
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    private static double softplus(double x) {
        return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
    }

    /** The error function by Abramowitz and Stegun, 7.1.26: off by less than 2e-7. */
    private static double erf(double x) {
        double t = 1 / (1 + 0.3275911 * Math.abs(x));
        double polynomial =
                t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
        return Math.copySign(1 - polynomial * Math.exp(-x * x), x);
    }
}
