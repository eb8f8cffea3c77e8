package dev.headroom.serving;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import dev.headroom.serving.OperatorOrder.Kind;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

class OperatorOrderTest {

    private final OperatorOrder order = new OperatorOrder("m");

    private static Failure failure(CompletableFuture<ModelState> given) {
        ExecutionException e = assertThrows(ExecutionException.class, given::get);
        return assertInstanceOf(RequestFailedException.class, e.getCause()).failure();
    }

    @Test
    void theLastOrderCountsAndTheOneBeforeIsToldSo() {
        CompletableFuture<ModelState> unload = order.give(Kind.UNLOAD);
        CompletableFuture<ModelState> load = order.give(Kind.LOAD);
        assertEquals(
                "The model m was not unloaded, because it is to be loaded by a later request. Ask again if it is to be unloaded.",
                failure(unload).detail());
        assertEquals(Kind.LOAD, order.kind());
        order.reached(ModelState.UNLOADED); // it was being closed
        assertFalse(load.isDone());
        order.reached(ModelState.OPEN);
        assertEquals(ModelState.OPEN, load.join());
        assertEquals(Kind.NONE, order.kind());
    }

    @Test
    void theSameOrderTwiceIsOne() {
        CompletableFuture<ModelState> first = order.give(Kind.LOAD);
        assertSame(first, order.give(Kind.LOAD));
        order.reached(ModelState.FAILED);
        assertEquals(ModelState.FAILED, first.join());
    }

    @Test
    void theEndOfTheProcessEndsIt() {
        CompletableFuture<ModelState> load = order.give(Kind.LOAD);
        order.end();
        assertInstanceOf(Failure.Unavailable.class, failure(load));
        assertEquals(Kind.NONE, order.kind());
    }
}
