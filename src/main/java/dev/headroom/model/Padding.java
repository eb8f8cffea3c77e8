package dev.headroom.model;

import com.fasterxml.jackson.annotation.JsonCreator;

/** The length to which texts are padded. */
enum Padding {
    /** That of the longest text in the batch. */
    LONGEST,
    /** The greatest length, for every text. */
    MAX_LENGTH;

    /** The value of a model.yaml's {@code padding}. */
    @JsonCreator
    static Padding of(String text) {
        return ModelYaml.constant(Padding.class, text);
    }
}
