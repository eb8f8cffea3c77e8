package dev.headroom.fuzz;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A request as it is written to the wire; nothing is added to its headers.
 *
 * @param headers whole lines
 */
record HttpMessage(String method, String target, List<String> headers, byte[] body) {

    static HttpMessage get(String target) {
        return new HttpMessage("GET", target, List.of(), new byte[0]);
    }

    static HttpMessage post(String target, String contentType, byte[] body) {
        return new HttpMessage("POST", target, List.of("Content-Type: " + contentType), body);
    }

    HttpMessage withMethod(String other) {
        return new HttpMessage(other, target, headers, body);
    }

    HttpMessage withTarget(String other) {
        return new HttpMessage(method, other, headers, body);
    }

    HttpMessage withBody(byte[] other) {
        return new HttpMessage(method, target, headers, other);
    }

    HttpMessage with(String... lines) {
        List<String> all = new ArrayList<>(headers);
        all.addAll(List.of(lines));
        return withHeaders(all);
    }

    HttpMessage withHeaders(List<String> others) {
        return new HttpMessage(method, target, List.copyOf(others), body);
    }

    /** With what HTTP/1.1 asks for: a host and the body's length. */
    HttpMessage framed() {
        return with("Host: localhost", "Content-Length: " + body.length);
    }

    /** The same, in chunks of this many bytes. */
    HttpMessage chunked(int size) {
        ByteArrayOutputStream chunks = new ByteArrayOutputStream();
        for (int at = 0; at < body.length; at += size) {
            int length = Math.min(size, body.length - at);
            chunks.writeBytes((Integer.toHexString(length) + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
            chunks.write(body, at, length);
            chunks.writeBytes("\r\n".getBytes(StandardCharsets.ISO_8859_1));
        }
        chunks.writeBytes("0\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
        return with("Host: localhost", "Transfer-Encoding: chunked").withBody(chunks.toByteArray());
    }

    byte[] bytes() {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        String head = method + " " + target + " HTTP/1.1\r\n"
                + String.join("", headers.stream().map(line -> line + "\r\n").toList()) + "\r\n";
        all.writeBytes(head.getBytes(StandardCharsets.ISO_8859_1));
        all.writeBytes(body);
        return all.toByteArray();
    }
}
