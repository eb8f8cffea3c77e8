/**
 * What a folder says about its images: their size, their crop and the values of their pixels.
 *
 * <p>Begin with PreprocessorConfig, then PreprocessorJson.
 */
package dev.headroom.model.image;
