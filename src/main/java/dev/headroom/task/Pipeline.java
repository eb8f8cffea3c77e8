package dev.headroom.task;

import dev.headroom.batch.Batcher;
import dev.headroom.model.TaskSpec;
import dev.headroom.request.Failure;
import dev.headroom.request.Item;
import dev.headroom.request.RequestFailedException;
import dev.headroom.request.Urgency;
import dev.headroom.tensor.Ports;
import dev.headroom.tensor.Row;
import dev.headroom.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * One model: takes its items from input to answer. The model may be open or closed; while it is closed its requests wait at
 * the {@link Entrance}. Any thread may call; one at a time opens and closes.
 */
public final class Pipeline implements AutoCloseable {

    /** Characters that are tokenised in about the time that another thread takes to wake up. */
    private static final int LITTLE_WORK = 1024;

    private static final int FEW_INPUTS = 8;

    private final String name;
    private final TaskSpec spec;
    private final Entrance entrance;
    private volatile Optional<Parts> last = Optional.empty(); // as it was opened last
    private volatile boolean draining;

    /** The parts of a model that is open, or was. */
    private record Parts(ModelTask of, Batcher batcher, ImageItems images) {}

    /**
     * A pipeline of a model that is closed.
     *
     * @param name the model's name
     * @param entrance the way into it, which the two graphs of a dual encoder share
     */
    public Pipeline(String name, TaskSpec spec, Entrance entrance) {
        this.name = name;
        this.spec = spec;
        this.entrance = entrance;
    }

    /** A pipeline of a model that is open and stays so. */
    public Pipeline(ModelTask of, Batcher batcher) {
        this(of.model().name(), of.spec(), Entrance.alwaysOpen(of.model().name()));
        open(of, batcher);
    }

    /** The model is open now; the caller opens the entrance next. */
    public void open(ModelTask of, Batcher batcher) {
        of.longestThatRan().ifPresent(batcher::ranOn);
        last = Optional.of(new Parts(
                of,
                batcher,
                new ImageItems(
                        batcher, of.preparation(), (item, input, options) -> prepare(batcher, item, input, options))));
        if (draining) {
            batcher.drain();
        }
    }

    /** An input with its name in the log. */
    public record Entry(String id, Input input) {}

    /** The model's name. */
    public String name() {
        return name;
    }

    /** The model's task. */
    public TaskSpec spec() {
        return spec;
    }

    /** True once the model has been open: its ports and its tokeniser are known, open or not. */
    public boolean known() {
        return last.isPresent();
    }

    /**
     * Waits at the entrance, as the items of a request do.
     *
     * @return is answered once the model is open, and fails where it cannot be opened or its time is over
     */
    public Item<Boolean> opening(Urgency urgency) {
        Item<Boolean> opening = new Item<>("the opening", 0, urgency, (row, outputs) -> true);
        entrance.enter(List.of(opening), () -> () -> opening.answer(List.of()));
        return opening;
    }

    /**
     * The model's inputs and outputs.
     *
     * @throws IllegalStateException when they are not {@link #known}
     */
    public Ports ports() {
        return parts().of.model().ports();
    }

    private Parts parts() {
        return last.orElseThrow(() -> new IllegalStateException(name + " has never been open"));
    }

    /**
     * Reads texts or tokens by the model's tokeniser, on a worker's thread.
     *
     * @param reading fails with a {@link RequestFailedException} for what it cannot read
     * @return the future result
     * @throws RequestFailedException when the model reads no text
     * @throws IllegalStateException when its tokeniser is not {@link #known}
     */
    public <T> CompletableFuture<T> tokenized(Function<Tokenization, T> reading) {
        Tokenization tokenization = task().tokenization();
        Workers workers = parts().of.preparation().workers();
        return CompletableFuture.supplyAsync(() -> reading.apply(tokenization), workers::execute);
    }

    /** The decoders of images, which all models share. */
    Decoders decoders() {
        return parts().of.preparation().decoders();
    }

    /** The model's batcher, of the last opening; empty until it was open once. */
    public Optional<Batcher> batcher() {
        return last.map(Parts::batcher);
    }

    /** The way into the model. */
    Entrance entrance() {
        return entrance;
    }

    /** Most items that a request can hold. */
    public long mostItems() {
        return batcher().map(Batcher::mostItems).orElseGet(entrance::mostItems);
    }

    /** From now on batches close at once, also those of a later opening. */
    public void drain() {
        draining = true;
        batcher().ifPresent(Batcher::drain);
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
        List<Item<Answer>> items = items(entries, options, urgency);
        entrance.enter(items, () -> admit(items, entries, options, urgency).start());
        return items;
    }

    /** An item for each input, none of which is admitted yet. */
    List<Item<Answer>> items(List<Entry> entries, Options options, Urgency urgency) {
        List<Item<Answer>> items = new ArrayList<>(entries.size());
        for (Entry entry : entries) {
            items.add(item(entry, options, urgency));
        }
        return items;
    }

    /**
     * Admits a request's items while the model is open, all or none of them; of more than the queue holds, the first
     * {@link Portions portion}.
     *
     * @throws dev.headroom.request.RequestFailedException when the request is not admitted
     */
    Admitted admit(List<Item<Answer>> items, List<Entry> entries, Options options, Urgency urgency) {
        Parts parts = parts();
        long bytes = 0;
        for (Entry entry : entries) {
            bytes += entry.input().bytes();
        }
        boolean held = parts.batcher.holds(entries.size(), bytes);
        if (held && !options.eachToken()) {
            return admitAtOnce(items, entries, options, urgency);
        }
        return parts.of
                .preparation()
                .answers()
                .take(
                        answerBytes(entries, options),
                        () -> held
                                ? admitAtOnce(items, entries, options, urgency)
                                : new Portions(this, items, entries, options, urgency).admit());
    }

    private long answerBytes(List<Entry> entries, Options options) {
        long bytes = AnswerMemory.ITEM * entries.size();
        for (Entry entry : entries) {
            bytes += entry.input() instanceof Input.Tensors tensors
                    ? tensors.answerBytes(ports())
                    : task().answerBytes(options);
        }
        return bytes;
    }

    /**
     * Admits items that the queue can hold together, all or none of them.
     *
     * @throws dev.headroom.request.RequestFailedException when they are not admitted
     */
    Admitted admitAtOnce(List<Item<Answer>> items, List<Entry> entries, Options options, Urgency urgency) {
        Parts parts = parts();
        if (spec instanceof TaskSpec.Image && !small(entries)) {
            return parts.images.admit(items, entries, options, urgency.priority());
        }
        Batcher batcher = parts.batcher;
        batcher.admit(items);
        return new Admitted(
                items,
                () -> start(parts, items, entries, options),
                failure -> items.forEach(item -> batcher.reject(item, failure)));
    }

    private void start(Parts parts, List<Item<Answer>> items, List<Entry> entries, Options options) {
        Workers workers = parts.of.preparation().workers();
        Batcher batcher = parts.batcher;
        if (small(entries)) {
            start(batcher, items, () -> workers.executeSmall(() -> prepareAll(batcher, items, entries, options)));
            return;
        }
        for (int i = 0; i < items.size(); i++) {
            Item<Answer> item = items.get(i);
            Input input = entries.get(i).input();
            start(batcher, List.of(item), () -> workers.execute(() -> prepare(batcher, item, input, options)));
        }
    }

    private void prepareAll(Batcher batcher, List<Item<Answer>> items, List<Entry> entries, Options options) {
        for (int i = 0; i < items.size(); i++) {
            prepare(batcher, items.get(i), entries.get(i).input(), options);
        }
    }

    /** Starts to prepare admitted items, and fails them where that does not begin, such as when no thread is left. */
    private static void start(Batcher batcher, List<Item<Answer>> items, Runnable preparation) {
        try {
            preparation.run();
        } catch (RuntimeException | Error e) {
            items.forEach(item -> batcher.reject(item, new Failure.Internal("The input could not be prepared.", e)));
        }
    }

    /** Ends the forming of batches. Every item that has not run fails. */
    @Override
    public void close() {
        batcher().ifPresent(Batcher::close);
    }

    /** The same for good: requests that wait for the opening fail, too. */
    public void end() {
        entrance.end(Failure.Unavailable.closing());
        close();
    }

    private Item<Answer> item(Entry entry, Options options, Urgency urgency) {
        return new Item<>(entry.id(), entry.input().bytes(), urgency, (row, outputs) -> read(row, outputs, options));
    }

    private Answer read(Row row, List<Tensor> outputs, Options options) {
        return row.form().callers() ? new Answer.Tensors(copies(outputs)) : task().read(row, outputs, options);
    }

    private Task task() {
        return parts().of.task();
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

    private void prepare(Batcher batcher, Item<Answer> item, Input input, Options options) {
        if (item.isOver()) {
            batcher.reject(item, new Failure.Abandoned("The item was over before it was prepared."));
            return;
        }
        Row row;
        try {
            row = input instanceof Input.Tensors(List<Tensor> tensors, List<String> outputs)
                    ? Row.of(tensors, outputs)
                    : task().row(input, options, item::isOver);
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
