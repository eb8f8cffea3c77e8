package dev.headroom.function.v2.grpc;

import dev.headroom.function.body.RequestMemory;
import dev.headroom.function.v2.OutputRows;
import dev.headroom.function.v2.RunningTensors;
import dev.headroom.function.v2.V2Models;
import dev.headroom.request.Urgency;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** {@code ModelInfer}: answers when every row has been answered or has failed. */
@Singleton
class GrpcInfer {

    /** Smaller messages are read by the thread that received them. */
    private static final int SMALL_MESSAGE = 16 * 1024;

    private final V2Models models;

    GrpcInfer(V2Models models) {
        this.models = models;
    }

    void infer(ModelInferRequest request, StreamObserver<ModelInferResponse> answer) {
        Call call = new Call(request, answer, new CompletableFuture<>());
        ((ServerCallStreamObserver<?>) answer).setOnCancelHandler(() -> call.hangUp.complete(null));
        Urgency urgency = GrpcUrgency.current();
        RequestMemory.Share share = GrpcMessages.share();
        if (request.getSerializedSize() <= SMALL_MESSAGE) {
            start(call, urgency);
        } else if (share.retain()) {
            Thread.startVirtualThread(() -> {
                try {
                    start(call, urgency);
                } finally {
                    share.release();
                }
            });
        }
    }

    private void start(Call call, Urgency urgency) {
        try {
            RunningTensors running = models.start(GrpcTensors.read(call.request, models.inputBudget()), urgency);
            call.hangUp.thenRun(running.running()::abandon);
            running.outputs().whenComplete(call::answer);
        } catch (RuntimeException | Error e) {
            call.fail(e);
        }
    }

    /**
     * One call.
     *
     * @param hangUp completes when the caller hangs up
     */
    private record Call(
            ModelInferRequest request, StreamObserver<ModelInferResponse> answer, CompletableFuture<Void> hangUp) {

        void answer(List<OutputRows> outputs, Throwable failure) {
            if (failure != null) {
                fail(failure);
                return;
            }
            try {
                answer.onNext(GrpcTensors.write(outputs, request));
                answer.onCompleted();
            } catch (RuntimeException | Error e) {
                fail(e);
            }
        }

        void fail(Throwable failure) {
            if (!hangUp.isDone()) {
                answer.onError(GrpcFailures.of(failure));
            }
        }
    }
}
