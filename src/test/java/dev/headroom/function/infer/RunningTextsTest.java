package dev.headroom.function.infer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.headroom.function.body.RequestMemory;
import dev.headroom.function.generate.ScriptedTextModel;
import dev.headroom.function.generate.ScriptedTextModel.Running;
import dev.headroom.function.generate.TextMemory;
import dev.headroom.function.infer.InferRequest.Asked;
import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import dev.headroom.request.Urgency;
import dev.headroom.task.Input;
import dev.headroom.task.Options;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Texts of one request, continued by a model that the test speaks for. */
@Timeout(20)
class RunningTextsTest {

    private static final Failure FULL = new Failure.Overloaded("full", Duration.ofSeconds(1));
    private static final Failure LATE = new Failure.DeadlineExceeded("late");

    private final ScriptedTextModel model = new ScriptedTextModel();

    private static InferRequest texts(String... texts) {
        List<Asked> asked = new ArrayList<>();
        for (String text : texts) {
            asked.add(new Asked.Good(Optional.of("id " + text), new Input.Text(text)));
        }
        return new InferRequest(Optional.empty(), asked, Options.USUAL, Optional.empty());
    }

    private static RunningTexts start(ScriptedTextModel model, InferRequest request) {
        return RunningTexts.start(
                model, request, Urgency.INTERACTIVE, TextMemory.whole(new RequestMemory(1 << 20).share()));
    }

    private static CompletableFuture<InferResponse> response(
            RunningTexts running, InferRequest request, boolean event) {
        return new RunningInference<>("scripted", request.asked(), running).response(event);
    }

    private static Failure failure(CompletableFuture<InferResponse> response) {
        CompletionException e = assertThrows(CompletionException.class, response::join);
        return assertInstanceOf(RequestFailedException.class, e.getCause()).failure();
    }

    @Test
    void eachTextHasItsAnswerWhicheverEndsFirst() throws InterruptedException {
        InferRequest request = texts("ab", "c");
        CompletableFuture<InferResponse> response = response(start(model, request), request, false);
        Running first = model.admitted.take();
        Running second = model.admitted.take();
        second.says("two");
        second.ends();
        assertFalse(response.isDone());
        first.says("on");
        first.says("e");
        first.ends();
        List<InferResponse.Output> outputs = response.join().outputs();
        assertEquals(
                List.of("one", "two"),
                outputs.stream().map(InferResponse.Output::text).toList());
        assertEquals("id c", outputs.get(1).id());
        assertEquals("stop", outputs.get(1).finishReason());
    }

    @Test
    void aTextThatFailsOnItsWayFailsAloneUnlessAnEventAsks() throws InterruptedException {
        for (boolean event : List.of(false, true)) {
            InferRequest request = texts("a", "b");
            CompletableFuture<InferResponse> response = response(start(model, request), request, event);
            model.admitted.take().listener().failed(LATE);
            model.admitted.take().ends();
            if (event) {
                assertEquals(LATE, failure(response));
            } else {
                assertEquals(
                        "late", response.join().outputs().getFirst().error().detail());
                assertEquals("", response.join().outputs().get(1).text());
            }
        }
    }

    @Test
    void oneThatIsNotAdmittedFailsTheRequestAndEndsTheOthers() throws InterruptedException {
        List<Running> seen = new ArrayList<>();
        ScriptedTextModel full = new ScriptedTextModel(running -> {
            seen.add(running);
            if (seen.size() == 3) {
                throw new RequestFailedException(FULL);
            }
            return running;
        });
        RequestFailedException e =
                assertThrows(RequestFailedException.class, () -> start(full, texts("a", "b", "c", "d")));
        assertEquals(FULL, e.failure());
        assertEquals(3, seen.size());
        seen.get(0).cancelled().await();
        seen.get(1).cancelled().await();
    }

    @Test
    void aRequestThatIsAbandonedEnds() throws InterruptedException {
        InferRequest request = texts("a", "b");
        RunningTexts running = start(model, request);
        CompletableFuture<InferResponse> response = response(running, request, true);
        model.admitted.take().ends();
        running.abandon();
        model.admitted.take().cancelled().await();
        assertEquals(
                "The caller hung up.", response.join().outputs().get(1).error().detail());
    }

    @Test
    void nothingStartsWhereNoInputIsGood() {
        InferRequest request = texts("", "");
        assertInstanceOf(Failure.Invalid.class, failure(response(start(model, request), request, false)));
        assertEquals(0, model.admitted.size());
    }
}
