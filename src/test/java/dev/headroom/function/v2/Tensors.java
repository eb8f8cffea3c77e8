package dev.headroom.function.v2;

import dev.headroom.function.v2.json.V2JsonValues;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Tensors and requests of tests, in few words. */
public final class Tensors {

    private Tensors() {}

    static InferenceTensor of(String name, Datatype datatype, ByteBuffer data, long... shape) {
        return new InferenceTensor(name, datatype, shape, data);
    }

    public static InferenceTensor bytes(String name, Datatype datatype, String hex, long... shape) {
        return of(name, datatype, ByteBuffer.wrap(HexFormat.of().parseHex(hex)), shape);
    }

    public static InferenceTensor floats(String name, long[] shape, float... values) {
        ByteBuffer data = V2JsonValues.buffer(values.length * Float.BYTES);
        for (float value : values) {
            data.putFloat(value);
        }
        return new InferenceTensor(name, Datatype.FP32, shape, data.flip());
    }

    static InferenceTensor texts(String name, long[] shape, String... values) {
        ByteBuffer data = V2JsonValues.buffer(1000);
        for (String value : values) {
            byte[] text = value.getBytes(StandardCharsets.UTF_8);
            data.putInt(text.length).put(text);
        }
        return new InferenceTensor(name, Datatype.BYTES, shape, data.flip());
    }

    public static String hex(ByteBuffer data) {
        byte[] bytes = new byte[data.remaining()];
        data.get(0, bytes);
        return HexFormat.of().formatHex(bytes);
    }

    public static TensorRequest request(List<InferenceTensor> inputs, WantedOutput... outputs) {
        return new TensorRequest(
                new TensorAddress("m", Optional.empty(), Optional.of("7")), Map.of(), inputs, List.of(outputs));
    }

    public static WantedOutput wanted(String name, String parameter, Object value) {
        return new WantedOutput(name, Map.of(parameter, value));
    }
}
