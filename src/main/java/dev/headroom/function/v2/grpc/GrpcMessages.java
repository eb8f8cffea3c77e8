package dev.headroom.function.v2.grpc;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Message;
import dev.headroom.function.body.JsonFields;
import dev.headroom.function.body.RequestMemory;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.MethodDescriptor.PrototypeMarshaller;
import io.grpc.ServerCall;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/** Parses calls' messages, each once there is room for what it becomes, and refuses the call where there is none. */
final class GrpcMessages {

    private static final Context.Key<RequestMemory.Share> SHARE = Context.key("headroom-share");

    /** Leaves the message as it came. */
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

    private GrpcMessages() {}

    /** The same service, which parses its messages within the room there is. */
    static ServerServiceDefinition bounded(ServerServiceDefinition service, GrpcRoute route) {
        List<ServerMethodDefinition<InputStream, ?>> methods = service.getMethods().stream()
                .<ServerMethodDefinition<InputStream, ?>>map(method -> bounded(method, route))
                .toList();
        ServiceDescriptor original = service.getServiceDescriptor();
        ServiceDescriptor.Builder described = ServiceDescriptor.newBuilder(original.getName())
                .setSchemaDescriptor(original.getSchemaDescriptor()); // reflection asks for it
        methods.forEach(method -> described.addMethod(method.getMethodDescriptor()));
        ServerServiceDefinition.Builder bounded = ServerServiceDefinition.builder(described.build());
        methods.forEach(bounded::addMethod);
        return bounded.build();
    }

    private static <Q, A> ServerMethodDefinition<InputStream, A> bounded(
            ServerMethodDefinition<Q, A> method, GrpcRoute route) {
        MethodDescriptor<Q, A> typed = method.getMethodDescriptor();
        MethodDescriptor<InputStream, A> bytes =
                typed.toBuilder(BYTES, typed.getResponseMarshaller()).build();
        return ServerMethodDefinition.create(bytes, (call, headers) -> {
            RequestMemory.Share share = route.share(headers);
            return Contexts.interceptCall(
                    Context.current().withValue(SHARE, share),
                    call,
                    headers,
                    (same, sameHeaders) -> new Parsing<>(method, same, sameHeaders, share));
        });
    }

    /** What the call that runs on this thread takes. */
    static RequestMemory.Share share() {
        return SHARE.get();
    }

    /** Hears a call's messages as bytes. */
    private static final class Parsing<Q, A> extends ServerCall.Listener<InputStream> {

        private final MethodDescriptor<Q, A> method;
        private final ServerCall<InputStream, A> call;
        private final RequestMemory.Share share;
        private final ServerCall.Listener<Q> parsed;
        private boolean refused;

        @SuppressWarnings("unchecked") // only a call's listener has to do with its requests
        Parsing(
                ServerMethodDefinition<Q, A> method,
                ServerCall<InputStream, A> call,
                Metadata headers,
                RequestMemory.Share share) {
            this.method = method.getMethodDescriptor();
            this.call = call;
            this.share = share;
            this.parsed = method.getServerCallHandler().startCall((ServerCall<Q, A>) (ServerCall<?, A>) call, headers);
        }

        @Override
        public void onMessage(InputStream message) {
            if (share == null) {
                return; // the call has ended already
            }
            try {
                share.take(heap(message));
                parsed.onMessage(method.parseRequest(message));
            } catch (StatusRuntimeException e) { // of the parser
                refuse(unreadable());
            } catch (RuntimeException e) {
                refuse(e);
            }
        }

        private long heap(InputStream message) {
            PrototypeMarshaller<?> marshaller = (PrototypeMarshaller<?>) method.getRequestMarshaller();
            Descriptor type = ((Message) marshaller.getMessagePrototype()).getDescriptorForType();
            try {
                message.mark(Integer.MAX_VALUE);
                long heap = GrpcMeasure.heap(message, type);
                message.reset();
                return heap;
            } catch (IOException e) {
                throw unreadable();
            }
        }

        private static RuntimeException unreadable() {
            return JsonFields.invalid(
                    "The message is no protobuf of this method's request; send it as the .proto has it.");
        }

        private void refuse(RuntimeException why) {
            refused = true;
            StatusRuntimeException refusal = GrpcFailures.of(why);
            call.close(refusal.getStatus(), refusal.getTrailers());
        }

        @Override
        public void onHalfClose() {
            if (!refused && share != null) {
                parsed.onHalfClose();
            }
        }

        @Override
        public void onCancel() {
            parsed.onCancel();
        }

        @Override
        public void onComplete() {
            parsed.onComplete();
        }

        @Override
        public void onReady() {
            parsed.onReady();
        }
    }
}
