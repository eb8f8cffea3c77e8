package dev.headroom.task;

import dev.headroom.batch.Batcher;
import dev.headroom.model.TaskSpec;
import dev.headroom.request.Failure;
import dev.headroom.request.Item;
import dev.headroom.request.RequestFailedException;
import dev.headroom.task.Pipeline.Entry;
import dev.headroom.tensor.Row;
import dev.headroom.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** A graph that is open, or was: admits items to its batcher, and makes a row of each input. Any thread may call. */
final class OpenModel {

    private final ModelTask of;
    private final Batcher batcher;
    private final ImageItems images;

    OpenModel(ModelTask of, Batcher batcher) {
        this.of = of;
        this.batcher = batcher;
        this.images = new ImageItems(batcher, of.preparation(), this::prepare);
    }

    ModelTask of() {
        return of;
    }

    Batcher batcher() {
        return batcher;
    }

    /** Bytes of heap that the answers of a request take, as far as is known before. */
    long answerBytes(RequestPart request) {
        long bytes = AnswerMemory.ITEM * request.entries().size();
        for (Entry entry : request.entries()) {
            bytes += entry.input() instanceof Input.Tensors tensors
                    ? tensors.answerBytes(of.model().ports())
                    : of.task().answerBytes(request.options());
        }
        return bytes;
    }

    /**
     * Admits items that the queue can hold together, all or none of them.
     *
     * @throws RequestFailedException when they are not admitted
     */
    Admitted admit(RequestPart request) {
        if (of.spec() instanceof TaskSpec.Image && !request.small()) {
            return images.admit(request);
        }
        List<Item<Answer>> items = request.items();
        batcher.admit(items);
        return new Admitted(
                items, () -> start(request), failure -> items.forEach(item -> batcher.reject(item, failure)));
    }

    private void start(RequestPart request) {
        Workers workers = of.preparation().workers();
        List<Item<Answer>> items = request.items();
        if (request.small()) {
            start(items, () -> workers.executeSmall(() -> prepareAll(request)));
            return;
        }
        for (int i = 0; i < items.size(); i++) {
            Item<Answer> item = items.get(i);
            Input input = request.input(i);
            start(List.of(item), () -> workers.execute(() -> prepare(item, input, request.options())));
        }
    }

    /** Starts to prepare admitted items, and fails them where that does not begin, such as when no thread is left. */
    private void start(List<Item<Answer>> items, Runnable preparation) {
        try {
            preparation.run();
        } catch (RuntimeException | Error e) {
            items.forEach(item -> batcher.reject(item, unprepared(e)));
        }
    }

    private void prepareAll(RequestPart request) {
        for (int i = 0; i < request.items().size(); i++) {
            prepare(request.items().get(i), request.input(i), request.options());
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
                    : of.task().row(input, options, item::isOver);
        } catch (RequestFailedException e) {
            batcher.reject(item, e.failure());
            return;
        } catch (RuntimeException | Error e) {
            batcher.reject(item, unprepared(e));
            return;
        }
        batcher.submit(item, row);
    }

    private static Failure unprepared(Throwable cause) {
        return new Failure.Internal("The input could not be prepared.", cause);
    }

    /** Makes the answer of a row from its slice of the outputs. */
    Answer read(Row row, List<Tensor> outputs, Options options) {
        return row.form().callers()
                ? new Answer.Tensors(copies(outputs))
                : of.task().read(row, outputs, options);
    }

    private static List<Tensor> copies(List<Tensor> outputs) {
        List<Tensor> copies = new ArrayList<>(outputs.size());
        for (Tensor output : outputs) {
            copies.add(output.copy());
        }
        return copies;
    }
}
