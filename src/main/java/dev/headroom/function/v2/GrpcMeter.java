package dev.headroom.function.v2;

import dev.headroom.function.v2.grpc.GRPCInferenceServiceGrpc;
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
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/** Measures the protocol's calls as requests are measured that come by HTTP; their statuses are gRPC's. */
@GlobalInterceptor
@Singleton
class GrpcMeter implements ServerInterceptor {

    private final MeterRegistry registry;
    private final Map<Status.Code, Timer> timers = new ConcurrentHashMap<>();

    GrpcMeter(MeterRegistry registry) {
        this.registry = registry;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        if (!GRPCInferenceServiceGrpc.SERVICE_NAME.equals(
                call.getMethodDescriptor().getServiceName())) {
            return next.startCall(call, headers);
        }
        Measured measured = new Measured(Timer.start(registry));
        ServerCall.Listener<Q> listener = next.startCall(measured.closing(call), headers);
        return new SimpleForwardingServerCallListener<>(listener) {
            @Override
            public void onCancel() {
                measured.ended(Status.Code.CANCELLED);
                super.onCancel();
            }
        };
    }

    private Timer timer(Status.Code status) {
        return Timer.builder("headroom.requests")
                .description("Requests for inference")
                .tags("door", "grpc", "status", status.name())
                .register(registry);
    }

    /** One call, which ends once. */
    private final class Measured {

        private final Timer.Sample sample;
        private final AtomicBoolean over = new AtomicBoolean();

        Measured(Timer.Sample sample) {
            this.sample = sample;
        }

        <Q, A> ServerCall<Q, A> closing(ServerCall<Q, A> call) {
            return new SimpleForwardingServerCall<>(call) {
                @Override
                public void close(Status status, Metadata trailers) {
                    ended(status.getCode());
                    super.close(status, trailers);
                }
            };
        }

        void ended(Status.Code status) {
            if (!over.getAndSet(true)) {
                sample.stop(timers.computeIfAbsent(status, GrpcMeter.this::timer));
            }
        }
    }
}
