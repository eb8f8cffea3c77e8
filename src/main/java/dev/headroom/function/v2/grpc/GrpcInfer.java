package dev.headroom.function.v2.grpc;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.UnsafeByteOperations;
import dev.headroom.function.AnswerWriter;
import dev.headroom.function.GrpcDoor;
import dev.headroom.function.body.BodyThread;
import dev.headroom.function.body.JsonFields;
import dev.headroom.function.body.RequestMemory;
import dev.headroom.function.trace.Traces;
import dev.headroom.function.v2.V2Models;
import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import dev.headroom.request.Urgency;
import io.quarkus.vertx.http.runtime.RouteConstants;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * {@code ModelInfer}: answers when every row has been answered or has failed. Reads the call's one message from its request,
 * as any other door does, because gRPC's server takes longer for a call than all the rest. The server has the other calls.
 */
@Singleton
class GrpcInfer {

    /** A flag for compression and the message's length. */
    private static final int PREFIX = 1 + Integer.BYTES;

    private final V2Models models;

    GrpcInfer(V2Models models) {
        this.models = models;
    }

    /** Stands before the route of gRPC's server. */
    void route(@Observes Router router) {
        router.route(GrpcDoor.INFER)
                .order(RouteConstants.ROUTE_ORDER_COMPRESSION)
                .handler(context -> {
                    if (GrpcDoor.isInference(context.request())) {
                        BodyThread.read(context, room -> start(context));
                    } else {
                        context.next();
                    }
                });
    }

    private void start(RoutingContext context) {
        Urgency urgency = GrpcUrgency.of(context.request().headers(), Traces.of(context));
        ModelInferRequest request = read(message(context), RequestMemory.Share.of(context));
        models.start(GrpcTensors.read(request, models.inputBudget()), urgency)
                .write(context, (response, outputs) -> body(response, GrpcTensors.write(outputs, request)));
    }

    /** The bytes of the call's message, which are not copied. */
    @SuppressWarnings("deprecation") // for internal use from Vert.x 5 on
    private static ByteBuffer message(RoutingContext context) {
        Buffer body = context.body().buffer();
        if (body == null || body.length() == 0) {
            throw JsonFields.invalid("The call has no message; send one.");
        }
        if (body.length() < PREFIX) {
            throw JsonFields.invalid("The call ends within the 5 bytes before its message; send all of it.");
        }
        if (body.getByte(0) != 0) {
            throw new RequestFailedException(new Failure.WrongMethod(
                    "The message is compressed, which is not read; send it as it is, without grpc-encoding."));
        }
        long length = body.getUnsignedInt(1);
        if (length != body.length() - PREFIX) {
            throw JsonFields.invalid(
                    "The call's message is said to have %d bytes, and %d follow; send one whole message.",
                    length, body.length() - PREFIX);
        }
        return body.getByteBuf().nioBuffer(PREFIX, (int) length);
    }

    /** Takes memory for the message before it is parsed. */
    private static ModelInferRequest read(ByteBuffer message, RequestMemory.Share share) {
        try {
            share.take(GrpcMeasure.heap(CodedInputStream.newInstance(message), ModelInferRequest.getDescriptor()));
            CodedInputStream in = UnsafeByteOperations.unsafeWrap(message).newCodedInput();
            in.enableAliasing(true);
            ModelInferRequest request = ModelInferRequest.parseFrom(in);
            in.checkLastTagWas(0);
            return request;
        } catch (IOException e) {
            throw GrpcMessages.unreadable();
        }
    }

    private static Buffer body(HttpServerResponse response, ModelInferResponse answer) throws IOException {
        int length = answer.getSerializedSize();
        byte[] body = new byte[PREFIX + length];
        ByteBuffer.wrap(body).put((byte) 0).putInt(length);
        CodedOutputStream out = CodedOutputStream.newInstance(body, PREFIX, length);
        answer.writeTo(out);
        out.checkNoSpaceLeft();
        GrpcDoor.begin(response);
        response.putTrailer("grpc-status", "0");
        return AnswerWriter.uncopied(body);
    }
}
