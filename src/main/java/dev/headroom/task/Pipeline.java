package dev.headroom.task;

import dev.headroom.batch.Batcher;
import dev.headroom.batch.PreparationTime;
import dev.headroom.model.TaskSpec;
import dev.headroom.request.Failure;
import dev.headroom.request.Item;
import dev.headroom.request.Priority;
import dev.headroom.request.RequestFailedException;
import dev.headroom.request.Urgency;
import dev.headroom.session.Model;
import dev.headroom.task.Decoders.Place;
import dev.headroom.tensor.Ports;
import dev.headroom.tensor.Row;
import dev.headroom.tensor.Tensor;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

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

    /** A pipeline to the model's devices. */
    public Pipeline(ModelTask of, Batcher batcher) {
        this.spec = of.spec();
        this.model = of.model();
        this.task = of.task();
        this.workers = of.preparation().workers();
        this.decoders = of.preparation().decoders();
        this.batcher = batcher;
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

    /** The decoders of images, which all models share. */
    Decoders decoders() {
        return decoders;
    }

    /** The model's batcher. */
    public Batcher batcher() {
        return batcher;
    }

    /**
     * Starts on a request's inputs.
     *
     * @return an item for each input, in their order
     * @throws dev.headroom.request.RequestFailedException when the request is not admitted
     */
    public List<Item<Answer>> run(List<Entry> entries, Options options, Urgency urgency) {
        List<Item<Answer>> items =
                entries.stream().map(entry -> item(entry, options, urgency)).toList();
        if (spec instanceof TaskSpec.Image && !small(entries)) {
            startImages(items, entries, options, urgency.priority());
            return items;
        }
        batcher.admit(items);
        if (small(entries)) {
            start(
                    items,
                    () -> workers.executeSmall(() -> IntStream.range(0, items.size())
                            .forEach(i -> prepare(items.get(i), entries.get(i).input(), options))));
        } else {
            IntStream.range(0, items.size())
                    .forEach(i -> start(
                            List.of(items.get(i)),
                            () -> workers.execute(
                                    () -> prepare(items.get(i), entries.get(i).input(), options))));
        }
        return items;
    }

    /** Starts to prepare admitted items, and fails them where that does not begin, such as when no thread is left. */
    private void start(List<Item<Answer>> items, Runnable preparation) {
        try {
            preparation.run();
        } catch (RuntimeException | Error e) {
            items.forEach(item -> batcher.reject(item, new Failure.Internal("The input could not be prepared.", e)));
        }
    }

    private void startImages(List<Item<Answer>> items, List<Entry> entries, Options options, Priority priority) {
        List<Place> places = entries.stream()
                .map(entry -> decoders.place(entry.input(), priority))
                .toList();
        PreparationTime preparation = decoders.join(places, longestPreparation(entries));
        try {
            batcher.admit(items, preparation);
        } catch (RuntimeException | Error e) {
            places.forEach(Place::leave);
            throw e;
        }
        for (int i = 0; i < items.size(); i++) {
            try {
                startImage(items.get(i), entries.get(i).input(), places.get(i), options);
            } catch (RuntimeException | Error e) { // such as no thread left
                places.get(i).leave();
                batcher.reject(items.get(i), new Failure.Internal("The image could not be decoded.", e));
            }
        }
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

    private Item<Answer> item(Entry entry, Options options, Urgency urgency) {
        return new Item<>(entry.id(), entry.input().bytes(), urgency, (row, outputs) -> read(row, outputs, options));
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

    private void startImage(Item<Answer> item, Input input, Place place, Options options) {
        switch (input) {
            case Input.Image _ -> place.decode(() -> prepare(item, input, options));
            case Input.Reference reference -> {
                Thread thread = Thread.startVirtualThread(() -> download(reference, item, place, options));
                item.outcome().thenRun(thread::interrupt);
            }
            case Input.Text _, Input.Pair _, Input.Tokens _, Input.Tensors _ ->
                workers.execute(() -> prepare(item, input, options));
        }
        item.outcome().thenRun(place::leave);
    }

    /** Downloads on a thread of its own, so that no decoder waits for the network. */
    private void download(Input.Reference reference, Item<Answer> item, Place place, Options options) {
        try {
            Input.Image image = new Input.Image(downloaded(reference));
            place.found(image);
            place.decode(() -> prepare(item, image, options));
            item.outcome().thenRun(place::leave);
        } catch (RequestFailedException e) {
            batcher.reject(item, e.failure());
        } catch (RuntimeException | Error e) {
            batcher.reject(item, new Failure.Internal("The input could not be downloaded.", e));
        }
    }

    private byte[] downloaded(Input.Reference reference) {
        batcher.postpone();
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
