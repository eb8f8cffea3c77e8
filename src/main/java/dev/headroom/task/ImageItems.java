package dev.headroom.task;

import dev.headroom.batch.Batcher;
import dev.headroom.batch.PreparationTime;
import dev.headroom.request.Failure;
import dev.headroom.request.Item;
import dev.headroom.request.RequestFailedException;
import dev.headroom.task.Decoders.Place;
import dev.headroom.task.Pipeline.Entry;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;

/** The items of a model of images, until each has been downloaded and it is its turn to be decoded. */
record ImageItems(Batcher batcher, Preparation preparation, Preparing preparing) {

    /** Turns an input into the model's inputs. */
    interface Preparing {

        /** Submits the item's row to the batcher, or rejects the item. */
        void prepare(Item<Answer> item, Input input, Options options);
    }

    /** Admits the items of a request, all or none of them, with a place in the line for each. */
    Admitted admit(RequestPart request) {
        List<Item<Answer>> items = request.items();
        List<Place> places = request.entries().stream()
                .map(entry -> preparation
                        .decoders()
                        .place(entry.input(), request.urgency().priority()))
                .toList();
        PreparationTime time = preparation.decoders().join(places, longestPreparation(request.entries()));
        try {
            batcher.admit(items, time);
        } catch (RuntimeException | Error e) {
            places.forEach(Place::leave);
            throw e;
        }
        return new Admitted(items, () -> start(request, places), failure -> {
            places.forEach(Place::leave);
            items.forEach(item -> batcher.reject(item, failure));
        });
    }

    private void start(RequestPart request, List<Place> places) {
        for (int i = 0; i < places.size(); i++) {
            Item<Answer> item = request.items().get(i);
            try {
                start(item, request.input(i), places.get(i), request.options());
            } catch (RuntimeException | Error e) { // such as no thread left
                places.get(i).leave();
                batcher.reject(item, new Failure.Internal("The image could not be decoded.", e));
            }
        }
    }

    private static Duration longestPreparation(List<Entry> entries) {
        return entries.stream()
                .map(entry -> entry.input().preparation())
                .max(Comparator.naturalOrder())
                .orElse(Duration.ZERO);
    }

    private void start(Item<Answer> item, Input input, Place place, Options options) {
        switch (input) {
            case Input.Image _ -> place.decode(() -> preparing.prepare(item, input, options));
            case Input.Reference reference -> {
                Thread thread = Thread.startVirtualThread(() -> download(reference, item, place, options));
                item.outcome().thenRun(thread::interrupt);
            }
            case Input.Text _, Input.Pair _, Input.Tokens _, Input.Tensors _ ->
                preparation.workers().execute(() -> preparing.prepare(item, input, options));
        }
        item.outcome().thenRun(place::leave);
    }

    /** Downloads on a thread of its own, so that no decoder waits for the network. */
    private void download(Input.Reference reference, Item<Answer> item, Place place, Options options) {
        try {
            Input.Image image = new Input.Image(downloaded(reference));
            place.found(image);
            place.decode(() -> preparing.prepare(item, image, options));
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
}
