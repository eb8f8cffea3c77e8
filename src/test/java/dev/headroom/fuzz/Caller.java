package dev.headroom.fuzz;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.headroom.function.v2.grpc.ModelInferRequest;
import io.grpc.CallOptions;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Does to the service what a case says, and fails with a {@link Finding} where it does not take it well. */
final class Caller implements AutoCloseable {

    /** A later answer counts as a hang, also on a busy machine. */
    private static final int LIMIT_SECONDS = 40;

    private static final String NO_MESSAGE = "Half-closed without a request";

    private final int port;
    private final ManagedChannel channel;

    Caller(int port) {
        this.port = port;
        this.channel =
                NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
    }

    void run(Case one) throws IOException {
        switch (one) {
            case Case.Asked asked -> ask(asked);
            case Case.Broken broken -> send(broken);
            case Case.Called called -> call(called);
        }
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket("127.0.0.1", port);
        socket.setSoTimeout(LIMIT_SECONDS * 1000);
        return socket;
    }

    private void ask(Case.Asked asked) throws IOException {
        try (Socket socket = connect()) {
            socket.getOutputStream().write(asked.bytes());
            InputStream in = new BufferedInputStream(socket.getInputStream());
            for (Iterator<HttpMessage> left = asked.messages().iterator(); left.hasNext(); ) {
                HttpMessage message = left.next();
                Optional<HttpAnswer> answer =
                        HttpAnswer.read(in, message.method().equals("HEAD"));
                new HttpOracle(message).check(answer.orElseThrow(() -> new Finding("closed without an answer")));
                if (answer.get().header("Connection").equalsIgnoreCase("close")) {
                    return;
                }
            }
        } catch (SocketTimeoutException e) {
            throw new Finding("no answer within %d s".formatted(LIMIT_SECONDS));
        } catch (IOException e) {
            throw new Finding("no whole answer: " + e);
        }
    }

    private void send(Case.Broken broken) throws IOException {
        try (Socket socket = connect()) {
            write(socket.getOutputStream(), broken);
            switch (broken.ending()) {
                case HALF_CLOSE -> {
                    socket.shutdownOutput();
                    judge(socket.getInputStream().readAllBytes());
                }
                case WAIT -> judge(socket.getInputStream().readNBytes(1));
                case RESET -> socket.setSoLinger(true, 0);
            }
        } catch (SocketTimeoutException e) {
            throw new Finding("neither answered nor closed within %d s".formatted(LIMIT_SECONDS));
        } catch (IOException e) {
            // closed by the service while this was written or read, as it may
        }
    }

    private static void write(OutputStream out, Case.Broken broken) throws IOException {
        int slice = Math.max(1, Math.ceilDiv(broken.bytes().length, broken.slices()));
        for (int at = 0; at < broken.bytes().length; at += slice) {
            out.write(broken.bytes(), at, Math.min(slice, broken.bytes().length - at));
            Thread.yield();
        }
    }

    private static void judge(byte[] answer) {
        String text = new String(answer, StandardCharsets.ISO_8859_1);
        if (text.startsWith("HTTP/1.1 500")) {
            throw new Finding("500: " + text);
        }
        if (text.startsWith("HTTP/1.1 ")) { // Netty says in HTTP/2's frame of farewell what it could not read
            HttpOracle.checkLeaks(text);
        }
    }

    private void call(Case.Called called) {
        MethodDescriptor<byte[], byte[]> method = MethodDescriptor.newBuilder(BYTES, BYTES)
                .setType(MethodType.UNARY)
                .setFullMethodName(called.method())
                .build();
        try {
            ClientCalls.blockingUnaryCall(
                    ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(metadata(called))),
                    method,
                    CallOptions.DEFAULT.withDeadlineAfter(LIMIT_SECONDS, TimeUnit.SECONDS),
                    called.bytes());
        } catch (StatusRuntimeException e) {
            if (!isUnreadable(called, e)) {
                judge(e);
            }
        }
    }

    /** True if the bytes are no message: gRPC's rules have the server answer with an error of its own. */
    private static boolean isUnreadable(Case.Called called, StatusRuntimeException e) {
        if (!NO_MESSAGE.equals(e.getStatus().getDescription())) {
            return false;
        }
        try {
            ModelInferRequest.parseFrom(called.bytes());
            return !called.method().endsWith("/ModelInfer");
        } catch (InvalidProtocolBufferException unreadable) {
            return true;
        }
    }

    private static void judge(StatusRuntimeException e) {
        switch (e.getStatus().getCode()) {
            case INTERNAL, UNKNOWN, DATA_LOSS, DEADLINE_EXCEEDED -> throw new Finding("gRPC: " + e.getMessage());
            default -> HttpOracle.checkLeaks(e.getMessage());
        }
    }

    private static Metadata metadata(Case.Called called) {
        Metadata metadata = new Metadata();
        for (int i = 0; i < called.metadata().size(); i += 2) {
            String name = called.metadata().get(i);
            String value = called.metadata().get(i + 1);
            if (name.endsWith("-bin")) {
                metadata.put(
                        Metadata.Key.of(name, Metadata.BINARY_BYTE_MARSHALLER), value.getBytes(StandardCharsets.UTF_8));
            } else {
                metadata.put(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), value);
            }
        }
        return metadata;
    }

    private static final MethodDescriptor.Marshaller<byte[]> BYTES = new MethodDescriptor.Marshaller<>() {

        @Override
        public InputStream stream(byte[] bytes) {
            return new ByteArrayInputStream(bytes);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    };

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
