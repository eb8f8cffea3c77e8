package dev.headroom.session;

import dev.headroom.session.RunFailedException.Kind;
import dev.headroom.tensor.Row;
import java.util.List;
import org.jboss.logging.Logger;

/** The smallest row that ran in a model's sessions, because not every graph runs where all open dimensions are 1. */
final class SmallestRow {

    private static final Logger LOG = Logger.getLogger(SmallestRow.class);

    private final String model;
    private final BatchRunner runner;
    private volatile Row proven; // zeros

    /** None ran yet. */
    SmallestRow(String model, BatchRunner runner) {
        this.model = model;
        this.runner = runner;
    }

    /** A batch of it, of zeros; until one ran, of the smallest row that the graph's ports allow. */
    List<Row> batch() {
        return List.of(proven == null ? runner.signature().smallestRow() : proven);
    }

    /** This row ran. */
    void ran(Row row) {
        if (proven == null || row.elements() < proven.elements()) {
            proven = row.zeros(); // no caller's data is kept
        }
    }

    /**
     * Makes a GPU's arena free the memory of a failed run, which ONNX Runtime keeps from all other sessions until the
     * session runs again.
     */
    void runAfter(RunFailedException failure, OnnxSession session) {
        if (failure.kind() == Kind.DEVICE_LOST || !(session.provider() instanceof ExecutionProvider.Cuda)) {
            return;
        }
        try (Collation batch = runner.collate(batch())) {
            runner.run(session, batch, null).close();
        } catch (RunFailedException | RuntimeException e) {
            LOG.debugf(e, "The memory of a failed run of %s was not freed", model);
        }
    }
}
