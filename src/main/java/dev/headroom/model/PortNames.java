package dev.headroom.model;

import java.util.List;
import java.util.Optional;

/**
 * The inputs and the output that a model's description names.
 *
 * @param inputs the inputs that are used; empty: all, as the graph has them
 * @param output the output that the task reads; empty where the task reads all, or the graph's file tells none
 */
public record PortNames(List<String> inputs, Optional<String> output) {}
