/**
 * ONNX files: what a graph declares, the bytes that change it, and the ports of decoders.
 *
 * <p>Begin with OnnxFile, then GraphEdit and LastScores.
 */
package dev.headroom.model.onnx;
