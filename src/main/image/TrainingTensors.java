import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Calls the doors of the Open Inference Protocol, gRPC's among them, with one row and with many, by JSON and by bytes.
 *
 * @param service the service's address
 * @param models the answer to /v1/models, which names the model
 */
record TrainingTensors(String service, String models) {

    private static final Pattern MODEL = Pattern.compile("\"id\":\"([^\"]+)\"");
    private static final Pattern INPUT = Pattern.compile("\"name\":\"([a-z_]+)\",\"datatype\":\"INT64\"");

    private static final int ROWS = 8;
    private static final int LONG = 32;
    private static final int SHORT = 8;

    void call(HttpClient http1, HttpClient http2) throws IOException, InterruptedException {
        Matcher model = MODEL.matcher(models);
        if (!model.find()) {
            throw new IOException("No model is named in " + models);
        }
        String path = service + "/v2/models/" + model.group(1);
        List<String> inputs = INPUT.matcher(TrainingRun.get(http1, path).split("\"outputs\"")[0])
                .results()
                .map(input -> input.group(1))
                .toList();
        for (int round = 0; round < TrainingRun.ROUNDS; round++) {
            call(http1, http2, path, model.group(1), inputs, 1, SHORT);
        }
        for (int round = 0; round < TrainingRun.BULK_ROUNDS; round++) {
            call(http1, http2, path, model.group(1), inputs, ROWS, LONG);
        }
    }

    private void call(
            HttpClient http1, HttpClient http2, String path, String model, List<String> inputs, int rows, int length)
            throws IOException, InterruptedException {
        byte[] json = json(inputs, rows, length, false).getBytes(StandardCharsets.UTF_8);
        post(http1, path + "/infer", "application/json", json);
        byte[] head = json(inputs, rows, length, true).getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream binary = new ByteArrayOutputStream();
        binary.writeBytes(head);
        inputs.forEach(input -> binary.writeBytes(elements(rows * length)));
        post(http1, path + "/infer", "application/octet-stream", binary.toByteArray(), "" + head.length);
        post(
                http2,
                service + "/inference.GRPCInferenceService/ModelInfer",
                "application/grpc",
                call(model, inputs, rows, length));
    }

    private static String json(List<String> inputs, int rows, int length, boolean binary) {
        String ones = IntStream.range(0, rows * length).mapToObj(i -> "1").collect(Collectors.joining(","));
        String values = binary
                ? "\"parameters\":{\"binary_data_size\":%d}".formatted(rows * length * Long.BYTES)
                : "\"data\":[" + ones + "]";
        return inputs.stream()
                .map(input -> "{\"name\":\"%s\",\"datatype\":\"INT64\",\"shape\":[%d,%d],%s}"
                        .formatted(input, rows, length, values))
                .collect(Collectors.joining(
                        ",", "{\"parameters\":{\"binary_data_output\":%b},\"inputs\":[".formatted(binary), "]}"));
    }

    private static byte[] elements(int count) {
        ByteBuffer ones = ByteBuffer.allocate(count * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) {
            ones.putLong(1);
        }
        return ones.array();
    }

    /** A ModelInferRequest behind its prefix, as protobuf has it. */
    private static byte[] call(String model, List<String> inputs, int rows, int length) {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        message.writeBytes(field(1, model.getBytes(StandardCharsets.UTF_8)));
        for (String input : inputs) {
            ByteArrayOutputStream tensor = new ByteArrayOutputStream();
            tensor.writeBytes(field(1, input.getBytes(StandardCharsets.UTF_8)));
            tensor.writeBytes(field(2, "INT64".getBytes(StandardCharsets.UTF_8)));
            tensor.writeBytes(field(3, new byte[] {(byte) rows, (byte) length}));
            message.writeBytes(field(5, tensor.toByteArray()));
        }
        inputs.forEach(input -> message.writeBytes(field(7, elements(rows * length))));
        return ByteBuffer.allocate(1 + Integer.BYTES + message.size())
                .put((byte) 0)
                .putInt(message.size())
                .put(message.toByteArray())
                .array();
    }

    private static byte[] field(int number, byte[] value) {
        ByteArrayOutputStream field = new ByteArrayOutputStream();
        field.write(number << 3 | 2);
        int length = value.length;
        for (; length >= 0x80; length >>= 7) {
            field.write(length & 0x7F | 0x80);
        }
        field.write(length);
        field.writeBytes(value);
        return field.toByteArray();
    }

    private static void post(HttpClient client, String uri, String type, byte[] body, String... jsonLength)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(uri))
                .header("Content-Type", type)
                .POST(BodyPublishers.ofByteArray(body));
        for (String length : jsonLength) {
            request.header("Inference-Header-Content-Length", length);
        }
        TrainingRun.check(client.send(request.build(), BodyHandlers.ofByteArray()));
    }
}
