/**
 * The Open Inference Protocol: requests, outputs and models, for HTTP and gRPC alike.
 *
 * <p>Begin with V2Models.
 */
package dev.headroom.function.v2;
