/**
 * Runs batches in ONNX Runtime: sessions, execution providers, the arena, buffers and the threads of a device.
 *
 * <p>Begin with OnnxModel.
 */
package dev.headroom.session;
