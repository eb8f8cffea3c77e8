package dev.headroom.generation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.gate.Permit;
import dev.headroom.gate.Share;
import dev.headroom.generation.GenerationListener.FinishReason;
import dev.headroom.generation.GenerationListener.Usage;
import dev.headroom.generation.RunningGenerator.Room;
import dev.headroom.generation.sampling.Choice;
import dev.headroom.generation.sampling.Sampling;
import dev.headroom.request.Failure;
import dev.headroom.request.Priority;
import dev.headroom.request.RequestFailedException;
import dev.headroom.request.Urgency;
import dev.headroom.session.LlamaForm;
import dev.headroom.session.TinyLlama;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Each sequence ends once, for one reason, and leaves nothing on the device. */
@Timeout(60)
class SequenceEndTest {

    private static final int CONTEXT = 128;
    private static final int[] PROMPT = {5, 9, 70, 33};

    @TempDir
    private Path folder;

    private RunningGenerator model;

    @BeforeEach
    void open() {
        model = RunningGenerator.of(TinyLlama.write(folder, LlamaForm.SHARED), new Room(1 << 20, CONTEXT, 4, 64));
    }

    @AfterEach
    void close() {
        model.close();
    }

    private static GenerationRequest asked(int[] prompt, int tokens) {
        return new GenerationRequest(
                prompt, RunningGenerator.GREEDY_TOLD, tokens, Stopping.AT_ENDS, Urgency.INTERACTIVE);
    }

    private static Failure failure(Told told) {
        Throwable thrown = assertThrows(CompletionException.class, told::reason).getCause();
        return assertInstanceOf(RequestFailedException.class, thrown).failure();
    }

    private Failure refusal(int[] prompt) {
        return assertThrows(RequestFailedException.class, () -> model.generate(prompt, 1))
                .failure();
    }

    /** Waits until the device's thread has ended its turn. */
    private void assertNothingIsLeft() throws InterruptedException {
        model.gate.call(() -> null);
        assertEquals(0, model.gauge("headroom.generation.sequences", "running"));
        assertEquals(0, model.gauge("headroom.cache.bytes", "held"));
        assertFalse(model.busy());
    }

    @Test
    void endsAtTheContextLength() throws InterruptedException {
        Told told = model.generate(new int[CONTEXT - 6], 100);
        assertEquals(FinishReason.LENGTH, told.reason());
        assertEquals(6, told.tokens().length);
        assertEquals(new Usage(CONTEXT - 6, 6, 0), told.usage());
        assertNothingIsLeft();
    }

    /** A prompt whose continuation would end at once. */
    private static GenerationRequest ending(Stopping stopping) {
        Map<Integer, Float> bias = Map.of(TinyLlama.END, 100f);
        Sampling sampling = new Sampling(0, 0, 1, 0, 1, 0, 0, bias, OptionalLong.empty(), 0, Optional.empty());
        return new GenerationRequest(PROMPT, sampling, 9, stopping, Urgency.INTERACTIVE);
    }

    private Told told(GenerationRequest request) {
        Told told = new Told();
        model.generate(request, told);
        return told;
    }

    @Test
    void noEndComesBeforeTheLeastTokens() {
        assertEquals(1, told(ending(Stopping.AT_ENDS)).usage().generated());
        Told told = told(ending(new Stopping(List.of(), 4, false)));
        assertEquals(FinishReason.STOP, told.reason());
        assertEquals(5, told.usage().generated());
        assertEquals(4, told.tokens().length);
    }

    @Test
    void anEndThatIsIgnoredIsATokenAsOthers() {
        Told told = told(ending(new Stopping(List.of(), 0, true)));
        assertEquals(FinishReason.LENGTH, told.reason());
        assertEquals(9, told.usage().generated());
        assertEquals(TinyLlama.END, told.tokens()[0]);
    }

    @Test
    void noTokenIsWanted() throws InterruptedException {
        Told told = model.generate(PROMPT, 0);
        assertEquals(FinishReason.LENGTH, told.reason());
        assertEquals(new Usage(4, 0, 0), told.usage());
        assertNothingIsLeft();
    }

    @Test
    void oneTokenIsTheFirstOfMany() {
        int[] many = model.generate(PROMPT, 20).tokens();
        assertEquals(20, many.length);
        assertArrayEquals(new int[] {many[0]}, model.generate(PROMPT, 1).tokens());
    }

    @Test
    void aPromptThatNeverFitsIsRefusedWithTheNumbers() {
        Failure.TooLong refused = assertInstanceOf(Failure.TooLong.class, refusal(new int[CONTEXT]));
        assertTrue(refused.detail().startsWith("The prompt has 128 tokens, and prompt and answer"), refused.detail());
        assertTrue(refused.detail().contains("at most 128"), refused.detail());
        assertEquals(
                FinishReason.LENGTH, model.generate(new int[CONTEXT - 1], 9).reason());
    }

    /** Listens to one sequence, and does something at a token. */
    private record At(Told told, int token, Runnable what) implements GenerationListener {

        @Override
        public void text(String text, List<Choice> tokens) {
            told.text(text, tokens);
            if (told.count() == token) {
                what.run();
            }
        }

        @Override
        public void ended(FinishReason reason, Usage usage) {
            told.ended(reason, usage);
        }

        @Override
        public void failed(Failure failure) {
            told.failed(failure);
        }
    }

    @Test
    void aCallerThatGoesFreesItsRowWithinOneStep() throws InterruptedException {
        Told gone = new Told();
        Told other = new Told();
        AtomicReference<Runnable> cancel = new AtomicReference<>();
        Permit held = model.gate.enter(new Share(1));
        cancel.set(model.generate(asked(PROMPT, 100), gone));
        model.generate(
                asked(new int[] {8, 8}, 60),
                new At(other, 10, () -> cancel.get().run()));
        held.leave();
        assertEquals(60, other.tokens().length);
        double wasted = model.meters
                        .get("headroom.generation.tokens")
                        .tag("kind", "generated")
                        .counter()
                        .count()
                - gone.count()
                - other.count();
        assertTrue(wasted <= 1, wasted + " tokens were chosen that nobody waited for");
        assertFalse(gone.isOver());
        assertNothingIsLeft();
    }

    @Test
    void aListenerThatFailsEndsItsOwnSequenceAlone() throws InterruptedException {
        int[] expected = model.generate(PROMPT, 40).tokens();
        Told bad = new Told();
        Permit held = model.gate.enter(new Share(1));
        Told good = model.generate(PROMPT, 40);
        model.generate(asked(PROMPT, 40), new At(bad, 3, () -> {
            throw new IllegalStateException("the connection is gone");
        }));
        held.leave();
        assertInstanceOf(Failure.Internal.class, failure(bad));
        assertArrayEquals(expected, good.tokens());
        assertNothingIsLeft();
    }

    @Test
    void aListenerWithoutMemoryForMoreFailsItsSequenceByThat() throws InterruptedException {
        Failure full = new Failure.TooLarge("full");
        Told told = new Told();
        model.generate(asked(PROMPT, 40), new At(told, 3, () -> {
            throw new RequestFailedException(full);
        }));
        assertEquals(full, failure(told));
        assertNothingIsLeft();
    }

    /** The graph refuses a token that its vocabulary does not have. */
    @Test
    void aSequenceThatBreaksRunsFailsAlone() throws InterruptedException {
        int[] expected = model.generate(PROMPT, 40).tokens();
        Permit held = model.gate.enter(new Share(1));
        Told first = model.generate(PROMPT, 40);
        Told broken = model.generate(new int[] {5, TinyLlama.VOCABULARY + 7}, 40);
        Told last = model.generate(PROMPT, 40);
        held.leave();
        assertInstanceOf(Failure.Internal.class, failure(broken));
        assertArrayEquals(expected, first.tokens());
        assertArrayEquals(expected, last.tokens());
        assertArrayEquals(expected, model.generate(PROMPT, 40).tokens());
        assertNothingIsLeft();
    }

    @Test
    void aDeadlineEndsASequenceThatWaits() throws InterruptedException {
        Permit held = model.gate.enter(new Share(1));
        Told told = new Told();
        Urgency urgency = new Urgency(Priority.INTERACTIVE, Optional.of(Duration.ofMillis(1)));
        model.generate(new GenerationRequest(PROMPT, Sampling.GREEDY, 5, Stopping.AT_ENDS, urgency), told);
        assertInstanceOf(Failure.DeadlineExceeded.class, failure(told));
        held.leave();
        assertEquals(5, model.generate(PROMPT, 5).tokens().length);
        assertNothingIsLeft();
    }

    @Test
    void tooManyThatWaitAreRefused() throws InterruptedException {
        Permit held = model.gate.enter(new Share(1));
        List<Told> waiting =
                IntStream.range(0, 32).mapToObj(i -> model.generate(PROMPT, 2)).toList();
        Failure.Overloaded refused = assertInstanceOf(Failure.Overloaded.class, refusal(PROMPT));
        assertTrue(refused.detail().startsWith("32 sequences wait"), refused.detail());
        held.leave();
        waiting.forEach(told -> assertEquals(2, told.tokens().length));
    }

    @Test
    void whatWasAdmittedIsAnsweredWhenItDrains() {
        Told told = model.generate(PROMPT, 100);
        model.drain();
        assertInstanceOf(Failure.Unavailable.class, refusal(PROMPT));
        assertEquals(100, told.tokens().length);
    }

    @Test
    void whatRunsAndWhatWaitsFailsWhenItCloses() throws InterruptedException {
        Told running = new Told();
        Permit held = model.gate.enter(new Share(1));
        model.generate(asked(PROMPT, 120), new At(running, 2, model::end));
        List<Told> waiting =
                Stream.generate(() -> model.generate(new int[100], 20)).limit(8).toList();
        held.leave();
        assertInstanceOf(Failure.Unavailable.class, failure(running));
        waiting.forEach(told -> assertInstanceOf(Failure.Unavailable.class, failure(told)));
        assertInstanceOf(Failure.Unavailable.class, refusal(PROMPT));
        assertFalse(model.busy());
    }

    @Test
    void allFailWhenTheDeviceIsLost() throws InterruptedException {
        Told running = new Told();
        Permit held = model.gate.enter(new Share(1));
        model.generate(asked(PROMPT, 120), new At(running, 2, () -> model.gate.lose("the test says so")));
        Told waiting = model.generate(PROMPT, 120);
        held.leave();
        assertEquals(Failure.Unavailable.deviceLost(), failure(running));
        assertInstanceOf(Failure.Unavailable.class, failure(waiting));
        assertEquals(Failure.Unavailable.deviceLost(), refusal(PROMPT));
        assertFalse(model.busy());
    }
}
