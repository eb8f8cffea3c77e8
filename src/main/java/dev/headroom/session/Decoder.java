package dev.headroom.session;

import dev.headroom.model.ModelSpec;
import dev.headroom.model.TaskSpec;
import dev.headroom.model.file.BrokenModelException;
import dev.headroom.model.onnx.DecoderGraph;
import java.util.Optional;

/**
 * A model that continues sequences, open on a device, and the keys and values of those that it has read. Those whose next tokens
 * are wanted are its rows; one that is still being read is one of its {@link Prompts}. The device's thread calls; any thread may
 * read the name and the weight.
 */
public final class Decoder implements Tenant, AutoCloseable {

    private final ModelSpec spec;
    private final DecoderGraph graph;
    private final DecoderSession session;
    private final KeyValueRows rows;
    private final CacheForm form;
    private final Prompts prompts;
    private final Optional<String> alone; // why sequences run one at a time
    private Runnable givingBack = () -> {};

    private Decoder(ModelSpec spec, TaskSpec.Generate task, DecoderSession session, Optional<String> alone) {
        DecoderGraph graph = task.graph();
        this.spec = spec;
        this.graph = graph;
        this.session = session;
        this.rows = new KeyValueRows(session, !graph.shared());
        this.form = CacheForm.of(task, session, rows);
        this.prompts = new Prompts(form, rows);
        this.alone = alone;
    }

    /**
     * Loads a model.
     *
     * @throws BrokenModelException when ONNX Runtime cannot load the graph, or not run it where it is tried
     */
    public static Decoder open(ModelSpec spec, ExecutionProvider provider) {
        TaskSpec.Generate task = (TaskSpec.Generate) spec.task();
        DecoderGraph graph = task.graph();
        DecoderSession session = new DecoderSession(spec, graph, provider);
        try {
            return new Decoder(spec, task, session, spec.mixing().or(new PaddingTrial(spec, task, session)::reason));
        } catch (RuntimeException | Error e) {
            session.close();
            throw e;
        }
    }

    @Override
    public String name() {
        return spec.name();
    }

    @Override
    public int weight() {
        return spec.weight();
    }

    /** A sentence on its CUDA graphs; empty where they are not wanted. Any thread may call. */
    public Optional<String> remark() {
        return session.remark();
    }

    /** True if a prompt may be read in parts. */
    public boolean readsInParts() {
        return form.readsInParts();
    }

    /** Why nothing that was read of one sequence may be copied for another; empty where it may. */
    public Optional<String> mayNotCopy() {
        if (session.hasStepGraphs()) {
            return Optional.of("steps run as CUDA graphs, which compute in the memory beside the rows");
        }
        return readsInParts() ? spec.mixing() : Optional.of("the model reads a prompt as a whole");
    }

    /** True if a sequence of so many tokens runs by the graph's long rotary factors, beside its like alone. */
    public boolean isLong(int tokens) {
        return graph.isLong(tokens);
    }

    /** Why sequences run one at a time; empty where they may run together. */
    public Optional<String> runsAlone() {
        return alone;
    }

    /** The sequences that are being read. */
    public Prompts prompts() {
        return prompts;
    }

    /** The most bytes that so many rows of so many tokens take, while a step of theirs runs. */
    public long bytes(long count, long capacity) {
        return form.bytes(count, capacity);
    }

    /** Bytes that the keys and values of the rows hold now. */
    public long heldBytes() {
        return rows.memory().bytes();
    }

    /** The number of rows. */
    public int rows() {
        return rows.size();
    }

    /** Tokens of a row. */
    public int length(int row) {
        return rows.length(row);
    }

    /**
     * Makes a sequence that has been read the last row; its memory is then the rows'.
     *
     * @throws RunFailedException when there is no room: neither it nor any row is there then
     */
    public void join(Prompt prompt) throws RunFailedException {
        try {
            form.makeRoom(prompt);
            rows.add(prompt);
        } finally {
            prompts.drop(prompt);
        }
    }

    /** Ends a row, whose place the last one takes. */
    public void leave(int row) {
        rows.leave(row);
    }

    /**
     * Makes the only row a sequence that is none, in the memory that the row had.
     *
     * @throws RunFailedException when there was no room to give back what it does not need: no row is there then
     */
    public Prompt detach() throws RunFailedException {
        form.forget();
        return rows.detach();
    }

    /**
     * Has memory for rows, so that steps do not take more.
     *
     * @param wanted at least those that are there
     * @param capacity at least the tokens of the longest row
     * @throws RunFailedException when there is no room: no row is there then
     */
    public void reshape(int wanted, int capacity) throws RunFailedException {
        form.reshape(wanted, capacity);
    }

    /** Rows that there is memory for. */
    public int capacityRows() {
        return form.capacityRows();
    }

    /** Tokens of each row that there is memory for. */
    public int capacity() {
        return form.capacity();
    }

    /**
     * Reads one more token of each row.
     *
     * @return the scores after them, in the order of the rows
     * @throws RunFailedException when the device did not run them; the rows are as before
     */
    public Logits step(int[] tokens) throws RunFailedException {
        return form.step(tokens);
    }

    /** Takes the task that gives back what is not needed: it runs before the arena shrinks, and in the end. */
    public void whenGivingBack(Runnable task) {
        givingBack = task;
    }

    @Override
    public void shrink() {
        givingBack.run();
        session.shrink(prompts);
    }

    /** Ends all rows, and gives their memory back. */
    public void clear() {
        form.forget();
        rows.clear();
    }

    @Override
    public void close() {
        givingBack.run();
        form.forget();
        rows.close();
        session.close();
    }
}
