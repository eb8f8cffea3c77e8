package dev.headroom.model;

import java.util.List;
import java.util.Optional;

/**
 * What a model's description says of its graph.
 *
 * @param inputs the inputs that are used; empty: all, as the graph has them
 * @param output the output that the task reads; empty: the graph's first
 */
public record PortNames(List<String> inputs, Optional<String> output) {

    /** Of a description that says nothing. */
    public static final PortNames ANY = new PortNames(List.of(), Optional.empty());
}
