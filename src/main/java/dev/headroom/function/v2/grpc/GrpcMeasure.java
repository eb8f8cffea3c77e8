package dev.headroom.function.v2.grpc;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.WireFormat;
import java.io.IOException;

/**
 * Estimates from a gRPC message's bytes the heap that it takes once it is parsed and its tensors are read: an element
 * of one byte becomes one of eight bytes in a list that grows, and an empty message of two bytes becomes an object.
 */
final class GrpcMeasure {

    // Bytes, as protobuf and the JVM lay them out with compressed references.
    private static final int MESSAGE = 256; // the message, and its builder; an entry of a map
    private static final int VALUE = 80; // a single field, known or not, boxed, in lists
    private static final int UNKNOWN_GROUP = 220; // a tag of an unknown group: a set of fields, a map
    private static final int STRETCHED = 3; // a string or bytes: parsed, of two bytes a character, copied into a tensor

    private final CodedInputStream in;

    private GrpcMeasure(CodedInputStream in) {
        this.in = in;
    }

    /**
     * The heap of a message.
     *
     * @param message is read to its end
     * @throws IOException when it is no message
     */
    static long heap(CodedInputStream message, Descriptor type) throws IOException {
        return new GrpcMeasure(message).message(type);
    }

    private long message(Descriptor type) throws IOException {
        long heap = MESSAGE;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            FieldDescriptor field = type.findFieldByNumber(WireFormat.getTagFieldNumber(tag));
            heap += WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED
                    ? VALUE + delimited(field)
                    : single(tag);
        }
        return heap;
    }

    private long delimited(FieldDescriptor field) throws IOException {
        int length = in.readRawVarint32();
        if (field != null && field.getJavaType() == JavaType.MESSAGE) {
            int outer = in.pushLimit(length);
            long heap = message(field.getMessageType());
            in.checkLastTagWas(0);
            in.popLimit(outer);
            return heap;
        }
        in.skipRawBytes(length);
        return (long) length * (field != null && field.isPackable() ? packed(field) : STRETCHED);
    }

    /** The heap for each byte of a packed list: in a list that has grown by half, in its copy, and in the tensor. */
    private static long packed(FieldDescriptor field) {
        return switch (field.getJavaType()) {
            case LONG -> 40;
            case INT, ENUM -> 20;
            case BOOLEAN, FLOAT, DOUBLE, STRING, BYTE_STRING, MESSAGE -> 5;
        };
    }

    private long single(int tag) throws IOException {
        int before = in.getTotalBytesRead();
        in.skipField(tag);
        boolean group = WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_START_GROUP;
        return VALUE + (group ? (long) UNKNOWN_GROUP * (in.getTotalBytesRead() - before) : 0);
    }
}
