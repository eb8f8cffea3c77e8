package dev.headroom.benchmark;

import com.google.protobuf.ByteString;
import dev.headroom.benchmark.LoadOrder.Demand;
import dev.headroom.function.v2.grpc.GRPCInferenceServiceGrpc;
import dev.headroom.function.v2.grpc.ModelInferRequest;
import dev.headroom.function.v2.grpc.ModelInferRequest.InferInputTensor;
import dev.headroom.function.v2.grpc.ModelInferResponse;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * Puts a closed load on gRPC's door and prints what it came to in one line, as {@link LoadClient} does. Each caller has a
 * connection of its own; one thread serves them all. A body is a tensor of 64-bit integers as bytes; the path is the
 * model's name.
 */
final class GrpcLoadClient {

    private final List<ModelInferRequest> requests;
    private final EventLoopGroup loop = new NioEventLoopGroup(1);
    private final LoadTally tally;
    private final CountDownLatch callers;
    private long sent; // the loop's thread alone uses it

    private GrpcLoadClient(LoadOrder order) throws IOException {
        requests = Files.readAllLines(order.bodies()).stream()
                .map(body -> request(order.path(), body.getBytes(StandardCharsets.UTF_8)))
                .toList();
        tally = new LoadTally(order, requests.size(), System.nanoTime());
        callers = new CountDownLatch(((Demand.Closed) order.demand()).callers());
        for (long caller = callers.getCount(); caller > 0; caller--) {
            ManagedChannel channel = NettyChannelBuilder.forAddress("localhost", order.port())
                    .usePlaintext()
                    .directExecutor()
                    .eventLoopGroup(loop)
                    .channelType(NioSocketChannel.class)
                    .build();
            loop.execute(new Caller(GRPCInferenceServiceGrpc.newStub(channel))::send);
        }
    }

    private static ModelInferRequest request(String model, byte[] elements) {
        return ModelInferRequest.newBuilder()
                .setModelName(model)
                .addInputs(InferInputTensor.newBuilder()
                        .setName("input_ids")
                        .setDatatype("INT64")
                        .addShape(1)
                        .addShape(elements.length / Long.BYTES))
                .addRawInputContents(ByteString.copyFrom(elements))
                .build();
    }

    public static void main(String... arguments) throws Exception {
        GrpcLoadClient client = new GrpcLoadClient(LoadOrder.parse(arguments));
        client.callers.await();
        System.out.println(client.loop
                .submit(() -> client.tally.result(client.sent, 0).line())
                .get());
        System.exit(0);
    }

    /** A caller, which sends its next request when the last one is answered. */
    private final class Caller implements StreamObserver<ModelInferResponse> {

        private final GRPCInferenceServiceGrpc.GRPCInferenceServiceStub stub;
        private long since;

        Caller(GRPCInferenceServiceGrpc.GRPCInferenceServiceStub stub) {
            this.stub = stub;
        }

        void send() {
            since = System.nanoTime();
            if (!tally.open(since)) {
                callers.countDown();
                return;
            }
            stub.modelInfer(requests.get((int) (sent++ % requests.size())), this);
        }

        @Override
        public void onNext(ModelInferResponse response) {
            // the end follows
        }

        @Override
        public void onError(Throwable failure) {
            tally.answered(500, since, System.nanoTime());
            send();
        }

        @Override
        public void onCompleted() {
            tally.answered(200, since, System.nanoTime());
            send();
        }
    }
}
