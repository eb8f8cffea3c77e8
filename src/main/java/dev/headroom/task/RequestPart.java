package dev.headroom.task;

import dev.headroom.request.Item;
import dev.headroom.request.Urgency;
import dev.headroom.task.Pipeline.Entry;
import java.util.List;

/**
 * The inputs of a request that one graph answers.
 *
 * @param items an item for each input, in their order
 */
record RequestPart(List<Item<Answer>> items, List<Entry> entries, Options options) {

    /** Characters that are tokenised in about the time that another thread takes to wake up. */
    private static final int LITTLE_WORK = 1024;

    private static final int FEW_INPUTS = 8;

    /** The urgency, which all items share; there is at least one. */
    Urgency urgency() {
        return items.getFirst().urgency();
    }

    Input input(int i) {
        return entries.get(i).input();
    }

    /** Bytes that the inputs hold. */
    long bytes() {
        long bytes = 0;
        for (Entry entry : entries) {
            bytes += entry.input().bytes();
        }
        return bytes;
    }

    /** True if preparing them all takes no longer than handing them over to other threads. */
    boolean small() {
        long work = 0;
        for (Entry entry : entries) {
            work += entry.input().work();
            if (work > LITTLE_WORK) {
                return false;
            }
        }
        return work == 0 || entries.size() <= FEW_INPUTS;
    }
}
