package dev.headroom.function.v2.grpc;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.Descriptors.Descriptor;
import dev.headroom.function.body.JsonFields;
import dev.headroom.function.body.RequestMemory;
import dev.headroom.request.RequestFailedException;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.ProtoMethodDescriptorSupplier;
import java.io.IOException;
import java.io.InputStream;

/** Takes memory for each message before the message is parsed, and refuses the call when there is none. */
record GrpcMessages(GrpcRoute route) {

    /** Leaves messages as they are. */
    private static final Marshaller<InputStream> BYTES = new Marshaller<>() {

        @Override
        public InputStream stream(InputStream message) {
            return message;
        }

        @Override
        public InputStream parse(InputStream message) {
            return message;
        }
    };

    /** The same service with bounded messages. */
    static ServerServiceDefinition bounded(ServerServiceDefinition service, GrpcRoute route) {
        return ServerInterceptors.intercept(
                ServerInterceptors.useMarshalledMessages(service, BYTES), new GrpcMessages(route)::intercept);
    }

    /** The failure of a call whose message cannot be parsed. */
    static RequestFailedException unreadable() {
        return JsonFields.invalid("The message is no protobuf of this method's request; send it as the .proto has it.");
    }

    private <Q, A> ServerCall.Listener<Q> intercept(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        return new Measuring<>(call, next.startCall(call, headers), route.share(headers));
    }

    /** Receives a call's messages as bytes, which the next listener parses. */
    private static final class Measuring<Q, A> extends SimpleForwardingServerCallListener<Q> {

        private final ServerCall<Q, A> call;
        private final RequestMemory.Share share; // null when the call has ended already
        private boolean refused;

        Measuring(ServerCall<Q, A> call, ServerCall.Listener<Q> parsing, RequestMemory.Share share) {
            super(parsing);
            this.call = call;
            this.share = share;
        }

        @Override
        public void onMessage(Q message) {
            if (share == null) {
                return;
            }
            try {
                share.take(heap((InputStream) message));
                super.onMessage(message);
            } catch (StatusRuntimeException | IOException e) { // of the parser
                refuse(unreadable());
            } catch (RuntimeException e) {
                refuse(e);
            }
        }

        private long heap(InputStream message) throws IOException {
            Object schema = call.getMethodDescriptor().getSchemaDescriptor();
            Descriptor type = ((ProtoMethodDescriptorSupplier) schema)
                    .getMethodDescriptor()
                    .getInputType();
            message.mark(Integer.MAX_VALUE);
            long heap = GrpcMeasure.heap(CodedInputStream.newInstance(message), type);
            message.reset();
            return heap;
        }

        private void refuse(RuntimeException why) {
            refused = true;
            StatusRuntimeException refusal = GrpcFailures.of(why);
            call.close(refusal.getStatus(), refusal.getTrailers());
        }

        @Override
        public void onHalfClose() {
            if (!refused && share != null) {
                super.onHalfClose();
            }
        }
    }
}
