package dev.headroom.benchmark;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The embedded model by ONNX Runtime's Java API, with nothing of Headroom's between. */
final class BareModel implements AutoCloseable {

    private static final Path FOLDER = Path.of("models/all-minilm-l6-v2");
    private static final String LONGEST = "256";

    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final Map<Integer, OrtSession> sessions = new HashMap<>();

    /** The session whose runs are shared by so many threads; opened once. */
    OrtSession session(int threads) {
        return sessions.computeIfAbsent(threads, count -> {
            try (SessionOptions options = new SessionOptions()) {
                options.setIntraOpNumThreads(count);
                return environment.createSession(
                        FOLDER.resolve("all-minilm-l6-v2.onnx").toString(), options);
            } catch (OrtException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    /** The texts' tokens. */
    static List<long[]> tokens(List<String> texts) throws IOException {
        System.setProperty("ai.djl.offline", "true");
        Map<String, String> options =
                Map.of("padding", "false", "truncation", "true", "maxLength", LONGEST, "modelMaxLength", LONGEST);
        try (HuggingFaceTokenizer tokenizer =
                HuggingFaceTokenizer.newInstance(FOLDER.resolve("all-minilm-l6-v2-tokenizer.json"), options)) {
            return texts.stream().map(text -> tokenizer.encode(text).getIds()).toList();
        }
    }

    /** A batch of the model's inputs, padded to the longest row. */
    Map<String, OnnxTensor> batch(List<long[]> rows) {
        int longest = rows.stream().mapToInt(row -> row.length).max().orElseThrow();
        LongBuffer ids = longs(rows.size() * longest);
        LongBuffer mask = longs(rows.size() * longest);
        for (int i = 0; i < rows.size(); i++) {
            for (int j = 0; j < rows.get(i).length; j++) {
                ids.put(i * longest + j, rows.get(i)[j]);
                mask.put(i * longest + j, 1);
            }
        }
        long[] shape = {rows.size(), longest};
        return Map.of(
                "input_ids", tensor(ids, shape),
                "attention_mask", tensor(mask, shape),
                "token_type_ids", tensor(longs(rows.size() * longest), shape));
    }

    private static LongBuffer longs(int count) {
        return ByteBuffer.allocateDirect(count * Long.BYTES)
                .order(ByteOrder.nativeOrder())
                .asLongBuffer();
    }

    private OnnxTensor tensor(LongBuffer values, long[] shape) {
        try {
            return OnnxTensor.createTensor(environment, values, shape);
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() throws OrtException {
        for (OrtSession session : sessions.values()) {
            session.close();
        }
    }
}
