package dev.headroom.task;

import dev.headroom.calibration.Calibrator;
import dev.headroom.device.DeviceMemory;
import dev.headroom.gate.Gate;
import dev.headroom.model.TaskSpec;
import dev.headroom.model.file.BrokenModelException;
import dev.headroom.session.BatchOutput;
import dev.headroom.session.ClosedSessionException;
import dev.headroom.session.Model;
import dev.headroom.session.RunFailedException;
import dev.headroom.tensor.Row;
import java.util.OptionalLong;
import org.jboss.logging.Logger;

/** A task and its model, before the first request. */
public final class ModelTask {

    private static final Logger LOG = Logger.getLogger(ModelTask.class);

    private final TaskSpec spec;
    private final Model model;
    private final Task task;
    private final Preparation preparation;
    private volatile OptionalLong longestThatRan = OptionalLong.empty();

    /**
     * A task for a loaded model.
     *
     * @throws BrokenModelException when the task cannot be done with this model
     */
    public ModelTask(TaskFiles files, Model model, Preparation preparation) {
        this.spec = files.spec();
        this.model = model;
        this.preparation = preparation;
        this.task = switch (spec) {
            case TaskSpec.OfVectors vectors -> new EmbedTask(vectors, texts(vectors, files), model.ports());
            case TaskSpec.Classify classify -> new ClassifyTask(classify, texts(classify, files));
            case TaskSpec.Rerank rerank -> new RerankTask(rerank, texts(rerank, files));
            case TaskSpec.Image image ->
                new ImageTask(image, model.ports(), preparation.decoders().images());
            case TaskSpec.Tensors _ -> new TensorsTask(model.ports());
            case TaskSpec.Generate _ ->
                throw new BrokenModelException("A model that generates text runs step by step, and not in batches.");
        };
    }

    private TextRows texts(TaskSpec.OfText spec, TaskFiles files) {
        return new TextRows(spec.text(), files.tokenizer(), model.ports());
    }

    /**
     * The calibrator of the model on one of its devices.
     *
     * @param opened the model on that device
     * @param memory the device's memory
     * @param openedBytes the memory that opening the model took
     */
    public Calibrator calibrator(Model opened, DeviceMemory memory, long openedBytes) {
        return new Calibrator(opened, task.rows(), memory, openedBytes);
    }

    /**
     * Runs the first batch, on the device's thread.
     *
     * @throws BrokenModelException when the model does not run
     */
    public void warmUp(Calibrator calibrator) {
        long shortest = task.rows().shortest();
        try {
            calibrator.warmUp(output -> check(shortest, output));
            longestThatRan = OptionalLong.of(shortest);
        } catch (RunFailedException | RuntimeException e) {
            if (e instanceof RunFailedException run && run.kind() == RunFailedException.Kind.DEVICE_LOST) {
                throw new BrokenModelException(
                        "The device is lost to this process, which has to be restarted for it: %s. If that happens again, the GPU itself may be broken: see the system's log."
                                .formatted(e.getMessage()));
            }
            if (task.runsOnThem()) {
                throw new BrokenModelException(defect(shortest, e));
            }
            LOG.warnf(
                    "The model %s does not run where its open dimensions are 1 (%s): its first caller warms it up.",
                    model.name(), e.getMessage());
        }
    }

    /**
     * Runs the longest row that is served, in its turn among other batches, unless not even the shortest ran.
     *
     * @throws IllegalStateException when the device is lost, or the model is closed; any other failure is logged, because
     *     shorter rows run
     */
    public void warmUpLongest(Calibrator calibrator, Gate gate) throws InterruptedException {
        long longest = task.rows().longest();
        if (longestThatRan.isEmpty()) {
            return;
        }
        try {
            calibrator.warmUpLongest(gate, output -> check(longest, output));
            longestThatRan = OptionalLong.of(longest);
        } catch (ClosedSessionException e) {
            throw e;
        } catch (RunFailedException | RuntimeException e) {
            if (e instanceof RunFailedException run && run.kind() == RunFailedException.Kind.DEVICE_LOST) {
                throw new IllegalStateException(run);
            }
            LOG.error(defect(longest, e));
        }
    }

    private void check(long elements, BatchOutput output) {
        Row row = task.rows().ofLength().apply(elements);
        task.read(row, output.rows().getFirst(), Options.USUAL);
    }

    private String defect(long elements, Exception failure) {
        return "The model %s does not run on a row of %d elements (%s); check its files, its max_length and headroom.memory.limit."
                .formatted(model.name(), elements, failure.getMessage());
    }

    TaskSpec spec() {
        return spec;
    }

    Model model() {
        return model;
    }

    Task task() {
        return task;
    }

    Preparation preparation() {
        return preparation;
    }

    /** Elements of the longest row that has run; empty where none has. */
    public OptionalLong longestThatRan() {
        return longestThatRan;
    }
}
