package dev.headroom.generation;

import static dev.headroom.generation.RunningGenerators.ONE_ROW;
import static dev.headroom.generation.RunningGenerators.PLENTY;
import static dev.headroom.generation.RunningGenerators.SHORT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.gate.Permit;
import dev.headroom.generation.GenerationListener.FinishReason;
import dev.headroom.generation.RunningGenerator.Room;
import dev.headroom.model.ModelSpec;
import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import dev.headroom.session.LlamaForm;
import dev.headroom.session.TinyLlama;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One model on several devices, which are threads of the CPU, and some of which are lost. */
@Timeout(60)
class LostDeviceOfTextTest {

    private static final int SEQUENCES = 24;

    @TempDir
    private Path folder;

    private ModelSpec spec;
    private RunningGenerators model;

    @BeforeEach
    void write() {
        spec = TinyLlama.write(folder, LlamaForm.SHARED);
    }

    @AfterEach
    void close() {
        model.close();
    }

    private void open(Room... rooms) {
        model = RunningGenerators.of(spec, rooms);
    }

    private static int[] prompt(int seed, int length) {
        return RunningGenerator.prompt(seed, length);
    }

    private static Failure failure(Told told) {
        Throwable thrown = assertThrows(CompletionException.class, told::reason).getCause();
        return assertInstanceOf(RequestFailedException.class, thrown).failure();
    }

    private Failure lengthRefusal(long tokens) {
        return assertThrows(RequestFailedException.class, () -> model.model.mostWaiting(tokens))
                .failure();
    }

    @Test
    void aLostDeviceFailsOnlyWhatItHasBegun() throws InterruptedException {
        open(ONE_ROW, ONE_ROW);
        int[] expected = RunningGenerator.alone(spec, 4, 30).get(3);
        List<Permit> held = List.of(model.hold(0), model.hold(1));
        Told running = new After(3, () -> model.lose(0));
        model.generate(prompt(1, 10), 100, running);
        Told onTheOther = model.generate(prompt(2, 40), 30);
        Told waiting = model.generate(prompt(3, 23), 30);
        assertEquals(2, model.waiting(0));
        Told cancelled = new Told();
        Runnable cancel = model.generate(prompt(4, 20), 30, cancelled);
        held.get(0).leave();
        assertEquals(Failure.Unavailable.deviceLost(), failure(running));
        cancel.run();
        held.get(1).leave();
        assertArrayEquals(expected, waiting.tokens());
        assertEquals(FinishReason.LENGTH, onTheOther.reason());
        assertEquals(30, model.generate(prompt(5, 20), 30).tokens().length);
        model.settle(1);
        assertFalse(cancelled.isOver());
        assertFalse(model.busy());
        assertEquals(10, model.tokens(0, "prompt"), "nothing was read there that waited");
    }

    @Test
    void whatFitsOnALostDeviceAloneIsToldToTryAgain() throws InterruptedException {
        open(SHORT, PLENTY);
        Permit held = model.hold(1);
        Told waiting = model.generate(prompt(0, 80), 5);
        Told shorter = model.generate(prompt(1, 30), 50);
        model.lose(1);
        assertEquals(Failure.Unavailable.deviceLost(), failure(waiting));
        assertEquals(Failure.Unavailable.deviceLost(), model.refusal(prompt(0, 80), 5));
        assertEquals(Failure.Unavailable.deviceLost(), failure(shorter), "with its answer it does not fit");
        assertEquals(Failure.Unavailable.deviceLost(), model.refusal(prompt(1, 30), 50));
        assertEquals(Failure.Unavailable.deviceLost(), lengthRefusal(80));
        assertEquals(64, model.model.contextLength(), "a request that does not say how long gets what there is");
        assertEquals(34, model.generate(prompt(1, 30), 34).tokens().length);
        assertInstanceOf(Failure.TooLong.class, model.refusal(prompt(0, TinyLlama.LONGEST), 1));
        assertEquals(0, model.model.mostWaiting(TinyLlama.LONGEST + 1));
        held.leave();
    }

    @Test
    void onlyDevicesCountThatAreNotLost() {
        open(PLENTY, PLENTY);
        assertEquals(128, model.model.mostWaiting(20));
        model.lose(0);
        assertEquals(64, model.model.mostWaiting(20));
        assertEquals(Optional.empty(), model.lost());
        model.lose(1);
        assertEquals(Failure.Unavailable.deviceLost(), lengthRefusal(20));
        assertEquals(TinyLlama.LONGEST, model.model.contextLength());
        assertEquals(Optional.of("GPU 0: the test says so; GPU 1: the test says so"), model.lost());
    }

    @Test
    void aLostDeviceHasNothingOnIt() {
        open(PLENTY, PLENTY);
        model.generate(prompt(0, 40), 5).reason();
        int[] seen = new int[2];
        Told running = new After(3, () -> {
            seen[0] = (int) model.gauge(0, "headroom.generation.sequences", "running");
            seen[1] = (int) model.gauge(0, "headroom.cache.bytes", "held");
            model.lose(0);
        });
        model.generate(prompt(1, 10), 100, running);
        assertEquals(Failure.Unavailable.deviceLost(), failure(running));
        assertTrue(seen[0] == 1 && seen[1] > 0, Arrays.toString(seen));
        assertEquals(0, model.gauge(0, "headroom.generation.sequences", "running"));
        assertEquals(0, model.gauge(0, "headroom.generation.sequences", "waiting"));
        assertEquals(0, model.gauge(0, "headroom.cache.bytes", "held"));
        assertEquals(0, model.gauge(0, "headroom.cache.bytes", "kept"));
    }

    @Test
    void withTheLastDeviceEverythingIsLost() throws InterruptedException {
        open(PLENTY, PLENTY);
        List<Permit> held = List.of(model.hold(0), model.hold(1));
        List<Told> told = IntStream.range(0, 6)
                .mapToObj(i -> model.generate(prompt(i, 20), 3))
                .toList();
        model.lose(1);
        assertEquals(6, model.waiting(0));
        model.lose(0);
        told.forEach(one -> assertEquals(Failure.Unavailable.deviceLost(), failure(one)));
        assertEquals(Failure.Unavailable.deviceLost(), model.refusal(prompt(9, 5), 5));
        held.forEach(Permit::leave);
    }

    /** Devices are lost while callers come and steps run: whenever that is, nobody is told anything wrong, or nothing. */
    @RepeatedTest(8)
    void eachSequenceEndsOnceWheneverDevicesAreLost(RepetitionInfo round) throws InterruptedException {
        Room large = new Room(16 << 20, TinyLlama.LONGEST, 16, 64);
        open(large, SHORT, large);
        List<int[]> expected = RunningGenerator.alone(spec, SEQUENCES, 20);
        List<Told> told = new CopyOnWriteArrayList<>();
        List<Integer> asked = new CopyOnWriteArrayList<>();
        Thread caller = Thread.ofPlatform().start(() -> {
            for (int i = 0; i < 5 * SEQUENCES; i++) {
                Told one = model.generate(prompt(i % SEQUENCES, 20 + i % SEQUENCES), 20);
                told.add(one);
                asked.add(i % SEQUENCES);
            }
        });
        for (int lost = 0; lost < 2; lost++) {
            int after = 7 * round.getCurrentRepetition() + 30 * lost;
            while (told.size() < after) {
                Thread.onSpinWait();
            }
            model.lose(lost);
        }
        caller.join();
        for (int i = 0; i < told.size(); i++) {
            Told one = told.get(i);
            if (one.failed()) {
                assertEquals(Failure.Unavailable.deviceLost(), failure(one));
            } else {
                assertArrayEquals(expected.get(asked.get(i)), one.tokens());
            }
        }
        assertEquals(5 * SEQUENCES, told.size());
        assertTrue(told.stream().anyMatch(one -> !one.failed()), "the third device is never lost");
        assertTrue(model.tokens(2, "prompt") > 0);
        assertFalse(model.busy());
    }
}
