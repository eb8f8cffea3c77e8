package dev.headroom.session;

import dev.headroom.model.BrokenModelException;
import dev.headroom.tensor.Form;
import dev.headroom.tensor.Ports;
import dev.headroom.tensor.Row;
import java.util.List;

/** A loaded model. Every method is called from the thread of its device. */
public interface Model extends AutoCloseable {

    /** The name under which requests ask for it. */
    String name();

    /** How much of the device it gets beside other models that want it too, as a ratio to their weights. */
    default int weight() {
        return 1;
    }

    /** What goes in and what comes out. */
    Ports ports();

    /**
     * Runs rows of one {@link Form} as one batch, each padded to the longest.
     *
     * @return the rows' outputs in their order, to be closed by the caller
     * @throws RunFailedException when the device did not run the batch; its kind says what to do about it
     */
    BatchOutput run(List<Row> rows) throws RunFailedException;

    /** The same, with all of a CPU's cores for the one batch: nothing else runs on the device meanwhile. */
    default BatchOutput runAlone(List<Row> rows) throws RunFailedException {
        return run(rows);
    }

    /**
     * Closes the session and opens it anew, for one that asks for absurd sizes or whose memory is in pieces.
     *
     * @throws BrokenModelException when it does not open again, or does not run; the model cannot run any more
     */
    void reopen();

    /** Gives memory that the device's arena holds but does not use back, as far as it can. Never fails. */
    void shrink();

    @Override
    void close();
}
