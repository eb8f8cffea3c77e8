package dev.headroom.batch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.LoggedLines;
import dev.headroom.device.DeviceMemory;
import dev.headroom.plan.Plans;
import dev.headroom.request.Item;
import dev.headroom.request.Urgency;
import dev.headroom.session.RunFailedException;
import dev.headroom.session.RunFailedException.Kind;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What an operator reads. */
class HalvingLogTest {

    private static final RunFailedException FAILURE =
            new RunFailedException(Kind.OUT_OF_MEMORY, OptionalLong.of(3 << 20), "not enough", null);

    /** A device of 60 MiB of which 20 are free. */
    private static final DeviceMemory MEMORY = new DeviceMemory() {
        @Override
        public long heldBytes() {
            return 40 << 20;
        }

        @Override
        public long freeBytes() {
            return 20 << 20;
        }

        @Override
        public long totalBytes() {
            return 60 << 20;
        }
    };

    private final LoggedLines logged = new LoggedLines(HalvingExecutor.class);
    private final List<String> lines = logged.lines();
    private final HalvingLog log = new HalvingLog("m", MEMORY, () -> 0);

    @AfterEach
    void listenNoMore() {
        logged.close();
    }

    private static Item<Long> item(String id, int elements) {
        Item<Long> item = new Item<>(id, 1, Urgency.INTERACTIVE, (row, output) -> 0L);
        item.queue(Items.row(1, elements));
        return item;
    }

    private static Recovery halved(List<Item<?>> items) {
        Recovery recovery = Items.recovery();
        recovery.lost(7_000_000);
        recovery.split(items, true);
        recovery.tried();
        recovery.tried();
        recovery.ran(items);
        return recovery;
    }

    @Test
    void aHalvingSaysWhatDidNotFitAndWhatComesNext() {
        List<Item<?>> items = List.of(item("a", 5), item("b", 300), item("c", 200), item("d", 290));
        log.halved(items, Split.of(items), FAILURE);
        assertEquals(
                List.of(
                        "WARN Out of memory: a batch of m did not fit: 4 items, 1,200 padded elements, one more buffer of 3.0 MiB"
                                + " was wanted, 20.0 MiB of 60.0 MiB are free while no batch runs. The largest: b (300 elements), d"
                                + " (290 elements), c (200 elements). They run again as 2 and 2."),
                lines);
    }

    @Test
    void whatCallersCallTheirItemsFillsNoLog() {
        List<Item<?>> items =
                List.of(item("a\n\u0085\u2028\u009bERROR fake", 5), item("\ud83d\ude00".repeat(10_000), 3));
        log.halved(items, Split.of(items), FAILURE);
        assertTrue(lines.getFirst().contains("a????ERROR fake (5"), lines::toString);
        assertTrue(lines.getFirst().length() < 500, lines::toString);
    }

    @Test
    void anOversizedItemIsNamed() {
        List<Item<?>> items = List.of(item("a", 5), item("long", 300), item("c", 6));
        log.halved(items, Split.of(items), FAILURE);
        assertTrue(
                lines.getFirst().endsWith("long runs again alone, and the others without its padding."),
                lines::toString);
    }

    @Test
    void theSameLimitForTheThirdTimeIsSaidOnceWithTheSettingToChange() {
        List<Item<?>> items = List.of(item("a", 5), item("b", 5));
        for (int elements : new int[] {600, 640, 700, 650}) {
            log.recovered(halved(items), new BatchLimits(Plans.of(8, 2048), elements, 8));
        }
        assertEquals(
                "INFO The batch of m that did not fit: 2 items are answered and 0 refused, after 1 retries; 7 ms were lost. From now on at most 600"
                        + " padded elements and 8 items are tried together.",
                lines.getFirst());
        List<String> advice = lines.stream()
                .filter(line -> line.startsWith("WARN For the third time"))
                .toList();
        assertEquals(1, advice.size());
        assertTrue(advice.getFirst().contains("Lower headroom.batch.max-elements to 700"), advice::toString);
    }

    @Test
    void theJvmsOwnMemoryIsNamed() {
        List<Item<?>> items = List.of(item("a", 5), item("b", 5));
        log.halved(
                items,
                Split.of(items),
                new RunFailedException(
                        Kind.OUT_OF_MEMORY,
                        OptionalLong.of(4096),
                        "Cannot reserve 4096 bytes of direct buffer memory (allocated: 1, limit: 2)",
                        null));
        assertTrue(lines.getFirst().contains("raise -XX:MaxDirectMemorySize"), lines::toString);
    }

    @Test
    void aLimitThatNeverFellIsNoAdvice() {
        List<Item<?>> items = List.of(item("a", 5), item("b", 5));
        for (int batch = 0; batch < 3; batch++) {
            log.recovered(halved(items), new BatchLimits(Plans.of(8, 2048), 2048, 8));
        }
        assertTrue(lines.stream().noneMatch(line -> line.startsWith("WARN")), lines::toString);
    }

    @Test
    void thousandsAreNoFlood() {
        List<Item<?>> items = List.of(item("a", 5), item("b", 5));
        for (int batch = 0; batch < 1000; batch++) {
            log.halved(items, Split.of(items), FAILURE);
            log.recovered(halved(items), new BatchLimits(Plans.of(8, 2048), 5, 8));
        }
        assertTrue(lines.size() <= 11, "" + lines.size());
    }
}
