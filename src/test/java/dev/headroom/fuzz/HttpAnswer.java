package dev.headroom.fuzz;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** An answer as it came over the wire. */
record HttpAnswer(int status, Map<String, String> headers, byte[] body) {

    /**
     * Reads the next answer; empty where the connection was closed before one began.
     *
     * @param bodiless whether no body follows its head, whatever that says
     * @throws IOException when it is broken off, or is no HTTP
     */
    static Optional<HttpAnswer> read(InputStream in, boolean bodiless) throws IOException {
        String first = line(in);
        if (first == null) {
            return Optional.empty();
        }
        String[] words = first.split(" ", 3);
        if (words.length < 2 || !words[0].startsWith("HTTP/1.") || !words[1].matches("\\d{3}")) {
            throw new IOException("no status line: " + first);
        }
        Map<String, String> headers = headers(in);
        int status = Integer.parseInt(words[1]);
        if (status < 200) {
            return read(in, bodiless);
        }
        boolean empty = bodiless || status == 204 || status == 304;
        return Optional.of(new HttpAnswer(status, headers, empty ? new byte[0] : body(in, headers)));
    }

    private static Map<String, String> headers(InputStream in) throws IOException {
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (String line = line(in); line != null && !line.isEmpty(); line = line(in)) {
            String[] parts = line.split(":", 2);
            if (parts.length < 2) {
                throw new IOException("no header: " + line);
            }
            headers.put(parts[0], parts[1].trim());
        }
        return headers;
    }

    private static byte[] body(InputStream in, Map<String, String> headers) throws IOException {
        if (headers.containsKey("Content-Length")) {
            int length = Integer.parseInt(headers.get("Content-Length"));
            return complete(in.readNBytes(length), length);
        }
        return headers.containsKey("Transfer-Encoding") ? chunks(in) : in.readAllBytes();
    }

    private static byte[] chunks(InputStream in) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        while (true) {
            String line = line(in);
            if (line == null) {
                throw new EOFException("broken off between chunks");
            }
            int length = Integer.parseInt(line.trim(), 16);
            body.writeBytes(complete(in.readNBytes(length), length));
            line(in);
            if (length == 0) {
                return body.toByteArray();
            }
        }
    }

    private static byte[] complete(byte[] bytes, int length) throws IOException {
        if (bytes.length < length) {
            throw new EOFException("broken off after %d of %d bytes of a body".formatted(bytes.length, length));
        }
        return bytes;
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                return line.isEmpty() ? null : line.toString();
            }
            line.append((char) next);
        }
        return line.toString().stripTrailing();
    }

    String header(String name) {
        return headers.getOrDefault(name, "");
    }

    String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        String text = text();
        return status + " " + headers + "\n" + (text.length() > 1000 ? text.substring(0, 1000) + "..." : text);
    }
}
