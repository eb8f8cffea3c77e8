/**
 * Turns texts, images and tensors into rows, and the outputs of the model into answers, on the CPU.
 *
 * <p>Begin with Pipeline and Task.
 */
package dev.headroom.task;
