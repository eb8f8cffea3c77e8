package dev.headroom.batch;

import dev.headroom.device.Bytes;
import dev.headroom.device.DeviceMemory;
import dev.headroom.plan.Setting;
import dev.headroom.plan.Source;
import dev.headroom.request.Item;
import dev.headroom.request.ItemList;
import dev.headroom.session.RunFailedException;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * Tells the operator of batches that did not fit: in warnings at most, because they were handled, at a limited rate, and
 * with a setting to change where they go on. Any lane of a device may write to it.
 */
final class HalvingLog {

    private static final Logger LOG = Logger.getLogger(HalvingExecutor.class);

    private static final int AGAIN_AND_AGAIN = 3;
    private static final int LONGEST_ID = 64;

    private final String model;
    private final DeviceMemory memory;
    private final LogRate warnings;
    private final LogRate results;
    private final Map<String, Integer> settled = new ConcurrentHashMap<>();

    HalvingLog(String model, DeviceMemory memory, LongSupplier nanoTime) {
        this.model = model;
        this.memory = memory;
        this.warnings = new LogRate(nanoTime);
        this.results = new LogRate(nanoTime);
    }

    /** Logs that a batch did not fit and is split. */
    void halved(List<Item<?>> items, Split parts, RunFailedException e) {
        LOG.debugf("%s: %s", model, e.getMessage());
        String next = parts.even()
                ? "They run again as %d and %d."
                        .formatted(parts.first().size(), parts.second().size())
                : "%s runs again alone, and the others without its padding."
                        .formatted(name(parts.second().getFirst()));
        warn(
                "Out of memory: a batch of %s did not fit: %d items, %,d padded elements%s. The largest: %s. %s",
                model, items.size(), ItemList.padded(items), figures(e), largest(items), next);
    }

    /** Logs that a batch did not fit beside those of other lanes and runs again without them. */
    void besides(List<Item<?>> items, RunFailedException e) {
        warn(
                "Out of memory: a batch of %s did not fit beside those of other lanes: %d items, %,d padded elements%s. It runs again without them.",
                model, items.size(), ItemList.padded(items), figures(e));
    }

    /** Logs that an item did not fit alone. */
    void unfit(Item<?> item, String sizes) {
        warn("Out of memory: the item %s of %s did not fit alone, after a retry: %s.", name(item), model, sizes);
    }

    /** The size of an item and the memory that is there, for its caller and for the log. */
    String sizes(Item<?> item, RunFailedException e, long longestKnown) {
        return text(
                "it has %,d elements%s; the longest known to fit has %,d", item.elements(), figures(e), longestKnown);
    }

    /** Logs that the session is opened anew. */
    void reopening(RunFailedException e) {
        warn("The session of %s is opened anew: %s", model, e.getMessage());
    }

    /** Logs that a batch failed for another reason than memory and is halved to find the item at fault. */
    void isolating(int items, Throwable cause) {
        Object reason = cause instanceof RunFailedException ? cause.getMessage() : cause;
        warn("A batch of %d items of %s failed and runs again in halves: %s", items, model, reason);
    }

    /** Logs the result of a batch that had not fitted. */
    void recovered(Recovery recovery, BatchLimits limits) {
        results.permit()
                .ifPresent(leftOut -> LOG.info(text(
                        "The batch of %s that did not fit: %d items are answered and %d refused, after %d retries; %d ms were lost."
                                + " From now on at most %,d padded elements and %d items are tried together.%s",
                        model,
                        recovery.answered(),
                        recovery.refused(),
                        recovery.retries(),
                        recovery.lost().toMillis(),
                        limits.elements(),
                        limits.items(),
                        leftOut(leftOut))));
        if (!recovery.evidence().isEmpty()) {
            advise(limits);
        }
    }

    /** Advises a setting once a limit has settled three times at the same power of two. */
    private void advise(BatchLimits limits) {
        boolean items = limits.items() < limits.plan().batch().value();
        if (!items && limits.elements() >= limits.plan().elements().value()) {
            return;
        }
        long limit = items ? limits.items() : limits.elements();
        int times = settled.merge(items + " " + Long.highestOneBit(limit), 1, Integer::sum);
        if (times != AGAIN_AND_AGAIN) {
            return;
        }
        Setting batch = limits.plan().batch();
        boolean set = batch.source() == Source.SET;
        String setting = items ? "headroom.batch.max-items" : "headroom.batch.max-elements";
        String forced = set ? ", take the batch back that is " + batch.reason() : "";
        LOG.warn(text(
                "For the third time batches of %s end at about %,d %s: the plan allows more than fits. Lower %s to %d%s, or"
                        + " leave more of the device to this process (see GET /plan and headroom.memory.reserved).",
                model, limit, items ? "items" : "padded elements", setting, limit, forced));
    }

    private void warn(String line, Object... values) {
        OptionalInt leftOut = warnings.permit();
        if (leftOut.isPresent()) {
            LOG.warn(text(line, values) + leftOut(leftOut.getAsInt()));
        }
    }

    private static String text(String line, Object... values) {
        return String.format(Locale.ROOT, line, values);
    }

    private static String leftOut(int lines) {
        return lines == 0 ? "" : " (%d lines like this were left out before it.)".formatted(lines);
    }

    private String figures(RunFailedException e) {
        String wanted = e.wantedBytes().isPresent()
                ? text(
                        ", one more buffer of %s was wanted",
                        Bytes.text(e.wantedBytes().getAsLong()))
                : "";
        if (String.valueOf(e.getMessage()).contains("direct buffer memory")) {
            return wanted + ", and the JVM has no more direct memory (raise -XX:MaxDirectMemorySize)";
        }
        long total = memory.totalBytes();
        return total > 0
                ? wanted
                        + text(
                                ", %s of %s are free while no batch runs",
                                Bytes.text(memory.freeBytes()), Bytes.text(total))
                : wanted;
    }

    private static String largest(List<Item<?>> items) {
        return items.stream()
                .sorted(Comparator.<Item<?>>comparingLong(Item::elements).reversed())
                .limit(3)
                .map(item -> text("%s (%,d elements)", name(item), item.elements()))
                .collect(Collectors.joining(", "));
    }

    /** The item's id, which its caller wrote, without characters that could break or colour a line of the log. */
    private static String name(Item<?> item) {
        String id = item.id().replaceAll("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}\\p{Cs}]", "?");
        int points = id.codePointCount(0, id.length());
        return points > LONGEST_ID ? id.substring(0, id.offsetByCodePoints(0, LONGEST_ID)) + "..." : id;
    }
}
