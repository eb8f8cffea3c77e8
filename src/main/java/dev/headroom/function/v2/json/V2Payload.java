package dev.headroom.function.v2.json;

import dev.headroom.function.body.JsonFields;
import java.nio.ByteBuffer;

/**
 * The body of a request or response: JSON, and tensors as bytes behind it in their order.
 *
 * @param bytes all of it
 * @param jsonLength how many of the bytes are JSON
 */
record V2Payload(byte[] bytes, int jsonLength) {

    /** The header that tells of the JSON's length; without it all is JSON. */
    static final String JSON_LENGTH = "Inference-Header-Content-Length";

    /**
     * A request's body.
     *
     * @param jsonLength the header's value; null where there is none
     * @throws dev.headroom.request.RequestFailedException when the header is no length of a part of the body
     */
    static V2Payload of(byte[] body, String jsonLength) {
        if (jsonLength == null) {
            return new V2Payload(body, body.length);
        }
        long length = jsonLength.trim().matches("\\d{1,18}") ? Long.parseLong(jsonLength.trim()) : -1;
        if (length < 1 || length > body.length) {
            throw JsonFields.invalid(
                    "The header %s is '%s'; send how many of the body's %d bytes are JSON, 1 or more.",
                    JSON_LENGTH, jsonLength, body.length);
        }
        return new V2Payload(body, (int) length);
    }

    /** What follows the JSON. */
    ByteBuffer binary() {
        return ByteBuffer.wrap(bytes, jsonLength, bytes.length - jsonLength).slice();
    }
}
