package dev.headroom.half;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Decides which nodes of a graph work in half precision. */
final class HalfNodes {

    /** Values may become so many times larger than those that were seen. */
    private static final float MARGIN = 4;

    /** The operators that read angles. */
    private static final Set<String> ANGULAR = Set.of("Cos", "Sin");

    /** The operators that read the value of which a decomposed normalisation by the root mean square is made. */
    private static final Set<String> ROOT_MEAN_SQUARE = Set.of("Pow", "Div");

    private final Predicate<String> has;
    private final float largestNumber;
    private final Map<String, Weight> weights;
    private final Map<String, Float> largest;

    private HalfNodes(HalfType type, long opset, Map<String, Weight> weights, Map<String, Float> largest) {
        this.has = operator -> type.has(operator, opset);
        this.largestNumber = type.largest();
        this.weights = weights;
        this.largest = largest;
    }

    /**
     * The places of the nodes that do: products, and between them the operators that change each element alone.
     *
     * @param type the type of numbers that they work in
     * @param nodes in an order in which values are made before they are read
     * @param opset the version of ONNX's operators
     * @param weights the initialisers by their names
     * @param largest the size of the largest element of each value of floats
     */
    static Set<Integer> of(
            HalfType type, List<GraphNode> nodes, long opset, Map<String, Weight> weights, Map<String, Float> largest) {
        HalfNodes rules = new HalfNodes(type, opset, weights, largest);
        Set<Integer> places = new HashSet<>();
        Set<String> halves = new HashSet<>();
        for (int i = 0; i < nodes.size(); i++) {
            if (rules.suits(nodes.get(i), halves)) {
                places.add(i);
                halves.addAll(nodes.get(i).outputs());
            }
        }
        leaveAngles(nodes, places);
        rules.leaveLast(nodes, places);
        if (type == HalfType.BFLOAT16) {
            leaveSums(nodes, places);
        }
        return places;
    }

    /** True if a node works in half precision without a loss that counts. */
    private boolean suits(GraphNode node, Set<String> halves) {
        String operator = node.operator();
        List<String> values = values(node.inputs());
        List<Weight> constants = constants(node);
        boolean follows = Operators.follows(operator)
                && (values.isEmpty() ? isLookUp(node) && !constants.isEmpty() : halves.containsAll(values));
        List<String> all = new ArrayList<>(values);
        all.addAll(values(node.outputs()));
        return (follows || Operators.multiplies(operator))
                && has.test(operator)
                && all.stream().allMatch(value -> largest.get(value) <= largestNumber / MARGIN)
                && constants.stream().allMatch(weight -> fits(weight, operator));
    }

    /** Rows of a table, such as that of a vocabulary. */
    private static boolean isLookUp(GraphNode node) {
        return node.operator().equals("Gather");
    }

    private List<String> values(List<String> names) {
        return names.stream().filter(largest::containsKey).toList();
    }

    private List<Weight> constants(GraphNode node) {
        return node.inputs().stream()
                .map(weights::get)
                .filter(weight -> weight != null && weight.isFloat())
                .toList();
    }

    private static boolean fits(Weight weight, String operator) {
        return weight.fit() == Weight.Fit.EACH || weight.fit() == Weight.Fit.TOGETHER && !Operators.scales(operator);
    }

    /** Leaves angles in full precision, up to the product that makes them: the place of a far token has more digits than 16 bits hold. */
    private static void leaveAngles(List<GraphNode> nodes, Set<Integer> places) {
        Set<String> angles = new HashSet<>();
        for (int i = nodes.size() - 1; i >= 0; i--) {
            GraphNode node = nodes.get(i);
            boolean makesAngle = node.outputs().stream().anyMatch(angles::contains);
            if (makesAngle) {
                places.remove(i);
            }
            if (ANGULAR.contains(node.operator()) || makesAngle && !Operators.multiplies(node.operator())) {
                angles.addAll(node.inputs());
            }
        }
    }

    /**
     * Leaves in full precision what nodes in full precision read, unless it is a product or looked up: bfloat16 is too coarse for the sums
     * that all layers add to. ONNX Runtime would also take a cast that Pow and Div of a root mean square alone read into a fused
     * normalisation, of which it has no kernel that reads bfloat16 and scales by floats.
     */
    private static void leaveSums(List<GraphNode> nodes, Set<Integer> places) {
        Map<String, Set<String>> readers = new HashMap<>(); // of values, the operators in full precision
        for (int i = nodes.size() - 1; i >= 0; i--) {
            GraphNode node = nodes.get(i);
            Set<String> ofNode = node.outputs().stream()
                    .flatMap(name -> readers.getOrDefault(name, Set.of()).stream())
                    .collect(Collectors.toSet());
            boolean keeps = Operators.multiplies(node.operator()) || isLookUp(node)
                    ? !ofNode.equals(ROOT_MEAN_SQUARE)
                    : ofNode.isEmpty();
            if (!keeps) {
                places.remove(i);
            }
            if (!places.contains(i) && !Operators.readsShapes(node.operator())) {
                node.inputs()
                        .forEach(name -> readers.computeIfAbsent(name, _ -> new HashSet<>())
                                .add(node.operator()));
            }
        }
    }

    /**
     * Leaves the last nodes of a chain in full precision, where nothing in half precision reads them: a cast before them costs no more
     * than one behind them, and ONNX Runtime still recognises what it fuses.
     */
    private void leaveLast(List<GraphNode> nodes, Set<Integer> places) {
        Set<String> read = new HashSet<>();
        for (int i = nodes.size() - 1; i >= 0; i--) {
            GraphNode node = nodes.get(i);
            boolean last = !Operators.multiplies(node.operator())
                    && values(node.inputs()).size() == 1
                    && node.outputs().stream().noneMatch(read::contains);
            if (last) {
                places.remove(i);
            }
            if (places.contains(i)) {
                read.addAll(node.inputs());
            }
        }
    }
}
