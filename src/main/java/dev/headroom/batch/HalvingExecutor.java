package dev.headroom.batch;

import dev.headroom.model.BatchOutput;
import dev.headroom.model.Model;
import dev.headroom.model.Row;
import dev.headroom.model.RunFailedException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * Runs batches on the device. One that does not fit is halved until its parts fit, and only what has not succeeded
 * runs again. Every item of a batch has an outcome soon after {@link #run} returns, whatever happens.
 */
final class HalvingExecutor {

    private static final Logger LOG = Logger.getLogger(HalvingExecutor.class);

    private final Model model;
    private final LearnedLimit limit;
    private final BatchMeters meters;
    private volatile String lost;

    HalvingExecutor(Model model, LearnedLimit limit, BatchMeters meters) {
        this.model = model;
        this.limit = limit;
        this.meters = meters;
    }

    /** Why the device is lost to this process; null while it is not. */
    String lost() {
        return lost;
    }

    /** The device is lost, as somebody else found out. */
    void lose(String reason) {
        lost = reason;
    }

    /** Runs the items in one batch or, where that does not fit, in several, on the thread of the device. */
    void run(List<Item<?>> batch) {
        List<Item<?>> items = batch.stream().filter(item -> !item.isOver()).toList();
        if (items.isEmpty()) {
            return;
        }
        if (lost != null) {
            fail(items, unavailable());
            return;
        }
        try {
            deliver(items, timed(items));
        } catch (RunFailedException e) {
            switch (e.kind()) {
                case OUT_OF_MEMORY -> retrySmaller(items, e);
                case DEVICE_LOST, SESSION_CORRUPT -> lose(items, e);
                case OTHER -> isolate(items, e);
            }
        } catch (RuntimeException | Error e) {
            isolate(items, e);
        }
    }

    private BatchOutput timed(List<Item<?>> items) throws RunFailedException {
        List<Row> rows = rows(items);
        long start = System.nanoTime();
        BatchOutput output = model.run(rows);
        meters.ran(items.size(), System.nanoTime() - start);
        meters.predicted(limit.predictedBytes(rows.size(), Row.paddedElements(rows) / rows.size()));
        limit.succeeded(Row.paddedElements(rows));
        return output;
    }

    /** Reads the output beside the device's thread, which has the next batch to run. */
    private static void deliver(List<Item<?>> items, BatchOutput output) {
        Thread.startVirtualThread(() -> {
            try (output) {
                for (int i = 0; i < items.size(); i++) {
                    items.get(i).answer(output.rows().get(i));
                }
            }
        });
    }

    private void retrySmaller(List<Item<?>> items, RunFailedException cause) {
        long elements = Row.paddedElements(rows(items));
        limit.failed(items.size(), elements);
        model.shrink();
        if (items.size() == 1) {
            retryAlone(items.getFirst(), cause);
            return;
        }
        int half = items.size() / 2;
        meters.split();
        LOG.warnf(
                "Out of memory: %d items (%d padded elements) of %s did not fit and run again as %d and %d; the"
                        + " largest: %s. From now on at most %d padded elements are tried. %s",
                items.size(),
                elements,
                model.name(),
                half,
                items.size() - half,
                largest(items),
                limit.current().elements(),
                cause.getMessage());
        run(items.subList(0, half));
        run(items.subList(half, items.size()));
    }

    /** The arena has been shrunk and the gate lets nothing else in: if it does not fit now, it never will. */
    private void retryAlone(Item<?> item, RunFailedException cause) {
        try {
            deliver(List.of(item), timed(List.of(item)));
        } catch (RunFailedException | RuntimeException | Error e) {
            LOG.warnf(
                    "Item %s of %s (%d elements) does not fit alone: %s",
                    item.id(), model.name(), item.elements(), cause.getMessage());
            item.fail(new Failure.TooLarge(
                    "The item's %d elements do not fit on the device, even alone. Send a shorter item, or serve %s on a device with more memory."
                            .formatted(item.elements(), model.name())));
        }
    }

    /** Finds the items that the failure belongs to, so that their neighbours are answered. */
    private void isolate(List<Item<?>> items, Throwable cause) {
        if (items.size() > 1) {
            LOG.warnf(
                    "A batch of %d items of %s failed and runs again in halves: %s", items.size(), model.name(), cause);
            run(items.subList(0, items.size() / 2));
            run(items.subList(items.size() / 2, items.size()));
            return;
        }
        fail(items, new Failure.Internal("The model did not run on this item.", cause));
    }

    private void lose(List<Item<?>> items, RunFailedException cause) {
        LOG.errorf(cause, "The device is lost to this process, which has to be restarted");
        lost = cause.getMessage();
        fail(items, unavailable());
    }

    private static Failure unavailable() {
        return new Failure.Unavailable(
                "The device is lost to this process; it is being restarted.", Duration.ofSeconds(5));
    }

    private static void fail(List<Item<?>> items, Failure failure) {
        items.forEach(item -> item.fail(failure));
    }

    private static List<Row> rows(List<Item<?>> items) {
        return items.stream().<Row>map(Item::row).toList();
    }

    private static String largest(List<Item<?>> items) {
        return items.stream()
                .sorted(Comparator.<Item<?>>comparingLong(Item::elements).reversed())
                .limit(3)
                .map(item -> item.id() + " (" + item.elements() + ")")
                .collect(Collectors.joining(", "));
    }
}
