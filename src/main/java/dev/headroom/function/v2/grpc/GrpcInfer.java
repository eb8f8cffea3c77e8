package dev.headroom.function.v2.grpc;

import dev.headroom.function.body.RequestMemory;
import dev.headroom.function.v2.OutputRows;
import dev.headroom.function.v2.RunningTensors;
import dev.headroom.function.v2.V2Models;
import dev.headroom.request.Terms;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

/** {@code ModelInfer}: answers when every row has been answered or has failed. */
@Singleton
class GrpcInfer {

    /** What is so small is read by the thread that received it. */
    private static final int SMALL_MESSAGE = 16 * 1024;

    private final V2Models models;

    GrpcInfer(V2Models models) {
        this.models = models;
    }

    void infer(ModelInferRequest request, StreamObserver<ModelInferResponse> answer) {
        Call call = new Call(request, (ServerCallStreamObserver<ModelInferResponse>) answer, GrpcMessages.share());
        Terms terms = GrpcTerms.current();
        call.answer.setOnCancelHandler(call::abandon);
        if (request.getSerializedSize() <= SMALL_MESSAGE) {
            start(call, terms);
        } else {
            startLarge(call, terms);
        }
    }

    private void startLarge(Call call, Terms terms) {
        if (call.share.retain()) {
            Thread.startVirtualThread(() -> {
                try {
                    start(call, terms);
                } finally {
                    call.share.release();
                }
            });
        }
    }

    private void start(Call call, Terms terms) {
        try {
            RunningTensors running = models.start(GrpcTensors.read(call.request, models.inputBudget()), terms);
            call.running.set(running);
            if (call.abandoned.get()) {
                call.abandon();
            }
            running.outputs().whenComplete(call::answer);
        } catch (RuntimeException | Error e) {
            call.fail(e);
        }
    }

    /** One call, and what runs for it once something does. */
    private record Call(
            ModelInferRequest request,
            ServerCallStreamObserver<ModelInferResponse> answer,
            RequestMemory.Share share,
            AtomicReference<RunningTensors> running,
            AtomicBoolean abandoned) {

        Call(
                ModelInferRequest request,
                ServerCallStreamObserver<ModelInferResponse> answer,
                RequestMemory.Share share) {
            this(request, answer, share, new AtomicReference<>(), new AtomicBoolean());
        }

        void abandon() {
            abandoned.set(true);
            RunningTensors known = running.get();
            if (known != null) {
                known.running().abandon();
            }
        }

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
            if (!abandoned.get()) {
                answer.onError(GrpcFailures.of(failure));
            }
        }
    }
}
