/**
 * The settings of images in a folder: their size, their crop and the values of their pixels.
 *
 * <p>Begin with PreprocessorConfig, then PreprocessorJson.
 */
package dev.headroom.model.image;
