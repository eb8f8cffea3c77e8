package dev.headroom.task;

import dev.headroom.batch.Batcher;
import dev.headroom.batch.Calibrator;
import dev.headroom.batch.Failure;
import dev.headroom.batch.Item;
import dev.headroom.batch.Terms;
import dev.headroom.model.BrokenModelException;
import dev.headroom.model.Model;
import dev.headroom.model.Row;
import dev.headroom.model.RunFailedException;
import dev.headroom.model.TaskSpec;
import dev.headroom.plan.DeviceMemory;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** One served model: the way of its items from text to answer. */
public final class Pipeline implements AutoCloseable {

    /** Characters that are tokenised in less time than another thread takes to wake up, or not much more. */
    private static final int SMALL_TEXT = 1024;

    private static final int FEW_TEXTS = 8;

    private final Model model;
    private final EmbedTask task;
    private final Batcher batcher;
    private final Workers workers;

    /**
     * A pipeline for a loaded model.
     *
     * @throws BrokenModelException when the task cannot be done with this model
     */
    public Pipeline(TaskSpec spec, Model model, Batcher batcher, Workers workers) {
        this.model = model;
        this.batcher = batcher;
        this.workers = workers;
        this.task = switch (spec) {
            case TaskSpec.Embed embed -> new EmbedTask(embed, model.inputs());
        };
    }

    /** A text to embed, with the caller's name for it, which the log shows. */
    public record Text(String id, String text) {}

    /** The model's name. */
    public String name() {
        return model.name();
    }

    /** The model's batcher. */
    public Batcher batcher() {
        return batcher;
    }

    /**
     * Embeds texts.
     *
     * @param normalize whether the vectors get length 1; empty: as the model's description says
     * @param terms what the caller asks of their time
     * @return an item for each text, in their order
     * @throws dev.headroom.batch.RequestFailedException when the request is not admitted
     */
    public List<Item<float[]>> embed(List<Text> texts, Optional<Boolean> normalize, Terms terms) {
        boolean unit = normalize.orElseGet(task::normalizes);
        List<Item<float[]>> items =
                texts.stream().map(text -> item(text, unit, terms)).toList();
        batcher.admit(items);
        if (small(texts)) {
            workers.executeSmall(() -> prepare(items, texts));
        } else {
            IntStream.range(0, items.size())
                    .forEach(i -> workers.execute(
                            () -> prepare(items.get(i), texts.get(i).text())));
        }
        return items;
    }

    /**
     * What warms the model up and measures it, on one of its devices.
     *
     * @param opened the model as it is open there
     * @param memory what that device tells of its memory
     * @param openedBytes what the model took of it when it was opened
     */
    public Calibrator calibrator(Model opened, DeviceMemory memory, long openedBytes) {
        return new Calibrator(opened, new Calibrator.Rows(task::rowOf, task.longest()), memory, openedBytes);
    }

    /**
     * Runs the first texts, on the calling thread, which is the device's.
     *
     * @throws BrokenModelException when the model does not run
     */
    public void warmUp(Calibrator calibrator) {
        try {
            calibrator.warmUp(output -> task.vector(output.rows().getFirst(), task.longest(), true));
            batcher.ranOn(task.longest());
        } catch (RunFailedException | RuntimeException e) {
            throw new BrokenModelException(
                    "The model %s does not run on a text of %d tokens (%s); check its files, its max_length and headroom.memory.limit."
                            .formatted(name(), task.longest(), e.getMessage()));
        }
    }

    @Override
    public void close() {
        batcher.close();
    }

    private Item<float[]> item(Text text, boolean normalize, Terms terms) {
        long bytes = (long) text.text().length() * Character.BYTES;
        return new Item<>(
                text.id(),
                bytes,
                terms,
                (row, output) -> task.vector(output, Math.toIntExact(row.elements()), normalize));
    }

    private static boolean small(List<Text> texts) {
        if (texts.size() > FEW_TEXTS) {
            return false;
        }
        int characters = 0;
        for (Text text : texts) {
            characters += text.text().length();
            if (characters > SMALL_TEXT) {
                return false;
            }
        }
        return true;
    }

    private void prepare(List<Item<float[]>> items, List<Text> texts) {
        for (int i = 0; i < items.size(); i++) {
            prepare(items.get(i), texts.get(i).text());
        }
    }

    private void prepare(Item<float[]> item, String text) {
        if (item.isOver()) {
            batcher.reject(item, new Failure.Abandoned("The item was over before it was tokenised."));
            return;
        }
        Row row;
        try {
            row = task.row(text);
        } catch (RuntimeException | Error e) {
            batcher.reject(item, new Failure.Internal("The text could not be tokenised.", e));
            return;
        }
        batcher.submit(item, row);
    }
}
