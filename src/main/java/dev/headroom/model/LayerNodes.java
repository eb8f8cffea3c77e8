package dev.headroom.model;

import dev.headroom.model.onnx.OnnxNodes;
import dev.headroom.model.onnx.OnnxNodes.Attribute;
import java.util.Arrays;
import java.util.List;

/** Nodes for the layers behind the pooling, as {@code Layers} computes them in Java. Vectors are FLOAT [batch, dimensions]. */
record LayerNodes(OnnxNodes nodes) {

    private static final float NORM_EPSILON = 1e-5f;
    private static final float LENGTH_EPSILON = 1e-12f;

    /** The vectors behind a layer. */
    String behind(Layer layer, String vectors) {
        return switch (layer) {
            case Layer.Dense dense -> dense(dense, vectors);
            case Layer.LayerNorm norm -> layerNorm(norm, vectors);
            case Layer.LogSaturation saturation -> saturated(saturation, vectors);
            case Layer.Normalize _ -> normalized(vectors);
        };
    }

    private String dense(Layer.Dense dense, String x) {
        String bias = nodes.floats(List.of((long) dense.outputs()), dense.bias());
        String value = activated(dense.activation(), product(dense, dense.weights(), x, bias));
        return dense.residual().length == 0 ? value : nodes.add("Add", value, product(dense, dense.residual(), x));
    }

    private String product(Layer.Dense dense, float[] weights, String x, String... bias) {
        String matrix = nodes.floats(List.of((long) dense.outputs(), (long) dense.inputs()), weights);
        String[] inputs = bias.length == 0 ? new String[] {x, matrix} : new String[] {x, matrix, bias[0]};
        return nodes.add("Gemm", List.of(new Attribute("transB", 1)), inputs);
    }

    private String activated(DenseActivation activation, String x) {
        return switch (activation) {
            case IDENTITY -> x;
            case TANH -> nodes.add("Tanh", x);
            case RELU -> nodes.add("Relu", x);
            case RELU6 -> clip(x, 0, 6);
            case LEAKYRELU -> nodes.add("LeakyRelu", x);
            case ELU, CELU -> nodes.add("Elu", x);
            case SELU -> nodes.add("Selu", x);
            case GELU -> {
                String erf = nodes.add("Erf", times(x, (float) Math.sqrt(0.5)));
                yield times(nodes.add("Mul", x, plus(erf, 1)), 0.5f);
            }
            case SIGMOID -> nodes.add("Sigmoid", x);
            case LOGSIGMOID -> nodes.add("Neg", nodes.add("Softplus", nodes.add("Neg", x)));
            case SILU -> nodes.add("Mul", x, nodes.add("Sigmoid", x));
            case MISH -> nodes.add("Mul", x, nodes.add("Tanh", nodes.add("Softplus", x)));
            case SOFTPLUS -> nodes.add("Softplus", x);
            case SOFTSIGN -> nodes.add("Softsign", x);
            case TANHSHRINK -> nodes.add("Sub", x, nodes.add("Tanh", x));
            case HARDTANH -> clip(x, -1, 1);
            case HARDSIGMOID -> hardSigmoid(x);
            case HARDSWISH -> nodes.add("Mul", x, hardSigmoid(x));
        };
    }

    private String hardSigmoid(String x) {
        return clip(plus(times(x, 1 / 6f), 0.5f), 0, 1);
    }

    /** The means are products with a vector, which needs no cuDNN. */
    private String layerNorm(Layer.LayerNorm norm, String x) {
        long width = norm.scale().length;
        float[] share = new float[(int) width];
        Arrays.fill(share, 1f / width);
        String mean = nodes.floats(List.of(width, 1L), share);
        String centred = nodes.add("Sub", x, nodes.add("MatMul", x, mean));
        String variance = nodes.add("MatMul", nodes.add("Mul", centred, centred), mean);
        String unit = nodes.add("Div", centred, nodes.add("Sqrt", plus(variance, NORM_EPSILON)));
        String scaled = nodes.add("Mul", unit, nodes.floats(List.of(width), norm.scale()));
        return nodes.add("Add", scaled, nodes.floats(List.of(width), norm.shift()));
    }

    private String saturated(Layer.LogSaturation saturation, String x) {
        String once = nodes.add("Log", plus(nodes.add("Relu", x), 1));
        return saturation.twice() ? nodes.add("Log", plus(once, 1)) : once;
    }

    private String normalized(String x) {
        String row = nodes.add("Reshape", x, nodes.ints(0, 1, -1));
        String column = nodes.add("Reshape", x, nodes.ints(0, -1, 1));
        String squares = nodes.add("Reshape", nodes.add("MatMul", row, column), nodes.ints(0, 1));
        String length = nodes.add("Max", nodes.add("Sqrt", squares), nodes.floats(List.of(), LENGTH_EPSILON));
        return nodes.add("Div", x, length);
    }

    private String clip(String x, float least, float most) {
        return nodes.add("Clip", x, nodes.floats(List.of(), least), nodes.floats(List.of(), most));
    }

    private String times(String x, float factor) {
        return nodes.add("Mul", x, nodes.floats(List.of(), factor));
    }

    private String plus(String x, float summand) {
        return nodes.add("Add", x, nodes.floats(List.of(), summand));
    }
}
