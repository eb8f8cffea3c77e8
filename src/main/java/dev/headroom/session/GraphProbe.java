package dev.headroom.session;

import static dev.headroom.model.onnx.ProtobufFields.messages;
import static dev.headroom.model.onnx.ProtobufFields.text;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import ai.onnxruntime.TensorInfo;
import com.google.protobuf.UnknownFieldSet;
import dev.headroom.model.ModelSpec;
import dev.headroom.model.file.BrokenModelException;
import dev.headroom.tensor.Row;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A graph all of whose values are outputs, on a CPU: it tells which of them are floats, and how large they become. The graph's file
 * is read whole, so that its weights should lie beside it.
 */
public final class GraphProbe implements AutoCloseable {

    private static final int MODEL_GRAPH = 7;
    private static final int GRAPH_OUTPUT = 12;

    /** The values that one run keeps in memory at a time. */
    private static final int VALUES_AT_A_TIME = 256;

    private final ModelSpec spec;
    private final BufferPool buffers = new BufferPool(false);
    private final SessionOptions options;
    private final OrtSession session;

    /**
     * Opens a graph.
     *
     * @param values the names of values of the graph that are no outputs
     * @throws BrokenModelException when ONNX Runtime cannot load it
     */
    public GraphProbe(ModelSpec spec, List<String> values) {
        this.spec = spec;
        this.options = options(spec.onnx());
        try {
            session = OrtRuntime.environment().createSession(opened(spec.onnx(), values), options);
        } catch (OrtException | IOException e) {
            options.close();
            throw broken(e);
        }
    }

    private static SessionOptions options(Path file) {
        OrtRuntime.environment(); // loads the library that the options need
        SessionOptions options = new SessionOptions();
        try {
            options.setOptimizationLevel(OptLevel.NO_OPT);
            options.addConfigEntry("session.disable_prepacking", "1");
            options.addConfigEntry(
                    "session.model_external_initializers_file_folder_path",
                    file.toAbsolutePath().getParent().toString());
            return options;
        } catch (OrtException e) {
            options.close();
            throw new IllegalStateException(e);
        }
    }

    /** The graph with more outputs. ONNX Runtime infers their types and shapes. */
    private static byte[] opened(Path file, List<String> values) throws IOException {
        List<UnknownFieldSet> outputs =
                values.stream().map(name -> text(1, name).build()).toList();
        UnknownFieldSet graph = UnknownFieldSet.newBuilder()
                .addField(GRAPH_OUTPUT, messages(outputs))
                .build();
        byte[] more = UnknownFieldSet.newBuilder()
                .addField(MODEL_GRAPH, messages(List.of(graph)))
                .build()
                .toByteArray();
        byte[] model = Files.readAllBytes(file);
        byte[] all = Arrays.copyOf(model, model.length + more.length);
        System.arraycopy(more, 0, all, model.length, more.length);
        return all;
    }

    /**
     * The inputs and values of floats, with the size of the largest element that each had in this batch.
     *
     * @param batch rows of one form
     * @throws BrokenModelException when it does not run
     */
    public Map<String, Float> largest(List<Row> batch) {
        try (Collation inputs = Collation.of(
                batch, Signature.of(spec, session), buffers, spec.task().padId())) {
            Map<String, Float> largest = new HashMap<>();
            floats(session.getInputInfo()).forEach(name -> largest.put(name, 0f));
            inputs.tensors().forEach((name, tensor) -> largest.computeIfPresent(name, (_, _) -> largest(tensor)));
            List<String> values = new ArrayList<>(floats(session.getOutputInfo()));
            for (int from = 0; from < values.size(); from += VALUES_AT_A_TIME) {
                List<String> some = values.subList(from, Math.min(from + VALUES_AT_A_TIME, values.size()));
                try (OrtSession.Result result = session.run(inputs.tensors(), new LinkedHashSet<>(some))) {
                    for (int i = 0; i < some.size(); i++) {
                        largest.put(some.get(i), largest((OnnxTensor) result.get(i)));
                    }
                }
            }
            return largest;
        } catch (OrtException e) {
            throw broken(e);
        }
    }

    /** The ports that are tensors of floats. */
    private static Set<String> floats(Map<String, NodeInfo> ports) {
        Set<String> names = new LinkedHashSet<>();
        ports.forEach((name, port) -> {
            if (port.getInfo() instanceof TensorInfo tensor && tensor.type == OnnxJavaType.FLOAT) {
                names.add(name);
            }
        });
        return names;
    }

    private static float largest(OnnxTensor tensor) {
        FloatBuffer values = tensor.getFloatBuffer();
        float largest = 0;
        while (values.hasRemaining()) {
            float size = Math.abs(values.get());
            largest = size <= largest ? largest : Float.isNaN(size) ? Float.POSITIVE_INFINITY : size;
        }
        return largest;
    }

    private BrokenModelException broken(Exception e) {
        String reason = e instanceof OrtException failure ? RunFailures.oneLine(failure) : e.getMessage();
        return new BrokenModelException("%s: ONNX Runtime does not run %s on a made-up row (%s)."
                .formatted(spec.name(), spec.onnx().getFileName(), reason));
    }

    @Override
    public void close() {
        buffers.close();
        try {
            session.close();
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        } finally {
            options.close();
        }
    }
}
