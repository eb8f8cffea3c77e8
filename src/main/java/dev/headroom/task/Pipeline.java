package dev.headroom.task;

import dev.headroom.batch.Batcher;
import dev.headroom.model.TaskSpec;
import dev.headroom.request.Failure;
import dev.headroom.request.Item;
import dev.headroom.request.RequestFailedException;
import dev.headroom.request.Urgency;
import dev.headroom.session.Model;
import dev.headroom.tensor.Ports;
import dev.headroom.tensor.Row;
import dev.headroom.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;

/** One served model: takes its items from input to answer. */
public final class Pipeline implements AutoCloseable {

    /** Characters that are tokenised in about the time that another thread takes to wake up. */
    private static final int LITTLE_WORK = 1024;

    private static final int FEW_INPUTS = 8;

    private final TaskSpec spec;
    private final Model model;
    private final Task task;
    private final Batcher batcher;
    private final Workers workers;
    private final Decoders decoders;
    private final ImageItems images;
    private final AnswerMemory answers;

    /** A pipeline to the model's devices. */
    public Pipeline(ModelTask of, Batcher batcher) {
        this.spec = of.spec();
        this.model = of.model();
        this.task = of.task();
        this.workers = of.preparation().workers();
        this.decoders = of.preparation().decoders();
        this.answers = of.preparation().answers();
        this.batcher = batcher;
        this.images = new ImageItems(batcher, of.preparation(), this::prepare);
        of.longestThatRan().ifPresent(batcher::ranOn);
    }

    /** An input with its name in the log. */
    public record Entry(String id, Input input) {}

    /** The model's name. */
    public String name() {
        return model.name();
    }

    /** The model's task. */
    public TaskSpec spec() {
        return spec;
    }

    /** The model's inputs and outputs. */
    public Ports ports() {
        return model.ports();
    }

    /**
     * Reads texts or tokens by the model's tokeniser, on a worker's thread.
     *
     * @param reading fails with a {@link RequestFailedException} for what it cannot read
     * @return the future result
     * @throws RequestFailedException when the model reads no text
     */
    public <T> CompletableFuture<T> tokenized(Function<Tokenization, T> reading) {
        Tokenization tokenization = task.tokenization();
        return CompletableFuture.supplyAsync(() -> reading.apply(tokenization), workers::execute);
    }

    /** The decoders of images, which all models share. */
    Decoders decoders() {
        return decoders;
    }

    /** The model's batcher. */
    public Batcher batcher() {
        return batcher;
    }

    /**
     * Items that are admitted, and not begun yet.
     *
     * @param items an item for each input, in their order
     * @param start begins on them
     * @param withdrawal gives them up instead, with this failure
     */
    record Admitted(List<Item<Answer>> items, Runnable start, Consumer<Failure> withdrawal) {}

    /**
     * Starts on a request's inputs.
     *
     * @return an item for each input, in their order
     * @throws dev.headroom.request.RequestFailedException when the request is not admitted
     */
    public List<Item<Answer>> run(List<Entry> entries, Options options, Urgency urgency) {
        Admitted admitted = admit(entries, options, urgency);
        admitted.start().run();
        return admitted.items();
    }

    /**
     * Admits a request's inputs, all or none of them; of more than the queue holds, the first {@link Portions portion}.
     *
     * @throws dev.headroom.request.RequestFailedException when the request is not admitted
     */
    Admitted admit(List<Entry> entries, Options options, Urgency urgency) {
        long bytes = 0;
        for (Entry entry : entries) {
            bytes += entry.input().bytes();
        }
        boolean held = batcher.holds(entries.size(), bytes);
        if (held && !options.eachToken()) {
            return admitAtOnce(items(entries, options, urgency), entries, options, urgency);
        }
        return answers.take(answerBytes(entries, options), () -> {
            List<Item<Answer>> items = items(entries, options, urgency);
            return held
                    ? admitAtOnce(items, entries, options, urgency)
                    : new Portions(this, items, entries, options, urgency).admit();
        });
    }

    private List<Item<Answer>> items(List<Entry> entries, Options options, Urgency urgency) {
        List<Item<Answer>> items = new ArrayList<>(entries.size());
        for (Entry entry : entries) {
            items.add(item(entry, options, urgency));
        }
        return items;
    }

    private long answerBytes(List<Entry> entries, Options options) {
        long bytes = AnswerMemory.ITEM * entries.size();
        for (Entry entry : entries) {
            bytes += entry.input() instanceof Input.Tensors tensors
                    ? tensors.answerBytes(model.ports())
                    : task.answerBytes(options);
        }
        return bytes;
    }

    /**
     * Admits items that the queue can hold together, all or none of them.
     *
     * @throws dev.headroom.request.RequestFailedException when they are not admitted
     */
    Admitted admitAtOnce(List<Item<Answer>> items, List<Entry> entries, Options options, Urgency urgency) {
        if (spec instanceof TaskSpec.Image && !small(entries)) {
            return images.admit(items, entries, options, urgency.priority());
        }
        batcher.admit(items);
        return new Admitted(
                items,
                () -> start(items, entries, options),
                failure -> items.forEach(item -> batcher.reject(item, failure)));
    }

    private void start(List<Item<Answer>> items, List<Entry> entries, Options options) {
        if (small(entries)) {
            start(items, () -> workers.executeSmall(() -> prepareAll(items, entries, options)));
            return;
        }
        for (int i = 0; i < items.size(); i++) {
            Item<Answer> item = items.get(i);
            Input input = entries.get(i).input();
            start(List.of(item), () -> workers.execute(() -> prepare(item, input, options)));
        }
    }

    private void prepareAll(List<Item<Answer>> items, List<Entry> entries, Options options) {
        for (int i = 0; i < items.size(); i++) {
            prepare(items.get(i), entries.get(i).input(), options);
        }
    }

    /** Starts to prepare admitted items, and fails them where that does not begin, such as when no thread is left. */
    private void start(List<Item<Answer>> items, Runnable preparation) {
        try {
            preparation.run();
        } catch (RuntimeException | Error e) {
            items.forEach(item -> batcher.reject(item, new Failure.Internal("The input could not be prepared.", e)));
        }
    }

    @Override
    public void close() {
        batcher.close();
    }

    private Item<Answer> item(Entry entry, Options options, Urgency urgency) {
        return new Item<>(entry.id(), entry.input().bytes(), urgency, (row, outputs) -> read(row, outputs, options));
    }

    private Answer read(Row row, List<Tensor> outputs, Options options) {
        return row.form().callers() ? new Answer.Tensors(copies(outputs)) : task.read(row, outputs, options);
    }

    private static List<Tensor> copies(List<Tensor> outputs) {
        List<Tensor> copies = new ArrayList<>(outputs.size());
        for (Tensor output : outputs) {
            copies.add(output.copy());
        }
        return copies;
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

    private void prepare(Item<Answer> item, Input input, Options options) {
        if (item.isOver()) {
            batcher.reject(item, new Failure.Abandoned("The item was over before it was prepared."));
            return;
        }
        Row row;
        try {
            row = input instanceof Input.Tensors(List<Tensor> tensors, List<String> outputs)
                    ? Row.of(tensors, outputs)
                    : task.row(input, options, item::isOver);
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
