/**
 * Reads image files and turns them into pixels and tensors.
 *
 * <p>Begin with ImageDecoder and ImagePreprocessor.
 */
package dev.headroom.task.image;
