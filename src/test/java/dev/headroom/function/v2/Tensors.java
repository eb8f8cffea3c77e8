package dev.headroom.function.v2;

import dev.headroom.tensor.Datatype;
import dev.headroom.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Tensors and requests of tests, in few words. */
public final class Tensors {

    private Tensors() {}

    /** A tensor and its name. */
    public record Named(String name, Tensor tensor) {

        /** The same as an output, whose first dimension is the batch. */
        public OutputRows output() {
            return new OutputRows(name, tensor.rows());
        }
    }

    public static Named bytes(String name, Datatype datatype, String hex, long... shape) {
        return new Named(
                name, new Tensor(datatype, shape, ByteBuffer.wrap(HexFormat.of().parseHex(hex))));
    }

    public static Named floats(String name, long[] shape, float... values) {
        ByteBuffer data = Tensor.buffer(values.length * Float.BYTES);
        data.asFloatBuffer().put(values);
        return new Named(name, new Tensor(Datatype.FP32, shape, data));
    }

    static Named texts(String name, long[] shape, String... values) {
        return new Named(name, Tensor.ofTexts(shape, List.of(values)));
    }

    public static String hex(ByteBuffer data) {
        byte[] bytes = new byte[data.remaining()];
        data.get(0, bytes);
        return HexFormat.of().formatHex(bytes);
    }

    public static TensorRequest request(List<Named> inputs, WantedOutput... outputs) {
        Map<String, Tensor> byName = new LinkedHashMap<>();
        inputs.forEach(input -> byName.put(input.name(), input.tensor()));
        return new TensorRequest(
                new TensorAddress("m", Optional.empty(), Optional.of("7")), Map.of(), byName, List.of(outputs));
    }

    /** One of a request's inputs. */
    public static Tensor input(TensorRequest request, int index) {
        return List.copyOf(request.inputs().values()).get(index);
    }

    public static WantedOutput wanted(String name, String parameter, Object value) {
        return new WantedOutput(name, Map.of(parameter, value));
    }
}
