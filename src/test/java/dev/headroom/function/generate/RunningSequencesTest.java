package dev.headroom.function.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.headroom.function.body.RequestMemory;
import dev.headroom.generation.GenerationRequest;
import dev.headroom.generation.Stopping;
import dev.headroom.generation.sampling.Choice;
import dev.headroom.generation.sampling.Sampling;
import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import dev.headroom.request.Urgency;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class RunningSequencesTest {

    private static final Failure FULL = new Failure.Overloaded("Full.", Duration.ofSeconds(1));

    private final List<Told> told = new ArrayList<>();
    private final RequestMemory ofAll = new RequestMemory(100_000);
    private final TextMemory memory = TextMemory.whole(ofAll.share());

    @Test
    void aSequenceThatIsNotAdmittedEndsThoseThatHaveSpoken() throws InterruptedException {
        ScriptedTextModel model = new ScriptedTextModel(this::speaksThenRefuses);
        RunningSequences.start(model.generation(3), memory, told::add);
        assertEquals(List.of(new Told.Text(0, "a", List.of()), new Told.Failed(1, FULL)), told);
        model.admitted.take().cancelled().await();
        assertEquals(0, model.admitted.size());
    }

    private ScriptedTextModel.Running speaksThenRefuses(ScriptedTextModel.Running running) {
        if (!told.isEmpty()) {
            throw new RequestFailedException(FULL);
        }
        running.says("a");
        return running;
    }

    @Test
    void anUnexpectedExceptionIsToldAsAFailure() {
        RunningSequences.start(
                new ScriptedTextModel(running -> {
                            throw new IllegalStateException();
                        })
                        .generation(2),
                memory,
                told::add);
        assertEquals(1, told.size());
        assertInstanceOf(
                Failure.Internal.class,
                assertInstanceOf(Told.Failed.class, told.getFirst()).failure());
    }

    @Test
    void oneFailureEndsTheOthersAndIsToldAlone() throws InterruptedException {
        ScriptedTextModel model = new ScriptedTextModel();
        RunningSequences.start(model.generation(2), memory, told::add);
        ScriptedTextModel.Running first = model.admitted.take();
        ScriptedTextModel.Running second = model.admitted.take();
        first.listener().failed(FULL);
        second.says("late");
        second.listener().failed(Failure.Unavailable.closing());
        assertEquals(List.of(new Told.Failed(0, FULL)), told);
        second.cancelled().await();
    }

    @Test
    void aTextThatOutgrowsTheMemoryOfAllRequestsFails() throws InterruptedException {
        ScriptedTextModel model = new ScriptedTextModel();
        RunningSequences.start(model.generation(1), memory, told::add);
        ScriptedTextModel.Running only = model.admitted.take();
        String text = "x".repeat(5_000);
        only.says(text);
        only.says(text);
        only.says(text);
        RequestFailedException e = assertThrows(RequestFailedException.class, () -> only.says(text));
        assertInstanceOf(Failure.TooLarge.class, e.failure());
        assertEquals(3, told.size());
    }

    @Test
    void probabilitiesCountWithTheText() throws InterruptedException {
        ScriptedTextModel model = new ScriptedTextModel();
        RunningSequences.start(model.generation(1), memory, told::add);
        ScriptedTextModel.Running only = model.admitted.take();
        long before = ofAll.taken();
        Choice choice = new Choice(1, -1, Collections.nCopies(20, new Choice.Candidate(1, -1)));
        only.listener().text("x", List.of(choice));
        assertEquals(before + 32 + 6 + 512 + 20 * 320, ofAll.taken());
    }

    @Test
    void moreSequencesThanThereIsMemoryForDoNotStart() {
        ScriptedTextModel model = new ScriptedTextModel();
        assertThrows(
                RequestFailedException.class, () -> RunningSequences.start(model.generation(30), memory, told::add));
        assertEquals(0, model.admitted.size());
        assertEquals(0, ofAll.taken());
    }

    @Test
    void eachSequenceCountsItsOwnCopyOfThePrompt() {
        Sampling repeated =
                new Sampling(0, 0, 1, 0, 1.1f, 0, 0, Map.of(7, 1f), OptionalLong.empty(), -1, Optional.empty());
        GenerationRequest one = new GenerationRequest(new int[100], repeated, 9, Stopping.AT_ENDS, Urgency.INTERACTIVE);
        memory.begin(List.of(one, one));
        assertEquals(2 * (4096 + 400 + 96 * 101), ofAll.taken());
    }

    @Test
    void nothingIsToldAfterTheCallerHasGone() throws InterruptedException {
        ScriptedTextModel model = new ScriptedTextModel();
        RunningSequences running = RunningSequences.start(model.generation(1), memory, told::add);
        running.cancel();
        ScriptedTextModel.Running only = model.admitted.take();
        only.says("late");
        only.ends();
        only.cancelled().await();
        assertEquals(List.of(), told);
    }
}
