package dev.headroom.function.v2;

import java.util.Optional;

/**
 * The model that a request names, and the request's id.
 *
 * @param model the model's name
 * @param version the wanted version; empty for any
 * @param id the caller's name for the request, which the response repeats
 */
public record TensorAddress(String model, Optional<String> version, Optional<String> id) {

    /** The address with another id. */
    public TensorAddress named(Optional<String> requestId) {
        return new TensorAddress(model, version, requestId);
    }
}
