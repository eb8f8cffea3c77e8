package dev.headroom.model;

import com.fasterxml.jackson.annotation.JsonCreator;

/** The way in which the vectors of a text's tokens become the vector of the text. */
public enum Pooling {
    /** The mean over the tokens that the attention mask keeps. */
    MEAN,
    /** The vector of the first token. */
    CLS,
    /** The vector of the last token that the attention mask keeps. */
    LAST_TOKEN;

    /** The value of a model.yaml's {@code pooling}. */
    @JsonCreator
    static Pooling of(String text) {
        return ModelYaml.constant(Pooling.class, text);
    }
}
