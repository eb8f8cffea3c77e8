package dev.headroom.model;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;

/**
 * The file {@code model.yaml} as it is written; everything but {@code task} may be left out and is then taken from
 * the files that Hugging Face's exporters write.
 */
@RegisterForReflection
record ModelYaml(
        @JsonProperty(required = true) String task,
        String file,
        String tokenizer,
        List<String> inputs,
        String output,
        @JsonProperty("max_length") Integer maxLength,
        @JsonProperty("pad_id") Long padId,
        Pooling pooling,
        Boolean normalize,
        Integer weight,
        Memory memory) {

    static final ModelYaml EMPTY = new ModelYaml("embed", null, null, null, null, null, null, null, null, null, null);

    /** Declared memory; sizes as {@code 90MiB}, {@code 2GiB} or plain bytes. */
    @RegisterForReflection
    record Memory(
            @JsonProperty(required = true) String base,

            @JsonProperty(value = "per_item", required = true)
            String perItem) {}
}
