package dev.headroom.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.batch.PreparationTime;
import dev.headroom.request.Priority;
import dev.headroom.task.Decoders.Place;
import dev.headroom.task.image.ImageDecoder;
import dev.headroom.task.image.ImageLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The test holds the decoders, so that images stand in line. */
@Timeout(60)
class DecodersTest {

    private static final Duration LONGEST = Duration.ofSeconds(20);

    private final ImageDecoder images = new ImageDecoder(new ImageLimits(1_000_000, 1 << 26));
    private final List<String> decoded = Collections.synchronizedList(new ArrayList<>());

    private static Input.Image image() {
        try {
            return new Input.Image(Files.readAllBytes(Path.of("src/test/resources/image/progressive.jpg")));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private Decoders decoders(int workers, int cores) {
        return new Decoders(images, workers, cores);
    }

    private static Place joined(Decoders decoders, Priority priority) {
        Place place = decoders.place(image(), priority);
        decoders.join(List.of(place), LONGEST);
        return place;
    }

    private static PreparationTime preparation(Decoders decoders, Priority priority) {
        Place place = decoders.place(image(), priority);
        PreparationTime preparation = decoders.join(List.of(place), LONGEST);
        place.leave();
        return preparation;
    }

    @ParameterizedTest
    @CsvSource({"8, 4, 3", "8, 2, 1", "8, 1, 1", "2, 8, 2"})
    void oneCoreIsLeftToTextsWhereThereAreSeveral(int workers, int cores, int atATime) {
        Decoders decoders = decoders(workers, cores);
        CountDownLatch full = new CountDownLatch(atATime);
        CountDownLatch letGo = new CountDownLatch(1);
        CountDownLatch all = new CountDownLatch(10);
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        for (int i = 0; i < 10; i++) {
            joined(decoders, Priority.INTERACTIVE).decode(() -> {
                most.accumulateAndGet(running.incrementAndGet(), Math::max);
                assertTrue(!Thread.currentThread().isVirtual());
                full.countDown();
                HeldDecoders.await(letGo);
                running.decrementAndGet();
                all.countDown();
            });
        }
        HeldDecoders.await(full);
        assertEquals(10 - atATime, decoders.waiting());
        letGo.countDown();
        HeldDecoders.await(all);
        assertEquals(atATime, most.get());
    }

    @Test
    void otherWorkersAreInForceAtOnce() {
        Decoders decoders = decoders(1, 8);
        HeldDecoders held = HeldDecoders.of(decoders);
        CountDownLatch second = new CountDownLatch(1);
        joined(decoders, Priority.INTERACTIVE).decode(second::countDown);
        decoders.resize(100);
        HeldDecoders.await(second);
        assertEquals(7, decoders.atATime());
        decoders.resize(0);
        assertEquals(1, decoders.atATime());
        held.letGo();
    }

    @Test
    void imagesGoInTheOrderOfTheirTurnWhereverTheyComeFrom() {
        Decoders decoders = decoders(1, 2);
        HeldDecoders held = HeldDecoders.of(decoders);
        CountDownLatch all = new CountDownLatch(3);
        Place first = joined(decoders, Priority.INTERACTIVE);
        Place second = joined(decoders, Priority.INTERACTIVE);
        Place bulk = joined(decoders, Priority.BULK);
        Stream.of(bulk, second, first)
                .forEach(place -> place.decode(() -> {
                    decoded.add(place == first ? "first" : place == second ? "second" : "bulk");
                    all.countDown();
                }));
        held.letGo();
        HeldDecoders.await(all);
        assertEquals(List.of("first", "second", "bulk"), decoded);
    }

    @Test
    void whatStandsBeforeAnImageCounts() {
        Decoders decoders = decoders(8, 3);
        Duration each = images.estimate(image().file());
        assertTrue(each.isPositive());
        assertEquals(Duration.ZERO, preparation(decoders, Priority.INTERACTIVE).ahead());
        List<Place> places = Stream.generate(() -> joined(decoders, Priority.INTERACTIVE))
                .limit(6)
                .toList();
        PreparationTime preparation = preparation(decoders, Priority.INTERACTIVE);
        assertEquals(each.multipliedBy(6).dividedBy(2), preparation.ahead(), "by two decoders");
        assertEquals(each.dividedBy(2), preparation.own());
        assertEquals(LONGEST.plus(preparation.ahead().plus(preparation.own()).multipliedBy(4)), preparation.most());
        places.forEach(Place::leave);
        assertEquals(Duration.ZERO, preparation(decoders, Priority.INTERACTIVE).ahead());
    }

    @Test
    void bulkIsNotBeforeWhatIsInteractive() {
        Decoders decoders = decoders(1, 2);
        joined(decoders, Priority.BULK);
        assertEquals(Duration.ZERO, preparation(decoders, Priority.INTERACTIVE).ahead());
        assertEquals(
                images.estimate(image().file()),
                preparation(decoders, Priority.BULK).ahead());
    }

    @Test
    void anImageThatIsDownloadedCountsAsTheLastOnesUntilItIsThere() {
        Decoders decoders = decoders(1, 2);
        Place place = decoders.place(new Input.Reference(1000, LONGEST, () -> new byte[0]), Priority.INTERACTIVE);
        decoders.join(List.of(place), LONGEST);
        assertEquals(
                images.usualEstimate(),
                preparation(decoders, Priority.INTERACTIVE).ahead());
        place.found(image());
        assertEquals(
                images.estimate(image().file()),
                preparation(decoders, Priority.INTERACTIVE).ahead());
    }

    @Test
    void whoLeavesTheLineIsToldAtOnceAndNeverDecoded() {
        Decoders decoders = decoders(1, 2);
        HeldDecoders held = HeldDecoders.of(decoders);
        Place place = joined(decoders, Priority.INTERACTIVE);
        place.decode(() -> decoded.add(Thread.currentThread().getName()));
        place.leave();
        assertEquals(List.of(Thread.currentThread().getName()), decoded);
        assertEquals(0, decoders.waiting());
        place.leave();
        held.letGo();
        assertEquals(1, decoded.size());
    }
}
