/**
 * The Open Inference Protocol: its tensors, and the models as it shows them.
 *
 * <p>Begin with V2Models.
 */
package dev.headroom.function.v2;
