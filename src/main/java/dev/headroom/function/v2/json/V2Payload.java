package dev.headroom.function.v2.json;

import dev.headroom.function.body.ContentLength;
import dev.headroom.function.body.JsonFields;
import java.nio.ByteBuffer;

/**
 * The body of a request: JSON, followed by tensors as bytes in their order.
 *
 * @param bytes the whole body
 * @param jsonLength the number of bytes that are JSON
 */
record V2Payload(byte[] bytes, int jsonLength) {

    /** The header with the JSON's length, in requests and responses; without it the whole body is JSON. */
    static final String JSON_LENGTH = "Inference-Header-Content-Length";

    /**
     * The body of a request.
     *
     * @param jsonLength the header's value; null for none
     * @throws dev.headroom.request.RequestFailedException when the header is no valid length
     */
    static V2Payload of(byte[] body, String jsonLength) {
        if (jsonLength == null) {
            return new V2Payload(body, body.length);
        }
        long length = ContentLength.of(jsonLength.trim());
        if (length < 1 || length > body.length) {
            throw JsonFields.invalid(
                    "The header %s is '%s'; send how many of the body's %d bytes are JSON, 1 or more.",
                    JSON_LENGTH, jsonLength, body.length);
        }
        return new V2Payload(body, (int) length);
    }

    /** The bytes after the JSON. */
    ByteBuffer binary() {
        return ByteBuffer.wrap(bytes, jsonLength, bytes.length - jsonLength).slice();
    }
}
