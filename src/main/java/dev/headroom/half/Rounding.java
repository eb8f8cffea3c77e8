package dev.headroom.half;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Makes nodes that round as a GPU does where it computes in half precision. A CPU has no kernels for most of them: ONNX Runtime puts
 * casts around a node, computes it in full precision, and leaves out those of its casts that lie between two such nodes. Casts that are
 * nodes of the graph it keeps.
 *
 * @param suffix ends the names of all values in half precision, and of no others
 * @param type the type of these values
 */
record Rounding(String suffix, HalfType type) {

    private static final String WIDE = "_32"; // a half, in 32 bits
    private static final String EXACT = "_exact"; // before it is rounded

    /**
     * Nodes of which each computes in full precision.
     *
     * @param nodes in their order
     * @param inHalf those of them that compute in half precision
     */
    List<GraphNode> of(List<GraphNode> nodes, Set<GraphNode> inHalf) {
        List<GraphNode> all = new ArrayList<>();
        Set<String> widened = new HashSet<>();
        for (GraphNode node : nodes) {
            if (!inHalf.contains(node)) {
                all.add(node);
                continue;
            }
            for (String name : node.inputs()) {
                if (isHalf(name) && widened.add(name)) {
                    all.add(GraphNode.cast(name, name + WIDE, Weight.FLOAT));
                }
            }
            all.add(node.with(name -> isHalf(name) ? name + WIDE : name, name -> isHalf(name) ? name + EXACT : name));
            for (String name : node.outputs()) {
                if (isHalf(name)) {
                    all.add(GraphNode.cast(name + EXACT, name, type.number()));
                }
            }
        }
        return all;
    }

    private boolean isHalf(String name) {
        return name.endsWith(suffix);
    }
}
