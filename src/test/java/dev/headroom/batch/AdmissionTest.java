package dev.headroom.batch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.headroom.request.Failure;
import dev.headroom.request.Item;
import dev.headroom.request.Priority;
import dev.headroom.request.RequestFailedException;
import dev.headroom.request.Urgency;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A device that needs 10 ms for each item. */
class AdmissionTest {

    private final Admission admission = new Admission(100, 10_000);

    private static List<Item<Long>> items(int count, Priority priority, Optional<Duration> deadline) {
        return IntStream.range(0, count)
                .mapToObj(i -> new Item<>("i", 1, new Urgency(priority, deadline), (row, output) -> 0L))
                .toList();
    }

    private long admit(List<Item<Long>> items) {
        return admit(items, PreparationTime.NONE);
    }

    private long admit(List<Item<Long>> items, PreparationTime preparation) {
        return admission.admit(items, more -> Duration.ofMillis(10 * more), preparation);
    }

    private Failure refused(List<Item<Long>> items) {
        return assertThrows(RequestFailedException.class, () -> admit(items)).failure();
    }

    private static Optional<Duration> millis(long millis) {
        return Optional.of(Duration.ofMillis(millis));
    }

    @Test
    void whatCannotBeAnsweredInTimeIsRefusedAtOnce() {
        admit(items(20, Priority.INTERACTIVE, Optional.empty()));
        Failure.Overloaded failure =
                assertInstanceOf(Failure.Overloaded.class, refused(items(1, Priority.INTERACTIVE, millis(200))));
        assertEquals(Duration.ofMillis(10), failure.pause());
        assertEquals(21, admit(items(1, Priority.INTERACTIVE, millis(210))));
    }

    @Test
    void whatCannotBeDecodedInTimeIsRefusedAtOnce() {
        PreparationTime preparation =
                new PreparationTime(Duration.ofMillis(300), Duration.ofMillis(100), Duration.ZERO);
        List<Item<Long>> late = items(2, Priority.INTERACTIVE, millis(419));
        Failure failure = assertThrows(RequestFailedException.class, () -> admit(late, preparation))
                .failure();
        assertEquals(
                "The deadline is 419 ms away, and with the images that are decoded before them these would take about 420 ms. Try again later, or allow more time.",
                failure.detail());
        assertEquals(
                Duration.ofMillis(1),
                assertInstanceOf(Failure.Overloaded.class, failure).pause());
        assertEquals(2, admit(items(2, Priority.INTERACTIVE, millis(420)), preparation), "20 ms of them on the device");
    }

    @Test
    void whatIsDecodedFirstIsTriedHoweverLongItSeemsToTake() {
        PreparationTime preparation = new PreparationTime(Duration.ZERO, Duration.ofSeconds(1), Duration.ZERO);
        assertEquals(1, admit(items(1, Priority.INTERACTIVE, millis(1)), preparation));
    }

    @Test
    void whoFindsNoRoomAmongImagesIsToldWhenTheyAreDecoded() {
        admit(items(100, Priority.INTERACTIVE, Optional.empty()));
        PreparationTime preparation = new PreparationTime(Duration.ofSeconds(50), Duration.ZERO, Duration.ZERO);
        Failure failure = assertThrows(
                        RequestFailedException.class,
                        () -> admit(items(2, Priority.INTERACTIVE, Optional.empty()), preparation))
                .failure();
        assertEquals(
                Duration.ofSeconds(1),
                assertInstanceOf(Failure.Overloaded.class, failure).pause());
    }

    @Test
    void anEstimateAloneRefusesNobody() {
        assertEquals(5, admit(items(5, Priority.INTERACTIVE, millis(1))));
    }

    @Test
    void bulkIsNotBeforeWhatIsInteractive() {
        admit(items(20, Priority.BULK, Optional.empty()));
        assertEquals(21, admit(items(1, Priority.INTERACTIVE, millis(10))));
        assertInstanceOf(Failure.Overloaded.class, refused(items(1, Priority.BULK, millis(10))));
    }

    @Test
    void whoFindsNoRoomIsToldWhenThereWillBeSome() {
        admit(items(95, Priority.BULK, Optional.empty()));
        Failure.Overloaded failure =
                assertInstanceOf(Failure.Overloaded.class, refused(items(10, Priority.BULK, Optional.empty())));
        assertEquals(Duration.ofMillis(50), failure.pause(), "when 5 have been answered");
    }

    @Test
    void theCrowdIsWhatWasLatelyHereAtATime() {
        List<Item<Long>> items = items(16, Priority.INTERACTIVE, Optional.empty());
        admit(items);
        items.forEach(admission::release);
        assertEquals(16, admission.crowd());
        admission.forgetCrowd();
        assertEquals(12, admission.crowd());
        for (int batch = 0; batch < 20; batch++) {
            admission.forgetCrowd();
        }
        assertEquals(0, admission.crowd());
    }
}
