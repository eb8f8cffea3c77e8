package dev.headroom.half;

import static dev.headroom.model.onnx.ProtobufFields.messages;
import static dev.headroom.model.onnx.ProtobufFields.number;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Makes a graph of one in full precision: products take and make half precision, and so do the operators between them that change
 * each element alone. Everything else stays in full precision. A value keeps its name in full precision; in half precision it has a
 * longer one. Casts stand only where a value is wanted in the precision that it was not made in.
 */
final class HalfGraph {

    private static final int MODEL_VERSION = 1;
    private static final int MODEL_GRAPH = 7;
    private static final int NODE = 1;
    private static final int INITIALIZER = 5;
    private static final int INPUT = 11;
    private static final int OUTPUT = 12;
    private static final int VALUE_TYPES = 13;

    /** The first version of the format in which initialisers are no inputs. */
    private static final long LEAST_VERSION = 4;

    private final HalfType type;
    private final UnknownFieldSet graph;
    private final Map<String, Weight> weights;
    private final Map<String, Float> largest;
    private final String suffix;
    private final Set<String> halves = new HashSet<>(); // values that nodes make in half precision
    private final Set<String> converted = new HashSet<>(); // values that have been cast to their other precision
    private final Set<String> halfWeights = new LinkedHashSet<>();
    private final Set<String> fullWeights = new LinkedHashSet<>();
    private final List<GraphNode> nodes = new ArrayList<>();
    private final Set<GraphNode> inHalf = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Map<String, Integer> left = new TreeMap<>();

    /**
     * Converts a graph.
     *
     * @param type the type of numbers in half precision
     * @param graph the GraphProto
     * @param opset the version of ONNX's operators
     * @param weights its initialisers by their names
     * @param largest the inputs and values of floats, with the size of the largest element that each had
     */
    HalfGraph(HalfType type, UnknownFieldSet graph, long opset, Map<String, Weight> weights, Map<String, Float> largest)
            throws InvalidProtocolBufferException {
        this.type = type;
        this.graph = graph;
        this.weights = weights;
        this.largest = largest;
        List<GraphNode> all = GraphNode.all(graph);
        suffix = GraphNode.unusedSuffix(type.suffix(), all);
        Set<Integer> places = HalfNodes.of(type, all, opset, weights, largest);
        for (int i = 0; i < all.size(); i++) {
            add(all.get(i), places.contains(i));
        }
        for (String output : GraphNode.ports(graph, OUTPUT)) {
            wanted(output, false);
        }
    }

    /** The weights that are in half precision now. */
    Set<String> halfWeights() {
        return halfWeights;
    }

    /** The operators of floats that stayed in full precision, with the number of their nodes. */
    Map<String, Integer> left() {
        return left;
    }

    private void add(GraphNode node, boolean half) throws InvalidProtocolBufferException {
        for (String name : node.captured()) {
            wanted(name, false);
        }
        if (Operators.readsShapes(node.operator())) {
            nodes.add(node.with(name -> halves.contains(name) ? name + suffix : wanted(name, false), name -> name));
            return;
        }
        GraphNode named =
                node.with(name -> wanted(name, half), name -> half && largest.containsKey(name) ? name + suffix : name);
        nodes.add(named);
        if (half) {
            inHalf.add(named);
            node.outputs().stream().filter(largest::containsKey).forEach(halves::add);
        } else if (node.outputs().stream().anyMatch(largest::containsKey)) {
            left.merge(node.operator(), 1, Integer::sum);
        }
    }

    /** The name under which a value is there in this precision, for which a cast may be added. */
    private String wanted(String name, boolean half) {
        Weight weight = weights.get(name);
        if (weight != null) {
            boolean halved = half && weight.isFloat();
            (halved ? halfWeights : fullWeights).add(name);
            return halved ? name + suffix : name;
        }
        if (!largest.containsKey(name)) {
            return name; // no floats
        }
        if (halves.contains(name) != half && converted.add(name)) {
            nodes.add(
                    half
                            ? GraphNode.cast(name, name + suffix, type.number())
                            : GraphNode.cast(name + suffix, name, Weight.FLOAT));
        }
        return half ? name + suffix : name;
    }

    /** The weights of the converted graph, which are written into a file. */
    List<UnknownFieldSet> write(WeightFile file) throws IOException {
        List<UnknownFieldSet> initializers = new ArrayList<>();
        for (Weight weight : weights.values()) {
            if (fullWeights.contains(weight.name())) {
                initializers.add(file.write(weight, false, weight.name()));
            }
            if (halfWeights.contains(weight.name())) {
                initializers.add(file.write(weight, true, weight.name() + suffix));
            }
        }
        return initializers;
    }

    /** The nodes of the converted graph. */
    List<GraphNode> nodes() {
        return nodes;
    }

    /** Nodes that compute in full precision and round as the converted ones do. */
    List<GraphNode> rounding() {
        return new Rounding(suffix, type).of(nodes, inHalf);
    }

    /**
     * A model with the converted graph.
     *
     * @param model the ModelProto that the graph comes from
     * @param nodes its nodes
     * @param initializers its weights
     */
    UnknownFieldSet in(UnknownFieldSet model, List<GraphNode> nodes, List<UnknownFieldSet> initializers)
            throws InvalidProtocolBufferException {
        UnknownFieldSet converted = UnknownFieldSet.newBuilder(graph)
                .addField(NODE, messages(nodes.stream().map(GraphNode::message).toList()))
                .addField(INITIALIZER, messages(initializers))
                .addField(INPUT, messages(inputs()))
                .clearField(VALUE_TYPES)
                .build();
        long version = model.hasField(MODEL_VERSION)
                ? model.getField(MODEL_VERSION).getVarintList().getLast()
                : 0;
        return UnknownFieldSet.newBuilder(model)
                .addField(MODEL_VERSION, number(Math.max(LEAST_VERSION, version)))
                .addField(MODEL_GRAPH, messages(List.of(converted)))
                .build();
    }

    /** The inputs without those that old files list of their initialisers. */
    private List<UnknownFieldSet> inputs() throws InvalidProtocolBufferException {
        List<String> names = GraphNode.ports(graph, INPUT);
        List<ByteString> ports = graph.getField(INPUT).getLengthDelimitedList();
        List<UnknownFieldSet> kept = new ArrayList<>();
        for (int i = 0; i < ports.size(); i++) {
            if (!weights.containsKey(names.get(i))) {
                kept.add(UnknownFieldSet.parseFrom(ports.get(i)));
            }
        }
        return kept;
    }
}
