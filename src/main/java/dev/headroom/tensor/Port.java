package dev.headroom.tensor;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.TensorInfo.OnnxTensorType;

/**
 * An input or output of a model as its graph has it.
 *
 * @param name its name in the graph
 * @param type element type, as tensors have it: unsigned integers of more than 8 bits have the signed one's bits
 * @param onnxType element type, as the graph has it
 * @param shape its dimensions, the batch dimension first, an open one being -1
 */
public record Port(String name, OnnxJavaType type, OnnxTensorType onnxType, long[] shape) {}
