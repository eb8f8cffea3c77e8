package dev.headroom.function.v2;

import java.util.Optional;

/**
 * Whose tensors these are.
 *
 * @param model the model's name
 * @param version the version that is asked for; empty for any
 * @param id the caller's name for the request, which comes back with the response
 */
public record TensorAddress(String model, Optional<String> version, Optional<String> id) {

    /** The same with the request's own name. */
    public TensorAddress named(Optional<String> requestId) {
        return new TensorAddress(model, version, requestId);
    }
}
