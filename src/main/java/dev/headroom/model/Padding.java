package dev.headroom.model;

/** The length to which texts are padded. */
enum Padding {
    /** That of the longest text in the batch. */
    LONGEST,
    /** The greatest length, for every text. */
    MAX_LENGTH;

    /** The value of a model.yaml's {@code padding}. */
    static Padding of(String text) {
        return ModelYaml.constant(Padding.class, text);
    }
}
