package dev.headroom.fuzz;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/** Cases that take as much of the service's memory as their bytes can, at every door. */
final class Heaviest {

    private static final String INFER = "inference.GRPCInferenceService/ModelInfer";

    private static final String JSON = "application/json";
    private static final String EVENT =
            "{\"specversion\":\"1.0\",\"id\":\"%s\",\"source\":\"/me\",\"type\":\"dev.headroom.infer\",";

    /** Each becomes much more than itself, in its own way. */
    private static final String[] ELEMENTS = {
        "{}",
        "[]",
        "\"\"",
        "0",
        "12",
        "1.5",
        "null",
        "[0]",
        "\"a\"",
        "\"\\u4e00\"",
        "\"\u4e00\"",
        "{\"text\":\"a\"}",
        "{\"\":{\"\":{\"\":{}}}}",
        "[".repeat(40) + "]".repeat(40),
        "{\"" + "k".repeat(3000) + "\":0}",
        "\"" + "a".repeat(50_000) + "\"",
        "\"" + "\\u4e00\u4e00".repeat(5000) + "\"",
        "{\"name\":\"\"}",
        "{\"name\":\"a\",\"shape\":[1],\"datatype\":\"INT64\",\"data\":[1]}"
    };

    private final Dice dice;

    private Heaviest(Dice dice) {
        this.dice = dice;
    }

    static Case of(long seed) {
        return new Heaviest(new Dice(seed)).next();
    }

    private Case next() {
        if (dice.onceIn(4)) {
            return called();
        }
        HttpMessage message = message();
        HttpMessage framed = dice.onceIn(4) ? message.chunked(60_000) : message.framed();
        byte[] bytes = framed.with("Host: localhost", "Connection: close").bytes();
        Case.Ending ending = dice.onceIn(3) ? Case.Ending.RESET : Case.Ending.WAIT;
        return new Case.Broken(bytes, dice.of(1, 1, 5), ending);
    }

    private int size() {
        return dice.of(60_000, 500_000, 2_900_000, 9_700_000);
    }

    /** A JSON array of as many elements as fill so many bytes. */
    private String array(int bytes) {
        String element = dice.of(ELEMENTS);
        int count = Math.max(1, bytes / (element.getBytes(StandardCharsets.UTF_8).length + 1));
        StringBuilder array = new StringBuilder("[").append(element);
        for (int i = 1; i < count; i++) {
            array.append(',').append(element);
        }
        return array.append(']').toString();
    }

    private HttpMessage message() {
        String array = array(size());
        String model =
                array.length() < 100_000 ? "minilm" : "none"; // what is large and sound would be work for minutes
        String inputs = "{\"model\":\"" + model + "\",\"inputs\":" + array + "}";
        return switch (dice.below(14)) {
            case 0 -> post("/infer", JSON, inputs);
            case 1 -> post("/infer", JSON, "{\"inputs\":\"a\",\"junk\":" + array + "}");
            case 2 -> post("/", "application/cloudevents+json", event() + "\"data\":" + inputs + "}");
            case 3 -> post("/", "application/cloudevents+json", event() + "\"junk\":" + array + "}");
            case 4 -> encoded(inputs);
            case 5 -> post("/", "application/cloudevents-batch+json", array);
            case 6 -> post("/", "application/cloudevents-batch+json", "[" + event() + "\"data\":" + inputs + "}]");
            case 7 -> binary(inputs);
            case 8 -> post("/v1/embeddings", JSON, "{\"model\":\"" + model + "\",\"input\":" + array + "}");
            case 9 -> post("/embed", JSON, "{\"inputs\":" + array + "}");
            case 10 -> post("/rerank", JSON, "{\"query\":\"a\",\"texts\":" + array + "}");
            case 11 -> post("/v2/models/same-int64/infer", JSON, "{\"inputs\":" + array + "}");
            case 12 -> tensor(array);
            default -> fields();
        };
    }

    private static HttpMessage post(String path, String type, String body) {
        return HttpMessage.post(path, type, body.getBytes(StandardCharsets.UTF_8));
    }

    private String event() {
        return EVENT.formatted(dice.anyLong());
    }

    /** JSON in Base64 within JSON. */
    private HttpMessage encoded(String inputs) {
        byte[] data = inputs.getBytes(StandardCharsets.UTF_8);
        byte[] part = data.length > 7_000_000 ? array(6_000_000).getBytes(StandardCharsets.UTF_8) : data;
        String base64 = Base64.getEncoder().encodeToString(part);
        return post("/", "application/cloudevents+json", event() + "\"data_base64\":\"" + base64 + "\"}");
    }

    private HttpMessage binary(String inputs) {
        return post("/", JSON, inputs)
                .with(
                        "ce-specversion: 1.0",
                        "ce-id: " + dice.anyLong(),
                        "ce-source: /me",
                        "ce-type: dev.headroom.infer");
    }

    private HttpMessage tensor(String array) {
        int count = dice.of(1000, 1_000_000, 4_000_000);
        return post(
                "/v2/models/same-int64/infer",
                JSON,
                "{\"inputs\":[{\"name\":\"a\",\"shape\":[%d,3],\"datatype\":\"%s\",\"data\":%s}]}"
                        .formatted(count, dice.of("INT64", "FP32", "BYTES", "BOOL"), array));
    }

    /** One object of fields that are all unlike. */
    private HttpMessage fields() {
        StringBuilder fields = new StringBuilder("{\"inputs\":\"a\"");
        int bytes = size();
        for (int i = 0; fields.length() < bytes; i++) {
            fields.append(",\"").append(Integer.toString(i, 36)).append("\":0");
        }
        return post(dice.of("/infer", "/embed", "/v1/embeddings", "/v2/models/same-int64/infer"), JSON, fields + "}");
    }

    private Case called() {
        byte[] message = called(size());
        return switch (dice.below(6)) {
            case 0 -> new Case.Called("grpc.health.v1.Health/Check", List.of(), message);
            case 1 -> new Case.Called("inference.GRPCInferenceService/ModelReady", List.of(), message);
            case 2 -> new Case.Called(INFER, List.of("grpc-encoding", "gzip"), zipped(message));
            default -> new Case.Called(INFER, List.of(), message);
        };
    }

    /** One field again and again, by its number: empty tensors, parameters, numbers of a byte, octets, groups that nobody knows. */
    private byte[] called(int bytes) {
        try {
            return switch (dice.below(7)) {
                case 0 -> repeated(bytes, dice.of(4, 5, 6), new byte[0]);
                case 1 -> repeated(bytes, 4, new byte[] {10, 1, (byte) dice.below(120)});
                case 2 -> repeated(bytes, dice.of(1, 7), new byte[dice.of(0, 1, 1000)]);
                case 3 -> contents(dice.of(1, 2, 3, 5), new byte[bytes]);
                case 4 -> contents(8, new byte[0]);
                case 5 -> pattern(bytes, (byte) 0x7b, (byte) 0x7c); // a group of field 15, and its end
                default -> pattern(bytes, (byte) 0x78, (byte) 1); // a number of field 15
            };
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] repeated(int bytes, int field, byte[] value) throws IOException {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(message);
        for (int i = 0; i < bytes; i += value.length + 2) {
            out.writeByteArray(field, value);
        }
        out.flush();
        return message.toByteArray();
    }

    /** One input whose contents are a packed list, or the same octets many times. */
    private static byte[] contents(int field, byte[] packed) throws IOException {
        ByteString list = field == 8
                ? ByteString.copyFrom(repeated(4_000_000, 8, packed))
                : ByteString.copyFrom(repeated(1, field, packed));
        ByteString input = ByteString.copyFrom(repeated(1, 5, list.toByteArray()));
        return repeated(1, 5, input.toByteArray());
    }

    private static byte[] pattern(int bytes, byte... pattern) {
        byte[] message = new byte[bytes / pattern.length * pattern.length];
        for (int i = 0; i < message.length; i++) {
            message[i] = pattern[i % pattern.length];
        }
        return message;
    }

    private static byte[] zipped(byte[] message) {
        ByteArrayOutputStream zipped = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(zipped)) {
            for (int i = 0; i < 40; i++) {
                out.write(message);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return zipped.toByteArray();
    }
}
