package dev.headroom.model;

import ai.onnxruntime.OnnxJavaType;

/**
 * An input or output of a model as its graph has it.
 *
 * @param name its name in the graph
 * @param type element type
 * @param shape its dimensions, the batch dimension first, an open one being -1
 */
public record Port(String name, OnnxJavaType type, long[] shape) {}
