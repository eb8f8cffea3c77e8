package dev.headroom.model.onnx;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.UnknownFieldSet.Field;
import java.util.List;

/** Fields of protobuf messages that no class is generated for. */
public final class ProtobufFields {

    private ProtobufFields() {}

    /** A message that begins with a text. */
    public static UnknownFieldSet.Builder text(int field, String text) {
        return UnknownFieldSet.newBuilder().addField(field, content(ByteString.copyFromUtf8(text)));
    }

    /** Bytes, a text or a message. */
    public static Field content(ByteString bytes) {
        return Field.newBuilder().addLengthDelimited(bytes).build();
    }

    /** A whole number. */
    public static Field number(long value) {
        return Field.newBuilder().addVarint(value).build();
    }

    /** Texts in their order. */
    public static Field texts(List<String> texts) {
        Field.Builder field = Field.newBuilder();
        texts.forEach(text -> field.addLengthDelimited(ByteString.copyFromUtf8(text)));
        return field.build();
    }

    /** Messages in their order. */
    public static Field messages(List<UnknownFieldSet> messages) {
        Field.Builder field = Field.newBuilder();
        messages.forEach(message -> field.addLengthDelimited(message.toByteString()));
        return field.build();
    }
}
