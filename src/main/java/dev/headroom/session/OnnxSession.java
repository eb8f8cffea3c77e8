package dev.headroom.session;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import dev.headroom.model.BrokenModelException;
import dev.headroom.model.ModelSpec;
import org.jboss.logging.Logger;

/** An ONNX Runtime session of one model on one execution provider, which can be closed and opened again. */
final class OnnxSession implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(OnnxSession.class);

    private final ModelSpec spec;
    private final ExecutionProvider provider;
    private OrtSession session; // null while closed
    private SessionOptions options; // lives as long as the session

    /**
     * Opens a session.
     *
     * @throws BrokenModelException when ONNX Runtime cannot load the graph
     */
    OnnxSession(ModelSpec spec, ExecutionProvider provider) {
        this.spec = spec;
        this.provider = provider;
        open();
    }

    /**
     * Opens the closed session again.
     *
     * @throws BrokenModelException when ONNX Runtime cannot load the graph
     */
    void open() {
        try {
            SessionOptions opened = provider.options();
            try {
                session = OrtRuntime.environment().createSession(spec.onnx().toString(), opened);
                options = opened;
            } catch (OrtException | RuntimeException e) {
                opened.close();
                throw e;
            }
        } catch (OrtException e) {
            throw broken(e);
        }
    }

    /** The exception for a graph that ONNX Runtime refuses. */
    BrokenModelException broken(OrtException e) {
        boolean memory = RunFailures.classify(e).kind() == RunFailedException.Kind.OUT_OF_MEMORY;
        return new BrokenModelException("%s: ONNX Runtime cannot load %s (%s); %s."
                .formatted(
                        spec.onnx().getParent(),
                        spec.onnx().getFileName(),
                        RunFailures.oneLine(e),
                        memory
                                ? "raise headroom.memory.limit where it is set, or take a device with more memory"
                                : "export or download the file again"));
    }

    ExecutionProvider provider() {
        return provider;
    }

    /** The open session. */
    OrtSession ort() {
        return session;
    }

    /** Closes the session, unless it is closed. */
    @Override
    public void close() {
        if (session == null) {
            return;
        }
        try {
            session.close();
        } catch (OrtException e) {
            LOG.warnf(e, "A session was not closed");
        }
        options.close();
        session = null;
    }
}
