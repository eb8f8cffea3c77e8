package dev.headroom.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** The cases that seeds stand for. */
final class Cases {

    private static final String SERVICE = "inference.GRPCInferenceService/";

    /** Nobody waits for the rest of what is too large: the answer may be lost with the connection. */
    private static final int LARGE = 9 << 20;

    private final Dice dice;
    private final Requests requests;

    private Cases(Dice dice) {
        this.dice = dice;
        this.requests = new Requests(dice);
    }

    /** The seed of one of the cases of a run. */
    static long seed(long run, long index) {
        return new SplittableRandom(run * 1_000_003 + index).nextLong();
    }

    static Case of(long seed) {
        return new Cases(new Dice(seed)).next();
    }

    private Case next() {
        int kind = dice.below(100);
        if (kind < 72) {
            HttpMessage message = last(requests.next());
            return message.body().length < LARGE ? new Case.Asked(List.of(message)) : broken(message.bytes());
        }
        if (kind < 78) {
            return pipelined();
        }
        if (kind < 87) {
            return broken(http());
        }
        return kind < 91 ? broken(new Http2Frames(dice).next()) : called();
    }

    private HttpMessage last(HttpMessage message) {
        return framed(message.with("Connection: close"));
    }

    private HttpMessage framed(HttpMessage message) {
        boolean chunked = message.body().length > 0 && message.body().length < 20_000 && dice.onceIn(8);
        return chunked ? message.chunked(dice.of(1, 7, 500, 30_000)) : message.framed();
    }

    private Case pipelined() {
        List<HttpMessage> messages = new ArrayList<>();
        for (int i = dice.between(1, 4); i > 0; i--) {
            messages.add(framed(requests.next()));
        }
        messages.add(last(requests.next()));
        messages.removeIf(message -> message.body().length >= LARGE);
        return new Case.Asked(messages);
    }

    private Case broken(byte[] bytes) {
        return new Case.Broken(bytes, dice.between(1, 6), dice.of(Case.Ending.values()));
    }

    private byte[] http() {
        HttpMessage message = requests.next();
        return switch (dice.below(5)) {
            case 0 -> new ByteMutation(dice).of(message.framed().bytes());
            case 1 -> new ByteMutation(dice).of(message.chunked(9).bytes());
            case 2 ->
                message.with("Host: a", "Content-Length: " + length(message)).bytes();
            case 3 ->
                message.framed()
                        .with("Transfer-Encoding: " + dice.of("chunked", "gzip, chunked", "x", ""))
                        .bytes();
            default ->
                message.chunked(5)
                        .withBody((dice.of("ffffffffffffffff", "-1", "80000000", "0x5", "5;a=\"", "", "zz")
                                        + "\r\nhello\r\n0\r\n\r\n")
                                .getBytes(StandardCharsets.ISO_8859_1))
                        .bytes();
        };
    }

    private String length(HttpMessage message) {
        int length = message.body().length;
        return dice.of(
                "-1",
                "+5",
                "99999999999999999999",
                "1e3",
                "",
                "0x10",
                "5, 6",
                Integer.toString(length + 9),
                Integer.toString(length / 2),
                "20000000",
                length + "\r\nContent-Length: " + (length + 1));
    }

    private Case called() {
        byte[] message = Tensors.next(dice).message(!dice.onceIn(5));
        String method = SERVICE
                + (dice.onceIn(5)
                        ? dice.of(
                                "ServerLive",
                                "ModelReady",
                                "ModelMetadata",
                                "RepositoryIndex",
                                "ServerMetadata",
                                "None")
                        : "ModelInfer");
        List<String> metadata = dice.onceIn(4)
                ? List.of(
                        dice.of("headroom-deadline-ms", "headroom-priority", "ce-id", "authorization", "a-bin"),
                        dice.of("-1", "", "bulk", "1e999", "a\tb", "x".repeat(3000)))
                : List.of();
        return switch (dice.below(3)) {
            case 0 -> new Case.Called(method, metadata, dice.bytes(dice.below(60)));
            case 1 -> new Case.Called(method, metadata, new ByteMutation(dice).of(message));
            default -> new Case.Called(method, metadata, message);
        };
    }
}
