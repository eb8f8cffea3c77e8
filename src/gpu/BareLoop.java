import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.providers.OrtCUDAProviderOptions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The model in a loop on batches made beforehand, whose output nobody reads: no service on the same device can be faster.
 *
 * <p>{@code BareLoop MODEL gpu|cpu SECONDS ROWSxLENGTH...} prints a line for each size: the size and the rows a second,
 * or the size and the reason why it did not run.
 */
final class BareLoop {

    private static final int WARM_UP_RUNS = 5;
    private static final int SOME_TOKEN = 2314;

    private final OrtEnvironment environment;
    private final OrtSession session;
    private final double seconds;

    private BareLoop(OrtEnvironment environment, OrtSession session, double seconds) {
        this.environment = environment;
        this.session = session;
        this.seconds = seconds;
    }

    public static void main(String... arguments) throws OrtException {
        List<String> sizes = Arrays.asList(arguments).subList(3, arguments.length);
        OrtEnvironment environment = OrtEnvironment.getEnvironment(); // before the provider, which logs through it
        try (SessionOptions options = new SessionOptions()) {
            if (arguments[1].equals("gpu")) {
                options.addCUDA(new OrtCUDAProviderOptions(0));
            }
            OrtSession session = environment.createSession(arguments[0], options);
            BareLoop loop = new BareLoop(environment, session, Double.parseDouble(arguments[2]));
            sizes.forEach(size -> System.out.println(size + " " + loop.measured(size)));
        }
    }

    private String measured(String size) {
        String[] numbers = size.split("x");
        int rows = Integer.parseInt(numbers[0]);
        try {
            Map<String, OnnxTensor> batch = batch(rows, Integer.parseInt(numbers[1]));
            try {
                return "%.1f".formatted(rows * runsPerSecond(batch));
            } finally {
                batch.values().forEach(OnnxTensor::close);
            }
        } catch (OrtException e) {
            return "failed: " + e.getMessage().lines().findFirst().orElse("");
        }
    }

    private double runsPerSecond(Map<String, OnnxTensor> batch) throws OrtException {
        for (int run = 0; run < WARM_UP_RUNS; run++) {
            session.run(batch).close();
        }
        long begin = System.nanoTime();
        long runs = 0;
        while (System.nanoTime() - begin < seconds * 1e9) {
            session.run(batch).close();
            runs++;
        }
        return runs * 1e9 / (System.nanoTime() - begin);
    }

    /** The inputs of a model of texts: tokens, none of which is masked, and all of one type. */
    private Map<String, OnnxTensor> batch(int rows, int length) throws OrtException {
        Map<String, OnnxTensor> batch = new HashMap<>();
        for (String name : session.getInputNames()) {
            LongBuffer values = ByteBuffer.allocateDirect(rows * length * Long.BYTES)
                    .order(ByteOrder.nativeOrder())
                    .asLongBuffer();
            for (int i = 0; i < values.capacity(); i++) {
                values.put(i, value(name));
            }
            batch.put(name, OnnxTensor.createTensor(environment, values, new long[] {rows, length}));
        }
        return batch;
    }

    private static long value(String input) {
        return switch (input) {
            case "token_type_ids" -> 0;
            case "attention_mask" -> 1;
            default -> SOME_TOKEN;
        };
    }
}
