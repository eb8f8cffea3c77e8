package dev.headroom.benchmark;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Reads one HTTP/1.1 answer after another from the bytes of a connection: its status, and where it ends. Bodies are
 * skipped, whether they come with a Content-Length or in chunks.
 */
final class AnswerParser {

    private enum Stage {
        STATUS,
        HEADER,
        BODY,
        CHUNK_SIZE,
        CHUNK,
        CHUNK_END,
        TRAILER,
        COMPLETE
    }

    private final StringBuilder line = new StringBuilder();
    private Stage stage = Stage.STATUS;
    private int status;
    private boolean chunked;
    private long left;

    /** The status of the answer that is being read, or has been. */
    int status() {
        return status;
    }

    /** Reads until the answer is complete or there are no more bytes; whether it is complete. */
    boolean read(ByteBuffer bytes) {
        while (stage != Stage.COMPLETE && bytes.hasRemaining()) {
            switch (stage) {
                case BODY -> skip(bytes, Stage.COMPLETE);
                case CHUNK -> skip(bytes, Stage.CHUNK_END);
                case STATUS, HEADER, CHUNK_SIZE, CHUNK_END, TRAILER -> readLine(bytes);
                case COMPLETE -> throw new IllegalStateException();
            }
        }
        return stage == Stage.COMPLETE;
    }

    /** The next answer follows. */
    void next() {
        stage = Stage.STATUS;
        chunked = false;
        left = 0;
    }

    private void skip(ByteBuffer bytes, Stage then) {
        int here = (int) Math.min(left, bytes.remaining());
        bytes.position(bytes.position() + here);
        left -= here;
        if (left == 0) {
            stage = then;
        }
    }

    private void readLine(ByteBuffer bytes) {
        while (bytes.hasRemaining()) {
            char c = (char) bytes.get();
            if (c == '\n') {
                stage = after(line.toString().strip());
                line.setLength(0);
                return;
            }
            line.append(c);
        }
    }

    private Stage after(String text) {
        return switch (stage) {
            case STATUS -> {
                status = Integer.parseInt(text.split(" ")[1]);
                yield Stage.HEADER;
            }
            case HEADER -> text.isEmpty() ? body() : header(text.toLowerCase(Locale.ROOT));
            case CHUNK_SIZE -> {
                left = Long.parseLong(text.split(";")[0].strip(), 16);
                yield left == 0 ? Stage.TRAILER : Stage.CHUNK;
            }
            case CHUNK_END -> Stage.CHUNK_SIZE;
            case TRAILER -> text.isEmpty() ? Stage.COMPLETE : Stage.TRAILER;
            case BODY, CHUNK, COMPLETE -> throw new IllegalStateException();
        };
    }

    private Stage header(String text) {
        if (text.startsWith("content-length:")) {
            left = Long.parseLong(text.substring(text.indexOf(':') + 1).strip());
        } else if (text.startsWith("transfer-encoding:")) {
            chunked = text.contains("chunked");
        }
        return Stage.HEADER;
    }

    private Stage body() {
        if (chunked) {
            return Stage.CHUNK_SIZE;
        }
        return left == 0 ? Stage.COMPLETE : Stage.BODY;
    }

    /**
     * A request with this body, as it goes over the wire.
     *
     * @param header one more line of its head; empty for none
     */
    static ByteBuffer request(String path, String header, byte[] body) {
        byte[] head = ("POST " + path
                        + " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
                        + body.length + "\r\n" + (header.isEmpty() ? "" : header + "\r\n") + "\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocateDirect(head.length + body.length)
                .put(head)
                .put(body)
                .flip();
    }
}
