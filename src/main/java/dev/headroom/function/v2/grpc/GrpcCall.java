package dev.headroom.function.v2.grpc;

import dev.headroom.function.GrpcDoor;
import dev.headroom.function.RequestEnd;
import dev.headroom.function.body.JsonFields;
import dev.headroom.function.body.RequestMemory;
import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import io.netty.handler.codec.http2.Http2Error;
import io.vertx.core.Context;
import io.vertx.ext.web.RoutingContext;
import java.util.concurrent.CompletableFuture;

/** One call from its head on: its memory, the bytes that arrive, and its caller's hang-up. */
final class GrpcCall {

    /** The most bytes of a call other than {@link GrpcInfer}'s, which holds names and versions. */
    private static final int MOST_BYTES = 64 << 10;

    private final RoutingContext context;
    private final RequestMemory.Share share;
    private final CompletableFuture<Void> hangUp = new CompletableFuture<>();
    private final Context loop;
    private long bytes; // of the connection's event loop, as is the next
    private boolean refused;

    GrpcCall(RoutingContext context, RequestMemory.Share share) {
        this.context = context;
        this.share = share;
        this.loop = context.vertx().getOrCreateContext();
    }

    RequestMemory.Share share() {
        return share;
    }

    /** Completes when the caller hangs up before the answer, or when the call is refused. */
    CompletableFuture<Void> hangUp() {
        return hangUp;
    }

    /** Takes memory for bytes that arrive; false when the call is refused and they are dropped. */
    boolean admits(int more) {
        if (!refused) {
            try {
                take(more);
            } catch (RequestFailedException e) {
                refused = true;
                loop.runOnContext(on -> refuse(e.failure()));
            }
        }
        return !refused;
    }

    private void take(int more) {
        bytes += more;
        if (bytes > MOST_BYTES) {
            throw JsonFields.tooLarge(
                    "The call has more than %d bytes, which none but ModelInfer has; send what it asks for alone.",
                    MOST_BYTES);
        }
        share.takeComing(more);
    }

    /** Ends the call here: gRPC's server writes nothing after the hang-up. */
    private void refuse(Failure failure) {
        if (!RequestEnd.isOver(context)) {
            hangUp.complete(null);
            GrpcDoor.refuse(context.response(), failure);
            context.response().reset(Http2Error.NO_ERROR.code());
        }
    }
}
