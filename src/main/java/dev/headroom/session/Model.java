package dev.headroom.session;

import dev.headroom.model.file.BrokenModelException;
import dev.headroom.tensor.Form;
import dev.headroom.tensor.Ports;
import dev.headroom.tensor.Row;
import java.util.List;

/**
 * A loaded model. The thread of each lane may run batches, at the same time on a CPU. {@link #shrink} and {@link #reopen} are
 * called while nothing else runs. Any thread may read the name, the weight and the ports.
 */
public interface Model extends Tenant, AutoCloseable {

    /** Its inputs and outputs. */
    Ports ports();

    /**
     * Runs rows of one {@link Form} as one batch, each padded to the longest.
     *
     * @return the rows' outputs in their order, to be closed by the caller
     * @throws RunFailedException when the device did not run the batch; its kind names the remedy
     */
    BatchOutput run(List<Row> rows) throws RunFailedException;

    /** True if the calling thread does all the work of a run, so that the processor's time tells how long a run takes. */
    default boolean runsOnCallingThread() {
        return false;
    }

    /** Runs rows while nothing else runs on the device, with all of a CPU's cores. */
    default BatchOutput runAlone(List<Row> rows) throws RunFailedException {
        return run(rows);
    }

    /**
     * Lays rows of one form into tensors, on any thread and while other batches run, so that their lane only has to run them.
     *
     * @throws RunFailedException when there is no memory for them
     */
    PreparedRows prepare(List<Row> rows) throws RunFailedException;

    /**
     * Closes the session and opens a new one. It cures a session that asks for absurd sizes or has fragmented memory.
     *
     * @throws BrokenModelException when it does not open or run; the model cannot run any more
     */
    void reopen();

    @Override
    void close();
}
