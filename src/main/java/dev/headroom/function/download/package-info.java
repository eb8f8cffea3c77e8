/**
 * Downloads the inputs that a request names by URL, from allowed hosts only.
 *
 * <p>Begin with Downloads.
 */
package dev.headroom.function.download;
