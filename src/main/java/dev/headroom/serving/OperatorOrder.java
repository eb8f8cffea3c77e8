package dev.headroom.serving;

import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import java.util.concurrent.CompletableFuture;

/**
 * The last order of operators for a model: that it is open, or closed. The last order counts; whoever gave one to the contrary before
 * is told so. Any thread may give an order, and one at a time carries it out.
 */
final class OperatorOrder {

    /** The orders that there are. */
    enum Kind {
        NONE("left as it is"),
        LOAD("loaded"),
        UNLOAD("unloaded");

        private final String done;

        Kind(String done) {
            this.done = done;
        }
    }

    private record Order(Kind kind, CompletableFuture<ModelState> reached) {}

    private static final Order NO_ORDER = new Order(Kind.NONE, new CompletableFuture<>());

    private final String model;
    private volatile Order last = NO_ORDER;

    /** No order for the model of this name. */
    OperatorOrder(String model) {
        this.model = model;
    }

    /** The order that is to be carried out. */
    Kind kind() {
        return last.kind;
    }

    /**
     * Gives an order.
     *
     * @return the state that the model reaches: open, failed or unloaded; a {@link RequestFailedException} where another order
     *     comes before that
     */
    synchronized CompletableFuture<ModelState> give(Kind kind) {
        if (last.kind != kind) {
            Order before = last;
            last = new Order(kind, new CompletableFuture<>());
            end(
                    before,
                    "The model %s was not %s, because it is to be %s by a later request. Ask again if it is to be %s."
                            .formatted(model, before.kind.done, kind.done, before.kind.done));
        }
        return last.reached;
    }

    /** The model has reached a state that lasts; an order to the contrary stays. */
    synchronized void reached(ModelState state) {
        boolean unloaded = state == ModelState.UNLOADED;
        if (last.kind == (unloaded ? Kind.UNLOAD : Kind.LOAD)) {
            Order done = last;
            last = NO_ORDER;
            done.reached.complete(state);
        }
    }

    /** Nothing is carried out any more. */
    synchronized void end() {
        Order before = last;
        last = NO_ORDER;
        end(before, Failure.Unavailable.closing().detail());
    }

    private static void end(Order order, String detail) {
        if (order != NO_ORDER) {
            order.reached.completeExceptionally(
                    new RequestFailedException(new Failure.Unavailable(detail, ModelState.PAUSE_AFTER_FAILURE)));
        }
    }
}
