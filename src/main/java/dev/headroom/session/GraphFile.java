package dev.headroom.session;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import dev.headroom.model.ModelSpec;
import dev.headroom.model.file.BrokenModelException;
import dev.headroom.model.onnx.GraphEdit;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The file of a model's graph, which a session is opened from.
 *
 * @param edit the change of the graph; empty where it is opened as it is
 */
record GraphFile(ModelSpec spec, Optional<GraphEdit> edit) {

    /** A session with these options, which have to live as long as it does. */
    OrtSession open(SessionOptions options) throws OrtException, IOException {
        return edit.isPresent()
                ? openEdited(edit.get(), options)
                : OrtRuntime.environment().createSession(onnx().toString(), options);
    }

    private OrtSession openEdited(GraphEdit edit, SessionOptions options) throws OrtException, IOException {
        options.addConfigEntry(
                "session.model_external_initializers_file_folder_path",
                onnx().toAbsolutePath().getParent().toString());
        try (FileChannel file = FileChannel.open(onnx());
                Arena memory = Arena.ofConfined()) {
            int bytes = Math.toIntExact(file.size());
            ByteBuffer model =
                    memory.allocate(file.size() + edit.appended().length).asByteBuffer();
            ByteBuffer whole = model.slice(0, bytes);
            while (whole.hasRemaining() && file.read(whole) >= 0) {
                // reads on
            }
            edit.applyTo(model, bytes);
            return OrtRuntime.environment().createSession(model, options);
        }
    }

    private Path onnx() {
        return spec.onnx();
    }

    /** The exception for a graph that ONNX Runtime refuses. */
    BrokenModelException refused(OrtException e) {
        boolean memory = RunFailures.classify(e).kind() == RunFailedException.Kind.OUT_OF_MEMORY;
        return new BrokenModelException("%s: ONNX Runtime cannot load %s (%s); %s."
                .formatted(
                        onnx().getParent(),
                        onnx().getFileName(),
                        RunFailures.oneLine(e),
                        memory
                                ? "raise headroom.memory.limit where it is set, or take a device with more memory"
                                : "export or download the file again"));
    }

    /** The exception for a file that cannot be read. */
    BrokenModelException unreadable(IOException e) {
        return new BrokenModelException("%s: %s cannot be read (%s); check its permissions."
                .formatted(onnx().getParent(), onnx().getFileName(), e.getMessage()));
    }
}
