package dev.headroom.function.infer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.headroom.function.RunningRequest;
import dev.headroom.function.infer.InferRequest.Asked;
import dev.headroom.request.Failure;
import dev.headroom.request.Item;
import dev.headroom.request.RequestFailedException;
import dev.headroom.request.Urgency;
import dev.headroom.task.Answer;
import dev.headroom.task.Input;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunningInferenceTest {

    private static final Failure BAD = new Failure.Invalid("bad");
    private static final Failure LATE = new Failure.DeadlineExceeded("late");

    /** A request whose inputs all failed in these ways: the bad ones at the door, the others on their way. */
    private static RunningInference<Answer> failed(Failure... failures) {
        List<Asked> inputs = new ArrayList<>();
        List<Item<Answer>> items = new ArrayList<>();
        for (Failure failure : failures) {
            if (failure == BAD) {
                inputs.add(new Asked.Bad(Optional.empty(), failure));
            } else {
                inputs.add(new Asked.Good(Optional.empty(), new Input.Text("text")));
                Item<Answer> item =
                        new Item<>("item", 0, Urgency.INTERACTIVE, (row, outputs) -> new Answer.Score(1, 1));
                item.fail(failure);
                items.add(item);
            }
        }
        return new RunningInference<>("model", inputs, new RunningItems(new RunningRequest(items)));
    }

    private static Failure failure(RunningInference<Answer> request, boolean event) {
        CompletionException e = assertThrows(
                CompletionException.class, () -> request.response(event).join());
        return assertInstanceOf(RequestFailedException.class, e.getCause()).failure();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatMaySucceedLaterIsTriedAgainWhateverTheOrder(boolean event) {
        assertEquals(LATE, failure(failed(BAD, LATE), event));
        assertEquals(LATE, failure(failed(LATE, BAD), event));
    }

    @Test
    void whatNeverSucceedsIsNotTriedAgain() {
        assertEquals(BAD, failure(failed(BAD, BAD), true));
    }
}
