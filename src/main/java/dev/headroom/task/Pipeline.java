package dev.headroom.task;

import dev.headroom.batch.Batcher;
import dev.headroom.model.TaskSpec;
import dev.headroom.request.Failure;
import dev.headroom.request.Item;
import dev.headroom.request.RequestFailedException;
import dev.headroom.request.Urgency;
import dev.headroom.tensor.Ports;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * One model: takes its items from input to answer. The model may be open or closed; while it is closed its requests wait at
 * the {@link Entrance}. Any thread may call; one at a time opens and closes.
 */
public final class Pipeline implements AutoCloseable {

    private final String name;
    private final TaskSpec spec;
    private final Entrance entrance;
    private volatile Optional<OpenModel> last = Optional.empty(); // as it was opened last
    private volatile boolean draining;

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

    /** The model is open now; the caller opens the entrance next. */
    public void open(ModelTask of, Batcher batcher) {
        of.longestThatRan().ifPresent(batcher::ranOn);
        last = Optional.of(new OpenModel(of, batcher));
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
        return opened().of().model().ports();
    }

    /**
     * The model as it was opened last.
     *
     * @throws IllegalStateException when it is not {@link #known}
     */
    OpenModel opened() {
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
        ModelTask of = opened().of();
        Tokenization tokenization = of.task().tokenization();
        Workers workers = of.preparation().workers();
        return CompletableFuture.supplyAsync(() -> reading.apply(tokenization), workers::execute);
    }

    /** The decoders of images, which all models share. */
    Decoders decoders() {
        return opened().of().preparation().decoders();
    }

    /** The model's batcher, of the last opening; empty until it was open once. */
    public Optional<Batcher> batcher() {
        return last.map(OpenModel::batcher);
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
     * Starts on a request's inputs.
     *
     * @return an item for each input, in their order
     * @throws dev.headroom.request.RequestFailedException when the request is not admitted
     */
    public List<Item<Answer>> run(List<Entry> entries, Options options, Urgency urgency) {
        RequestPart request = part(entries, options, urgency);
        entrance.enter(request.items(), () -> admit(request).start());
        return request.items();
    }

    /** The inputs with an item for each, none of which is admitted yet. */
    RequestPart part(List<Entry> entries, Options options, Urgency urgency) {
        List<Item<Answer>> items = new ArrayList<>(entries.size());
        for (Entry entry : entries) {
            items.add(new Item<>(
                    entry.id(),
                    entry.input().bytes(),
                    urgency,
                    (row, outputs) -> opened().read(row, outputs, options)));
        }
        return new RequestPart(items, entries, options);
    }

    /**
     * Admits a request's items while the model is open, all or none of them; of more than the queue holds, the first
     * {@link Portions portion}.
     *
     * @throws dev.headroom.request.RequestFailedException when the request is not admitted
     */
    Admitted admit(RequestPart request) {
        OpenModel model = opened();
        boolean held = model.batcher().holds(request.entries().size(), request.bytes());
        if (held && !request.options().eachToken()) {
            return model.admit(request);
        }
        AnswerMemory answers = model.of().preparation().answers();
        return answers.take(
                model.answerBytes(request), () -> held ? model.admit(request) : new Portions(this, request).admit());
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
}
