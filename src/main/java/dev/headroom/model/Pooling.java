package dev.headroom.model;

import java.util.Arrays;
import java.util.Optional;

/**
 * The way in which the vectors of a text's tokens become the vector of the text. The constants are in the order in which
 * sentence-transformers concatenates those that its old flags set.
 */
public enum Pooling {
    /** The vector of the first token. */
    CLS("cls", "pooling_mode_cls_token"),
    /** The greatest value of each dimension. */
    MAX("max", "pooling_mode_max_tokens"),
    /** The mean over the tokens. */
    MEAN("mean", "pooling_mode_mean_tokens"),
    /** The sum over the tokens, divided by the square root of their number. */
    MEAN_SQRT_LEN("mean_sqrt_len_tokens", "pooling_mode_mean_sqrt_len_tokens"),
    /** The mean over the tokens, of which the first weighs 1, the second 2, and so on. */
    WEIGHTED_MEAN("weightedmean", "pooling_mode_weightedmean_tokens"),
    /** The vector of the last token. */
    LAST_TOKEN("lasttoken", "pooling_mode_lasttoken");

    /** The name in sentence-transformers' field {@code pooling_mode}. */
    final String mode;

    /** The flag of sentence-transformers before version 5.4. */
    final String flag;

    Pooling(String mode, String flag) {
        this.mode = mode;
        this.flag = flag;
    }

    /** The value of a model.yaml's {@code pooling}. */
    static Pooling of(String text) {
        return ofMode(text).orElseGet(() -> ModelYaml.constant(Pooling.class, text));
    }

    /** The pooling that sentence-transformers calls by this name. */
    static Optional<Pooling> ofMode(String mode) {
        return Arrays.stream(values())
                .filter(pooling -> pooling.mode.equals(mode))
                .findFirst();
    }
}
