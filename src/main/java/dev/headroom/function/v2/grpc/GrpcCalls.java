package dev.headroom.function.v2.grpc;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.quarkus.grpc.GlobalInterceptor;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Cancels a call whose caller hangs up and writes nothing more to it, because Vert.x ends the whole connection, which
 * other calls share, when a frame is written to an ended stream. Measures the protocol's own calls as {@code
 * headroom.requests}, by gRPC's statuses.
 */
@GlobalInterceptor
@Singleton
class GrpcCalls implements ServerInterceptor {

    private final MeterRegistry registry;
    private final GrpcRoute route;
    private final Map<Status.Code, Timer> timers = new ConcurrentHashMap<>();

    GrpcCalls(MeterRegistry registry, GrpcRoute route) {
        this.registry = registry;
        this.route = route;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        String service = call.getMethodDescriptor().getServiceName();
        Followed followed = new Followed(GRPCInferenceServiceGrpc.SERVICE_NAME.equals(service));
        CompletableFuture<Void> hangUp = route.hangUp(headers);
        hangUp.thenRun(followed::gone);
        ServerCall.Listener<Q> listener = followed.cancelling(next.startCall(followed.writing(call), headers));
        hangUp.thenRun(listener::onCancel);
        return listener;
    }

    private Timer timer(Status.Code status) {
        return Timer.builder("headroom.requests")
                .description("Requests for inference")
                .tags("door", "grpc", "status", status.name())
                .register(registry);
    }

    /** One call, which ends once. */
    private final class Followed {

        private final Optional<Timer.Sample> sample;
        private final Context loop = Vertx.currentContext();
        private final AtomicBoolean over = new AtomicBoolean();
        private boolean gone; // of the event loop

        Followed(boolean measured) {
            sample = measured ? Optional.of(Timer.start(registry)) : Optional.empty();
        }

        void gone() {
            gone = true;
        }

        /** Writes on the event loop, which learns of the hang-up. */
        <Q, A> ServerCall<Q, A> writing(ServerCall<Q, A> call) {
            return new SimpleForwardingServerCall<>(call) {
                @Override
                public void sendHeaders(Metadata headers) {
                    onLoop(() -> super.sendHeaders(headers));
                }

                @Override
                public void sendMessage(A message) {
                    onLoop(() -> super.sendMessage(message));
                }

                @Override
                public void close(Status status, Metadata trailers) {
                    ended(status.getCode());
                    onLoop(() -> super.close(status, trailers));
                }
            };
        }

        private void onLoop(Runnable writing) {
            Runnable unlessGone = () -> {
                if (!gone) {
                    writing.run();
                }
            };
            if (Vertx.currentContext() == loop) {
                unlessGone.run();
            } else {
                loop.runOnContext(on -> unlessGone.run());
            }
        }

        /** Cancels the call once at most. */
        <Q> ServerCall.Listener<Q> cancelling(ServerCall.Listener<Q> listener) {
            return new SimpleForwardingServerCallListener<>(listener) {
                @Override
                public void onCancel() {
                    if (ended(Status.Code.CANCELLED)) {
                        super.onCancel();
                    }
                }
            };
        }

        /** Counts the end of the call; false if it had ended before. */
        private boolean ended(Status.Code status) {
            boolean now = !over.getAndSet(true);
            if (now) {
                sample.ifPresent(known -> known.stop(timers.computeIfAbsent(status, GrpcCalls.this::timer)));
            }
            return now;
        }
    }
}
