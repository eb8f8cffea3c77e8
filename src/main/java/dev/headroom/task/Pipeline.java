package dev.headroom.task;

import dev.headroom.batch.Batcher;
import dev.headroom.batch.Calibrator;
import dev.headroom.batch.Failure;
import dev.headroom.batch.Item;
import dev.headroom.batch.RequestFailedException;
import dev.headroom.batch.Terms;
import dev.headroom.model.BrokenModelException;
import dev.headroom.model.Model;
import dev.headroom.model.Ports;
import dev.headroom.model.Row;
import dev.headroom.model.RunFailedException;
import dev.headroom.model.TaskSpec;
import dev.headroom.model.Tensor;
import dev.headroom.plan.DeviceMemory;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.jboss.logging.Logger;

/** One served model: the way of its items from text to answer. */
public final class Pipeline implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(Pipeline.class);

    /** Characters that are tokenised in less time than another thread takes to wake up, or not much more. */
    private static final int LITTLE_WORK = 1024;

    private static final int FEW_INPUTS = 8;

    private final TaskSpec spec;
    private final Model model;
    private final Task task;
    private final Batcher batcher;
    private final Workers workers;

    /**
     * A pipeline for a loaded model.
     *
     * @throws BrokenModelException when the task cannot be done with this model
     */
    public Pipeline(TaskFiles files, Model model, Batcher batcher, Preparation preparation) {
        this.spec = files.spec();
        this.model = model;
        this.batcher = batcher;
        this.workers = preparation.workers();
        this.task = switch (spec) {
            case TaskSpec.Embed embed -> new EmbedTask(embed, texts(embed, files));
            case TaskSpec.Classify classify -> new ClassifyTask(classify, texts(classify, files));
            case TaskSpec.Rerank rerank -> new RerankTask(rerank, texts(rerank, files));
            case TaskSpec.Image image -> new ImageTask(image, model.ports(), preparation.images());
            case TaskSpec.Tensors _ -> new TensorsTask(model.ports());
        };
    }

    private TextRows texts(TaskSpec.OfText spec, TaskFiles files) {
        return new TextRows(spec.text(), files.tokenizer(), model.ports().inputNames());
    }

    /** An input, with a name for it, which the log shows. */
    public record Entry(String id, Input input) {}

    /** The model's name. */
    public String name() {
        return model.name();
    }

    /** What the model does. */
    public TaskSpec spec() {
        return spec;
    }

    /** What goes into the model and what comes out. */
    public Ports ports() {
        return model.ports();
    }

    /** The model's batcher. */
    public Batcher batcher() {
        return batcher;
    }

    /**
     * Starts on a request's inputs.
     *
     * @param options what is asked of the answers
     * @param terms what the caller asks of their time
     * @return an item for each input, in their order
     * @throws dev.headroom.batch.RequestFailedException when the request is not admitted
     */
    public List<Item<Answer>> run(List<Entry> entries, Options options, Terms terms) {
        List<Item<Answer>> items =
                entries.stream().map(entry -> item(entry, options, terms)).toList();
        batcher.admit(items, longestPreparation(entries));
        if (small(entries)) {
            workers.executeSmall(() -> IntStream.range(0, items.size())
                    .forEach(i -> prepare(items.get(i), entries.get(i).input(), options)));
        } else {
            IntStream.range(0, items.size())
                    .forEach(i -> start(items.get(i), entries.get(i).input(), options));
        }
        return items;
    }

    private static Duration longestPreparation(List<Entry> entries) {
        return entries.stream()
                .map(entry -> entry.input().preparation())
                .max(Comparator.naturalOrder())
                .orElse(Duration.ZERO);
    }

    /**
     * What warms the model up and measures it, on one of its devices.
     *
     * @param opened the model as it is open there
     * @param memory what that device tells of its memory
     * @param openedBytes what the model took of it when it was opened
     */
    public Calibrator calibrator(Model opened, DeviceMemory memory, long openedBytes) {
        return new Calibrator(opened, task.rows(), memory, openedBytes);
    }

    /**
     * Runs the first batches, on the calling thread, which is the device's.
     *
     * @throws BrokenModelException when the model does not run
     */
    public void warmUp(Calibrator calibrator) {
        Calibrator.Rows rows = task.rows();
        Row longest = rows.ofLength().apply(rows.longest());
        try {
            calibrator.warmUp(output -> task.read(longest, output.rows().getFirst(), Options.USUAL));
            batcher.ranOn(rows.longest());
        } catch (RunFailedException | RuntimeException e) {
            if (task.runsOnThem()) {
                throw new BrokenModelException(
                        "The model %s does not run on a row of %d elements (%s); check its files, its max_length and headroom.memory.limit."
                                .formatted(name(), rows.longest(), e.getMessage()));
            }
            LOG.warnf(
                    "The model %s does not run where its open dimensions are 1 (%s): its first caller warms it up.",
                    name(), e.getMessage());
        }
    }

    @Override
    public void close() {
        batcher.close();
    }

    private Item<Answer> item(Entry entry, Options options, Terms terms) {
        return new Item<>(entry.id(), entry.input().bytes(), terms, (row, outputs) -> read(row, outputs, options));
    }

    private Answer read(Row row, List<Tensor> outputs, Options options) {
        return row.form().callers()
                ? new Answer.Tensors(outputs.stream().map(Tensor::copy).toList())
                : task.read(row, outputs, options);
    }

    private static boolean small(List<Entry> entries) {
        long work = 0;
        for (Entry entry : entries) {
            work += entry.input().work();
            if (work > LITTLE_WORK) {
                return false;
            }
        }
        return work == 0 || entries.size() <= FEW_INPUTS;
    }

    private void start(Item<Answer> item, Input input, Options options) {
        if (input instanceof Input.Reference reference && spec instanceof TaskSpec.Image) {
            batcher.postpone();
            Thread thread = Thread.startVirtualThread(() -> download(reference, item, options));
            item.outcome().thenRun(thread::interrupt);
        } else {
            workers.execute(() -> prepare(item, input, options));
        }
    }

    /** No worker waits for the network. */
    private void download(Input.Reference reference, Item<Answer> item, Options options) {
        try {
            Input.Image image = new Input.Image(downloaded(reference));
            workers.execute(() -> prepare(item, image, options));
        } catch (RequestFailedException e) {
            batcher.reject(item, e.failure());
        } catch (RuntimeException | Error e) {
            batcher.reject(item, new Failure.Internal("The input could not be downloaded.", e));
        }
    }

    private byte[] downloaded(Input.Reference reference) {
        try {
            return reference.download().get();
        } finally {
            batcher.expect();
        }
    }

    private void prepare(Item<Answer> item, Input input, Options options) {
        if (item.isOver()) {
            batcher.reject(item, new Failure.Abandoned("The item was over before it was prepared."));
            return;
        }
        Row row;
        try {
            row = input instanceof Input.Tensors(List<Tensor> tensors, List<String> outputs)
                    ? Row.of(tensors, outputs)
                    : task.row(input, options);
        } catch (RequestFailedException e) {
            batcher.reject(item, e.failure());
            return;
        } catch (RuntimeException | Error e) {
            batcher.reject(item, new Failure.Internal("The input could not be prepared.", e));
            return;
        }
        batcher.submit(item, row);
    }
}
