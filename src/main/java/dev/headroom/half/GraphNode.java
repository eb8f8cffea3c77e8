package dev.headroom.half;

import static dev.headroom.model.onnx.ProtobufFields.messages;
import static dev.headroom.model.onnx.ProtobufFields.number;
import static dev.headroom.model.onnx.ProtobufFields.text;
import static dev.headroom.model.onnx.ProtobufFields.texts;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * A node of a graph. The numbers are those of onnx.proto.
 *
 * @param message the NodeProto
 */
record GraphNode(UnknownFieldSet message) {

    private static final int INPUT = 1;
    private static final int OUTPUT = 2;
    private static final int OPERATOR = 4;
    private static final int ATTRIBUTE = 5;
    private static final int DOMAIN = 7;
    private static final int ATTRIBUTE_GRAPH = 6;
    private static final int ATTRIBUTE_GRAPHS = 11;
    private static final int GRAPH_NODE = 1;
    private static final int GRAPH_OUTPUT = 12;
    private static final int PORT_NAME = 1;
    private static final int TYPE_INT = 2;

    /** The nodes of a GraphProto, in its order. */
    static List<GraphNode> all(UnknownFieldSet graph) throws InvalidProtocolBufferException {
        Stream.Builder<GraphNode> nodes = Stream.builder();
        for (ByteString node : graph.getField(GRAPH_NODE).getLengthDelimitedList()) {
            nodes.add(new GraphNode(UnknownFieldSet.parseFrom(node)));
        }
        return nodes.build().toList();
    }

    /** A suffix that begins so, and ends the name of no value that there is. */
    static String unusedSuffix(String begin, List<GraphNode> nodes) {
        String suffix = begin;
        for (int i = 1; endsAny(suffix, nodes); i++) {
            suffix = begin + "_" + i;
        }
        return suffix;
    }

    private static boolean endsAny(String suffix, List<GraphNode> nodes) {
        return nodes.stream()
                .flatMap(node -> Stream.concat(node.inputs().stream(), node.outputs().stream()))
                .anyMatch(name -> name.endsWith(suffix));
    }

    /** A node that converts a value to another type of elements. */
    static GraphNode cast(String from, String to, int type) {
        UnknownFieldSet attribute = text(1, "to")
                .addField(3, number(type))
                .addField(20, number(TYPE_INT))
                .build();
        return new GraphNode(text(INPUT, from)
                .addField(OUTPUT, texts(List.of(to)))
                .addField(3, texts(List.of(to))) // its name
                .addField(OPERATOR, texts(List.of("Cast")))
                .addField(ATTRIBUTE, messages(List.of(attribute)))
                .build());
    }

    /** The values that it reads; an input that is left out has an empty name. */
    List<String> inputs() {
        return names(message, INPUT);
    }

    /** The values that it makes; an output that is left out has an empty name. */
    List<String> outputs() {
        return names(message, OUTPUT);
    }

    /** The name of its operator, with the domain before it unless that is ONNX's own. */
    String operator() {
        String domain = String.join("", names(message, DOMAIN));
        String name = String.join("", names(message, OPERATOR));
        return domain.isEmpty() || domain.equals("ai.onnx") ? name : domain + "." + name;
    }

    /** The same node with other names of its inputs and outputs. */
    GraphNode with(UnaryOperator<String> input, UnaryOperator<String> output) {
        UnknownFieldSet.Builder changed = UnknownFieldSet.newBuilder(message);
        if (message.hasField(INPUT)) {
            changed.addField(INPUT, texts(inputs().stream().map(input).toList()));
        }
        return new GraphNode(
                changed.addField(OUTPUT, texts(outputs().stream().map(output).toList()))
                        .build());
    }

    /** The names that graphs within the node use, among them those of values outside; none of a node without such graphs. */
    Set<String> captured() throws InvalidProtocolBufferException {
        Set<String> names = new LinkedHashSet<>();
        for (ByteString bytes : message.getField(ATTRIBUTE).getLengthDelimitedList()) {
            UnknownFieldSet attribute = UnknownFieldSet.parseFrom(bytes);
            for (int field : List.of(ATTRIBUTE_GRAPH, ATTRIBUTE_GRAPHS)) {
                for (ByteString graph : attribute.getField(field).getLengthDelimitedList()) {
                    addNames(UnknownFieldSet.parseFrom(graph), names);
                }
            }
        }
        return names;
    }

    private static void addNames(UnknownFieldSet graph, Set<String> names) throws InvalidProtocolBufferException {
        for (GraphNode node : all(graph)) {
            names.addAll(node.inputs());
            names.addAll(node.captured());
        }
        names.addAll(ports(graph, GRAPH_OUTPUT));
    }

    /** The names of a graph's inputs (field 11) or outputs (12). */
    static List<String> ports(UnknownFieldSet graph, int field) throws InvalidProtocolBufferException {
        Stream.Builder<String> names = Stream.builder();
        for (ByteString port : graph.getField(field).getLengthDelimitedList()) {
            names.add(String.join("", names(UnknownFieldSet.parseFrom(port), PORT_NAME)));
        }
        return names.build().toList();
    }

    private static List<String> names(UnknownFieldSet message, int field) {
        return message.getField(field).getLengthDelimitedList().stream()
                .map(ByteString::toStringUtf8)
                .toList();
    }
}
