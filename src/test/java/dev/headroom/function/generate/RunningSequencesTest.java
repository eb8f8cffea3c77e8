package dev.headroom.function.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RunningSequencesTest {

    private static final Failure FULL = new Failure.Overloaded("Full.", Duration.ofSeconds(1));

    private final List<Told> told = new ArrayList<>();

    @Test
    void aSequenceThatIsNotAdmittedEndsThoseThatHaveSpoken() throws InterruptedException {
        ScriptedTextModel model = new ScriptedTextModel(this::speaksThenRefuses);
        RunningSequences.start(model.generation(3), told::add);
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
                told::add);
        assertEquals(1, told.size());
        assertInstanceOf(
                Failure.Internal.class,
                assertInstanceOf(Told.Failed.class, told.getFirst()).failure());
    }

    @Test
    void oneFailureEndsTheOthersAndIsToldAlone() throws InterruptedException {
        ScriptedTextModel model = new ScriptedTextModel();
        RunningSequences.start(model.generation(2), told::add);
        ScriptedTextModel.Running first = model.admitted.take();
        ScriptedTextModel.Running second = model.admitted.take();
        first.listener().failed(FULL);
        second.says("late");
        second.listener().failed(Failure.Unavailable.closing());
        assertEquals(List.of(new Told.Failed(0, FULL)), told);
        second.cancelled().await();
    }

    @Test
    void nothingIsToldAfterTheCallerHasGone() throws InterruptedException {
        ScriptedTextModel model = new ScriptedTextModel();
        RunningSequences running = RunningSequences.start(model.generation(1), told::add);
        running.cancel();
        ScriptedTextModel.Running only = model.admitted.take();
        only.says("late");
        only.ends();
        only.cancelled().await();
        assertEquals(List.of(), told);
    }
}
