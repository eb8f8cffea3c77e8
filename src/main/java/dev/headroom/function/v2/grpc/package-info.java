/**
 * The Open Inference Protocol over gRPC.
 *
 * <p>Begin with GrpcInferenceService.
 */
package dev.headroom.function.v2.grpc;
