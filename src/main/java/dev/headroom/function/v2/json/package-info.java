/**
 * The Open Inference Protocol over HTTP.
 *
 * <p>Begin with V2Route.
 */
package dev.headroom.function.v2.json;
