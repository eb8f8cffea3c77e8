package dev.headroom.task;

import dev.headroom.batch.Batcher;
import dev.headroom.batch.Failure;
import dev.headroom.batch.Item;
import dev.headroom.batch.RequestFailedException;
import dev.headroom.batch.Terms;
import dev.headroom.model.Model;
import dev.headroom.model.Ports;
import dev.headroom.model.Row;
import dev.headroom.model.TaskSpec;
import dev.headroom.model.Tensor;
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

    /** A pipeline to the model's devices. */
    public Pipeline(ModelTask of, Batcher batcher) {
        this.spec = of.spec();
        this.model = of.model();
        this.task = of.task();
        this.workers = of.workers();
        this.batcher = batcher;
        of.longestThatRan().ifPresent(batcher::ranOn);
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
