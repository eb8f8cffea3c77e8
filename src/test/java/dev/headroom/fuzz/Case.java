package dev.headroom.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** One thing that is done to the service, all of it from one seed. */
sealed interface Case {

    /** Requests on one connection, one behind the other without waiting; each must be answered. */
    record Asked(List<HttpMessage> messages) implements Case {

        @Override
        public byte[] bytes() {
            return Bytes.joined(messages.stream().map(HttpMessage::bytes).toList());
        }
    }

    /** The way a caller leaves. */
    enum Ending {
        /** It says that no more will come, and waits until the service closes. */
        HALF_CLOSE,
        /** It waits until anything comes, or the service closes. */
        WAIT,
        /** It is gone at once. */
        RESET
    }

    /**
     * Bytes that need not be a request.
     *
     * @param slices how many parts the bytes come in
     */
    record Broken(byte[] bytes, int slices, Ending ending) implements Case {}

    /**
     * A call by gRPC.
     *
     * @param metadata name and value in turn
     */
    record Called(String method, List<String> metadata, byte[] bytes) implements Case {}

    /** The bytes on the wire. */
    byte[] bytes();

    /** For people to read. */
    default String text() {
        String text = new String(bytes(), StandardCharsets.ISO_8859_1);
        String head = this instanceof Called call ? call.method + " " + call.metadata + "\n" : "";
        return head + (text.length() > 3000 ? text.substring(0, 3000) + "..." : text);
    }
}
