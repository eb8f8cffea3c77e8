package dev.headroom.fuzz;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** HTTP/2 without TLS and without asking: sound frames of gRPC, and others. */
final class Http2Frames {

    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int SETTINGS = 4;
    private static final int END_HEADERS = 4;

    private final Dice dice;

    Http2Frames(Dice dice) {
        this.dice = dice;
    }

    byte[] next() {
        List<byte[]> frames = new ArrayList<>(List.of(PREFACE, frame(SETTINGS, 0, 0, new byte[0])));
        byte[] message = Tensors.next(dice).message(true);
        byte[] prefixed = ByteBuffer.allocate(5 + message.length)
                .put(dice.of((byte) 0, (byte) 0, (byte) 1, (byte) 7))
                .putInt(dice.of(message.length, message.length, message.length + 1, -1, 11 << 20))
                .put(message)
                .array();
        frames.add(frame(HEADERS, END_HEADERS, 1, head()));
        frames.add(frame(DATA, dice.below(2), 1, prefixed));
        for (int i = dice.below(4); i > 0; i--) {
            frames.add(frame(dice.below(12), dice.below(256), dice.of(0, 1, 2, 3, 5, -1), dice.bytes(dice.below(40))));
        }
        byte[] all = Bytes.joined(frames);
        return dice.onceIn(2) ? all : new ByteMutation(dice).of(all);
    }

    private static byte[] frame(int type, int flags, int stream, byte[] payload) {
        return ByteBuffer.allocate(9 + payload.length)
                .putShort((short) (payload.length >> 8))
                .put((byte) payload.length)
                .put((byte) type)
                .put((byte) flags)
                .putInt(stream)
                .put(payload)
                .array();
    }

    private byte[] head() {
        return Bytes.joined(List.of(
                header(":method", dice.of("POST", "POST", "POST", "GET", "")),
                header(":scheme", "http"),
                header(":path", dice.of("/inference.GRPCInferenceService/ModelInfer", "/infer", "/", "a", "")),
                header(":authority", "localhost"),
                header("content-type", dice.of("application/grpc", "application/grpc+json", "application/json", "")),
                header("te", "trailers"),
                header(
                        dice.of("grpc-timeout", "grpc-encoding", "ce-id", "X-Upper"),
                        dice.of("1S", "-1n", "gzip", "\0"))));
    }

    /** A literal that is not to be remembered, in no coding (RFC 7541, 6.2.2). */
    private static byte[] header(String name, String value) {
        return ByteBuffer.allocate(3 + name.length() + value.length())
                .put((byte) 0)
                .put((byte) name.length())
                .put(name.getBytes(StandardCharsets.ISO_8859_1))
                .put((byte) value.length())
                .put(value.getBytes(StandardCharsets.ISO_8859_1))
                .array();
    }
}
