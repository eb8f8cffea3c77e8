package dev.headroom.generation;

import static dev.headroom.generation.RunningGenerators.ONE_ROW;
import static dev.headroom.generation.RunningGenerators.PLENTY;
import static dev.headroom.generation.RunningGenerators.SHORT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.gate.Permit;
import dev.headroom.generation.RunningGenerator.Room;
import dev.headroom.model.ModelSpec;
import dev.headroom.request.Failure;
import dev.headroom.session.LlamaForm;
import dev.headroom.session.TinyLlama;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One model on several devices, which are threads of the CPU; the test holds them, so that sequences wait. */
@Timeout(60)
class SeveralGeneratorsTest {

    private static final int SEQUENCES = 24;
    private static final int[] INSTRUCTIONS =
            new Random(5).ints(60, 2, TinyLlama.VOCABULARY).toArray();

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

    private static int[] with(int[] first, int... more) {
        int[] both = Arrays.copyOf(first, first.length + more.length);
        System.arraycopy(more, 0, both, first.length, more.length);
        return both;
    }

    private List<int[]> alone(int tokens) {
        return RunningGenerator.alone(spec, SEQUENCES, tokens);
    }

    /** Has all asked while both devices are held. */
    private List<Told> together(int tokens) throws InterruptedException {
        List<Permit> held = List.of(model.hold(0), model.hold(1));
        List<Told> told = IntStream.range(0, SEQUENCES)
                .mapToObj(i -> model.generate(prompt(i, 20 + i), tokens))
                .toList();
        held.forEach(Permit::leave);
        return told;
    }

    /** Has prompts of these lengths asked while both devices are held, of which so many wait on the first and on the second. */
    private void assertPlaced(int first, int second, int... lengths) throws InterruptedException {
        List<Permit> held = List.of(model.hold(0), model.hold(1));
        List<Told> told = IntStream.range(0, lengths.length)
                .mapToObj(i -> model.generate(prompt(i, lengths[i]), 3))
                .toList();
        assertEquals(first, model.waiting(0));
        assertEquals(second, model.waiting(1));
        held.forEach(Permit::leave);
        told.forEach(Told::reason);
    }

    private static void assertSame(List<int[]> expected, List<Told> told) {
        for (int i = 0; i < expected.size(); i++) {
            assertArrayEquals(expected.get(i), told.get(i).tokens());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"SHARED", "CONCATENATED", "MERGED"})
    void theTokensAreTheSameOnEachDevice(LlamaForm form) throws InterruptedException {
        spec = TinyLlama.write(folder.resolve("form"), form);
        open(PLENTY, PLENTY);
        assertSame(alone(40), together(40));
        assertTrue(model.tokens(0, "prompt") > 0);
        assertTrue(model.tokens(1, "prompt") > 0);
        int all = IntStream.range(0, SEQUENCES).map(i -> 20 + i).sum();
        assertEquals(all, model.tokens(0, "prompt") + model.tokens(1, "prompt"));
        assertFalse(model.busy());
    }

    @Test
    void devicesShareWhatIsAsked() throws InterruptedException {
        open(PLENTY, PLENTY);
        assertPlaced(4, 4, 20, 20, 20, 20, 20, 20, 20, 20);
    }

    @Test
    void aLongPromptCountsAsManyShortOnes() throws InterruptedException {
        open(PLENTY, PLENTY);
        assertPlaced(1, 5, 60, 10, 10, 10, 10, 10);
    }

    /** It is a prompt that the second device reads soon; on the first everybody waits for the end of the only row. */
    @Test
    void aDeviceWithAFreeRowGoesBeforeOneThatHasLessToDo() throws InterruptedException {
        open(ONE_ROW, PLENTY);
        assertPlaced(1, 5, 10, 100, 20, 20, 20, 20);
    }

    @Test
    void aSequenceThatGoesOnCountsByAllItsTokensWhereNoRowIsFree() throws InterruptedException {
        open(ONE_ROW, ONE_ROW);
        List<Permit> held = List.of(model.hold(0), model.hold(1));
        Told next = new Told();
        Told running = new After(60, () -> model.generate(prompt(2, 10), 3, next));
        model.generate(prompt(0, 10), 70, running);
        Told waiting = model.generate(prompt(1, 50), 3);
        held.get(0).leave();
        running.reason();
        assertEquals(2, model.waiting(1), "70 tokens were on the first device, and 50 wait here");
        held.get(1).leave();
        waiting.reason();
        next.reason();
    }

    @Test
    void threadsTellTheirDevice() {
        open(SHORT, SHORT);
        List<String> names = Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .toList();
        String name = "headroom-generate-%s on GPU %d";
        assertTrue(names.contains(name.formatted(spec.name(), 0)), names::toString);
        assertTrue(names.contains(name.formatted(spec.name(), 1)), names::toString);
    }

    @Test
    void onlyDevicesCountThatHoldASequence() {
        open(SHORT, PLENTY);
        assertEquals(32 + 64, model.model.mostWaiting(64));
        assertEquals(64, model.model.mostWaiting(65));
        assertEquals(0, model.model.mostWaiting(TinyLlama.LONGEST + 1));
    }

    @Test
    void theLargerDeviceTakesMore() throws InterruptedException {
        open(new Room(1 << 20, 100, 8, 64), new Room(1 << 20, 300, 8, 64));
        assertPlaced(2, 6, 20, 20, 20, 20, 20, 20, 20, 20);
    }

    /** The first turn goes to the second device, because the first is busy; the later ones follow although both are idle. */
    @Test
    void aConversationStaysWhereItsTokensAreKept() throws InterruptedException {
        open(PLENTY, PLENTY);
        Permit held = model.hold(0);
        Told other = model.generate(prompt(1, 70), 1);
        int[] said = with(INSTRUCTIONS, model.generate(INSTRUCTIONS, 10).tokens());
        held.leave();
        other.reason();
        for (int turn = 0; turn < 3; turn++) {
            model.settle(1);
            int read = said.length - 1; // the last token of an answer is read with the next turn
            said = with(said, 7 + turn, 9);
            Told told = model.generate(said, 10);
            said = with(said, told.tokens());
            assertEquals(read, told.usage().cached(), "turn " + turn);
        }
        assertEquals(0, model.tokens(0, "cached"));
        assertEquals(70, model.tokens(0, "prompt"));
    }

    @Test
    void whatIsKeptWaitsForNoMoreThanItSpares() throws InterruptedException {
        open(PLENTY, PLENTY);
        model.generate(INSTRUCTIONS, 5).reason();
        model.settle(0);
        List<Permit> held = List.of(model.hold(0), model.hold(1));
        Told alike = model.generate(with(INSTRUCTIONS, 3), 5);
        assertEquals(1, model.waiting(0));
        Told another = model.generate(with(INSTRUCTIONS, 4), 5);
        assertEquals(1, model.waiting(1), "61 tokens wait on the first, which spares 60");
        held.forEach(Permit::leave);
        assertEquals(60, alike.usage().cached());
        assertEquals(0, another.usage().cached());
    }

    @Test
    void sequencesGiveWayOnTheirDeviceAlone() throws InterruptedException {
        open(new Room(150 * TinyLlama.TOKEN_BYTES, 140, 8, 64), new Room(16 << 20, 140, 8, 64));
        assertSame(alone(60), together(60));
        assertTrue(model.count(0, "headroom.generation.preemptions") > 0);
        assertEquals(0, model.count(1, "headroom.generation.preemptions"));
        assertEquals(150 * TinyLlama.TOKEN_BYTES, model.gauge(0, "headroom.cache.bytes", "budget"));
    }

    @Test
    void whatFitsOnOneDeviceAloneGoesThere() throws InterruptedException {
        open(SHORT, PLENTY);
        for (int i = 0; i < 4; i++) {
            assertEquals(5, model.generate(prompt(i, 80), 5).tokens().length);
            assertEquals(50, model.generate(prompt(i, 30), 50).tokens().length, "with its answer it fits there alone");
        }
        assertEquals(0, model.tokens(0, "prompt"));
        Permit held = model.hold(1);
        Told waits = model.generate(prompt(9, 80), 5);
        assertEquals(34, model.generate(prompt(10, 30), 34).tokens().length);
        assertEquals(30, model.tokens(0, "prompt"));
        held.leave();
        waits.reason();
    }

    @Test
    void aPromptThatFitsOnNoneIsToldTheNumbersOfTheLargest() {
        open(SHORT, new Room(1 << 20, 200, 4, 64));
        assertEquals(200, model.model.contextLength());
        Failure.TooLong refused = assertInstanceOf(Failure.TooLong.class, model.refusal(prompt(0, 200), 1));
        assertTrue(refused.detail().contains("at most 200"), refused.detail());
    }

    @Test
    void oneThatFillsADeviceLeavesRoomOnTheOther() throws InterruptedException {
        Room one = new Room(1 << 20, 200, 1, 64);
        open(one, one);
        assertEquals(16, model.model.mostWaiting(22));
        List<Permit> held = List.of(model.hold(0), model.hold(1));
        List<Told> told = IntStream.range(0, 16)
                .mapToObj(i -> model.generate(prompt(i, 20), 2))
                .toList();
        assertInstanceOf(Failure.Overloaded.class, model.refusal(prompt(17, 20), 2));
        assertEquals(8, model.waiting(0));
        assertEquals(8, model.waiting(1));
        held.forEach(Permit::leave);
        told.forEach(Told::reason);
    }
}
