package dev.headroom.function.v2;

import dev.headroom.function.body.JsonFields;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;

/** The elements of an input of BYTES: ONNX Runtime takes them as texts of C, in UTF-8 and ended by a NUL. */
final class Texts {

    private final String input;
    private final ByteBuffer rest;
    private final CharsetDecoder utf8 = StandardCharsets.UTF_8.newDecoder();

    private Texts(String input, ByteBuffer rest) {
        this.input = input;
        this.rest = rest;
    }

    /**
     * Checks that each is a text.
     *
     * @throws dev.headroom.request.RequestFailedException when one is none
     */
    static void check(InferenceTensor tensor) {
        ByteBuffer data = tensor.data();
        new Texts(tensor.name(), data.duplicate().order(data.order())).check();
    }

    private void check() {
        for (int element = 0; rest.hasRemaining(); element++) {
            byte[] bytes = RawValues.next(rest);
            try {
                if (utf8.decode(ByteBuffer.wrap(bytes)).chars().anyMatch(character -> character == 0)) {
                    throw JsonFields.invalid(
                            "The input '%s' holds a NUL in its element %d, which no text of a model holds; leave it out.",
                            input, element);
                }
            } catch (CharacterCodingException e) {
                throw JsonFields.invalid(
                        "The input '%s' holds bytes that are no UTF-8 in its element %d, and the model takes texts; send UTF-8.",
                        input, element);
            }
        }
    }
}
