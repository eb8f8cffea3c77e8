package dev.headroom.function.access;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A connection on which a request goes out as it is written, well-formed or not. */
final class RawHttp implements AutoCloseable {

    private static final Pattern LENGTH = Pattern.compile("(?i)content-length: (\\d+)");

    private final Socket socket;

    RawHttp(int port) throws IOException {
        socket = new Socket("127.0.0.1", port);
        socket.setSoTimeout(60_000); // a test that hangs should fail
    }

    /** Sends one request and reads until the service closes the connection. */
    static String exchange(int port, String request) throws IOException {
        try (RawHttp connection = new RawHttp(port)) {
            return connection.send(request).readAll();
        }
    }

    RawHttp send(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
        return this;
    }

    /** What comes until the service closes the connection. */
    String readAll() throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }

    /** The same, also where the service ends the connection without the rest of what it had to say. */
    String readToEnd() throws IOException {
        ByteArrayOutputStream read = new ByteArrayOutputStream();
        try {
            socket.getInputStream().transferTo(read);
        } catch (SocketException e) {
            // what had come before
        }
        return read.toString(StandardCharsets.ISO_8859_1);
    }

    /** The head of an answer. */
    String readHead() throws IOException {
        InputStream in = socket.getInputStream();
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("Closed after: " + head);
            }
            head.append((char) next);
        }
        return head.toString();
    }

    /** Reads the body that this head announces. */
    String readBody(String head) throws IOException {
        Matcher length = LENGTH.matcher(head);
        if (!length.find()) {
            throw new IOException("No length: " + head);
        }
        return new String(
                socket.getInputStream().readNBytes(Integer.parseInt(length.group(1))), StandardCharsets.ISO_8859_1);
    }

    /** Sends a byte at a time until there is an answer, and reads that. */
    String trickle(String text) throws IOException {
        InputStream in = socket.getInputStream();
        for (int i = 0; in.available() == 0 && i < text.length(); i++) {
            send(text.substring(i, i + 1));
            Thread.yield();
        }
        return readHead() + new String(in.readNBytes(in.available()), StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
